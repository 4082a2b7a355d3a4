import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { encodeScriptedFrame } from '../../../simulator/answers/encode-frame.js';
import type { MessagesRequest } from '../../../src/core/messages/vocabulary.js';
import { limitOutput } from '../../../src/proxy/emulation/limit-output.js';
import { anyAnswer } from '../generate/answers.js';
import { collect, readAnswer, readsOf } from '../read-answer.js';
import { Chance } from './chance.js';
import type { Format } from './formats/format.js';
import { mutateStream } from './mutate-stream.js';
import type { Target } from './target.js';

const ANSWERS = 300;
const SMALLEST_FRAME = 16;

const LIMITS: readonly object[] = [
  { max_tokens: 64_000 },
  { max_tokens: 5, stop_sequences: ['a', 'lorem ipsum', '\n\n'] },
  { max_tokens: 1_000, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
];

/** Frames of the answers that are spoilt; the same for the same seed. */
export function answerFrames(wireNames: readonly string[], seed: number): Buffer[][] {
  return fc
    .sample(anyAnswer(wireNames), { seed, numRuns: ANSWERS })
    .map((steps) => steps.flatMap(({ event }) => encodeScriptedFrame(event) ?? []))
    .filter((frames) => frames.length > 0);
}

/** Spoilt streams of the service through frames, events and limits, as one protocol tells them. */
export function streamsTarget(format: Format, seed: number): Target {
  const answers = answerFrames(format.wireNames, seed);
  return {
    run: (number) => {
      const chance = new Chance(seed, number);
      const bytes = mutateStream(chance.of(answers), chance.of(answers), chance);
      const sizes = Array.from({ length: 1 + chance.below(4) }, () => 1 + chance.below(chance.oneIn(3) ? 8 : 2_000));
      const request = { model: 'm', messages: [], ...chance.of(LIMITS) } as unknown as MessagesRequest;
      const display = chance.of(['text', 'signature', 'none'] as const);
      const source = readAnswer(readsOf(bytes, sizes), display, format.toolNames);
      const read = collect(chance.oneIn(2) ? source : source.pipe(limitOutput(request, { id: 'm' }, 1)));
      const told = format.tell(read, chance);
      // Work and memory are bounded by what came: no frame makes more than a few events, nor text longer than itself.
      assert.ok(
        read.events.length <= 10 + 6 * Math.ceil(bytes.length / SMALLEST_FRAME),
        'more events than frames make',
      );
      assert.ok(told <= 16_000 + 600 * read.events.length + 40 * bytes.length, 'more than came');
      return endOf(read.error);
    },
  };
}

function endOf(error: unknown): string {
  if (error === undefined) return 'whole';
  const { name, type, kind } = error as { name: string; type?: string; kind?: string };
  return `${name} ${type ?? kind}`;
}
