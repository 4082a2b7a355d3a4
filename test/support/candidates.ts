import { LatencyAverage } from '../../src/core/pool/latency-average.js';
import type { Candidate } from '../../src/core/pool/strategies/candidate.js';
import type { Strategy } from '../../src/core/pool/strategies/strategy.js';

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };
export type TestCandidate = Writable<Candidate>;

export const NOON = Date.UTC(2026, 0, 15, 12);

export function candidate(id: string, fields: Partial<TestCandidate> = {}): TestCandidate {
  return { id, share: 1, inFlight: 0, served: 0, lastTurn: 0, smooth: 0, latency: new LatencyAverage(), ...fields };
}

/** Numbers from 0 up to 1, evenly spread and the same each time (the generator of Numerical Recipes). */
export function evenChance(): () => number {
  let seed = 1;
  return () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 32;
  };
}

/** Turns taken with a strategy, as the pool takes them; each request ends before the next. */
export class Turns {
  now = NOON;
  private turn = 0;
  private readonly chance = evenChance();

  constructor(private readonly strategy: Strategy) {}

  choose(candidates: readonly TestCandidate[]): TestCandidate {
    return this.strategy.choose(candidates, { now: this.now, chance: this.chance });
  }

  /** As if its conversation were bound to it. */
  take(candidates: readonly TestCandidate[], taken: TestCandidate): void {
    this.strategy.took?.(candidates, taken);
    taken.served++;
    taken.lastTurn = ++this.turn;
  }

  /** The ids of those whose turn it was, in this order. */
  run(candidates: readonly TestCandidate[], count: number): string[] {
    return Array.from({ length: count }, () => {
      const chosen = this.choose(candidates);
      this.take(candidates, chosen);
      return chosen.id;
    });
  }
}

/** How often each is there. */
export function tally(ids: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  return counts;
}
