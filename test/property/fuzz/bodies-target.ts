import { describeService, isAboutSize } from '../send-request.js';
import { Chance } from './chance.js';
import type { Format } from './formats/format.js';
import { spoiltBody } from './spoil-body.js';
import type { Target } from './target.js';

/** Spoilt bodies of one protocol through parsing, checks and encoding, up to the service's own checks. */
export function bodiesTarget(format: Format, seed: number): Target {
  const bodies = format.goodBodies(seed);
  return {
    run: (number) => {
      const chance = new Chance(seed, number);
      const good = chance.of(bodies);
      const bytes = spoiltBody(good.text, format.types, chance);
      let body: unknown;
      try {
        body = JSON.parse(bytes.toString('utf8'));
      } catch {
        return 'no JSON';
      }
      const verdict = good.send(body, chance);
      if (verdict.by === 'gateway') {
        format.expectRefusal(verdict.error);
        return `refused: ${verdict.error.kind}`;
      }
      if (verdict.by === 'nobody') return 'accepted';
      if (isAboutSize(verdict.error)) return 'too long for the service';
      throw new Error(`${describeService(verdict.error)}: ${bytes.toString('utf8').slice(0, 5_000)}`);
    },
  };
}
