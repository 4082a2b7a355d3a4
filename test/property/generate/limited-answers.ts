import fc from 'fast-check';
import { anyAnswer, type Step } from './answers.js';
import { anyText } from './text.js';

/** What ends an answer before its time. */
export interface Limits {
  stop_sequences?: string[];
  max_tokens: number;
  tool_choice?: { type: 'auto'; disable_parallel_tool_use: boolean };
}

export interface LimitedAnswer {
  steps: Step[];
  limits: Limits;
  /** Tokens of the model for one of our count. */
  scale: number;
}

/** An answer, and limits that are likely to meet it: sequences are cut out of its own text. */
export function limitedAnswer(names: readonly string[]): fc.Arbitrary<LimitedAnswer> {
  return fc
    .record({
      steps: anyAnswer(names),
      cuts: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 6 })), { maxLength: 3 }),
      foreign: fc.array(
        anyText.filter((text) => text !== '' && text.length <= 50),
        { maxLength: 2 },
      ),
      max_tokens: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom(4_000, 64_000)),
      single: fc.boolean(),
      scale: fc.constantFrom(1, 0.8, 1.3),
    })
    .map(({ steps, cuts, foreign, max_tokens, single, scale }) => {
      const text = textOf(steps);
      const own = cuts
        .map(([place, length]) => text.substr(place % Math.max(1, text.length), length))
        .filter((each) => each !== '');
      const stop_sequences = [...own, ...foreign];
      const limits: Limits = {
        max_tokens,
        ...(stop_sequences.length > 0 && { stop_sequences }),
        ...(single && { tool_choice: { type: 'auto', disable_parallel_tool_use: true } }),
      };
      return { steps, limits, scale };
    });
}

function textOf(steps: readonly Step[]): string {
  return steps
    .flatMap(({ means }) => means)
    .map((meaning) => ('text' in meaning ? meaning.text : ''))
    .join('');
}
