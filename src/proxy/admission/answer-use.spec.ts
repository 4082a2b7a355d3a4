import { describe, expect, it } from '@jest/globals';
import type { Measurement } from '../meter.js';
import { AnswerUse, NO_TOKENS, sumOf } from './answer-use.js';

const EXPECTED = { input: 100, output: 50, cacheRead: 0, cacheWrite: 0 };

/** @param modelId undefined: no account was asked */
function used(measurements: Measurement[], modelId: string | undefined = 'claude-sonnet-5', isCancelled = false) {
  const use = new AnswerUse();
  use.modelId = modelId;
  for (const each of measurements) use.learnt(each);
  return use.tokens(EXPECTED, isCancelled);
}

describe('AnswerUse', () => {
  it('counts what was measured, the last word of each figure', () => {
    const measurements: Measurement[] = [
      { firstEventMs: 3, inputTokens: 90, cacheReadTokens: 7, cacheWriteTokens: 5 },
      { inputTokens: 80, outputTokens: 20, stopReason: 'end_turn' },
      { credits: 0.1 },
    ];
    expect(used(measurements)).toEqual({ input: 80, output: 20, cacheRead: 7, cacheWrite: 5 });
    expect(sumOf(used(measurements))).toBe(112);
  });

  it('counts what came of an answer that broke off, or whose client left', () => {
    const measurements: Measurement[] = [
      { firstEventMs: 3, inputTokens: 90 },
      { outputTokens: 4, outputEstimated: true },
    ];
    expect(used(measurements)).toMatchObject({ input: 90, output: 4 });
    expect(used(measurements, 'claude-sonnet-5', true)).toMatchObject({ input: 90, output: 4 });
  });

  it('counts what was expected of an answer that told nothing', () => {
    expect(used([{ firstEventMs: 3 }])).toEqual(EXPECTED);
  });

  it('counts the input of a request whose client left before its answer, not that of one that failed', () => {
    expect(used([], 'claude-sonnet-5', true)).toEqual({ ...EXPECTED, output: 0 });
    expect(used([], 'claude-sonnet-5', false)).toEqual(NO_TOKENS);
  });

  it('counts nothing where nobody was asked: an answer of our own, or none', () => {
    const own = new AnswerUse();
    own.learnt({ firstEventMs: 1, inputTokens: 90, outputTokens: 1 });
    expect(own.tokens(EXPECTED, true)).toEqual(NO_TOKENS);
  });
});
