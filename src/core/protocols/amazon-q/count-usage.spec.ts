import { describe, expect, it } from '@jest/globals';
import { countTextTokens } from '../../messages/count-tokens.js';
import { LONGEST_SAMPLE, OutputSample } from '../../messages/output-sample.js';
import { countUsage, type UsageEvidence } from './count-usage.js';

const tokenUsage = { uncachedInputTokens: 90, outputTokens: 20, cacheReadInputTokens: 5, cacheWriteInputTokens: 3 };

function sample(...pieces: string[]): OutputSample {
  const output = new OutputSample();
  for (const piece of pieces) output.take(piece);
  return output;
}

const count = (evidence: Partial<UsageEvidence> = {}) =>
  countUsage({
    output: sample('one two three'),
    thinking: sample(),
    showsThinking: false,
    estimatedInputTokens: 77,
    tokenScale: 1,
    ...evidence,
  });

describe('countUsage', () => {
  it('takes upstream’s own numbers, one to one', () => {
    expect(count({ tokenUsage, contextUsagePercentage: 50, window: 1000 })).toEqual({
      usage: {
        input_tokens: 90,
        output_tokens: 20,
        cache_read_input_tokens: 5,
        cache_creation_input_tokens: 3,
        output_tokens_details: null,
        server_tool_use: null,
      },
      inputTokens: 98,
      outputTokens: 20,
    });
  });

  it('knows nothing better than the first estimate where upstream said nothing', () => {
    const { usage, inputTokens, outputTokens } = count({ window: 200_000 });
    expect(usage).toMatchObject({ input_tokens: 77, output_tokens: 3 });
    expect({ inputTokens, outputTokens }).toEqual({ inputTokens: undefined, outputTokens: undefined });
  });

  it('passes over numbers that can’t be right', () => {
    const odd = { uncachedInputTokens: '90', outputTokens: -1, cacheReadInputTokens: null } as unknown as object;
    expect(count({ tokenUsage: odd }).usage).toMatchObject({
      input_tokens: 77,
      output_tokens: 3,
      cache_read_input_tokens: 0,
    });
  });

  it.each([1_000_000_001, 2 ** 53, 1e300, Number.POSITIVE_INFINITY])('passes over %s tokens', (tokens) => {
    const tokenUsage = {
      uncachedInputTokens: tokens,
      outputTokens: tokens,
      cacheReadInputTokens: tokens,
      cacheWriteInputTokens: tokens,
    };
    expect(count({ tokenUsage })).toEqual(count());
    expect(count({ contextUsagePercentage: 50, window: tokens * 4 }).usage.input_tokens).toBe(77);
  });

  it('tells whole tokens', () => {
    const fractions = { uncachedInputTokens: 90.4, outputTokens: 19.5, cacheReadInputTokens: 1e9 };
    expect(count({ tokenUsage: fractions })).toMatchObject({
      usage: { input_tokens: 90, output_tokens: 20, cache_read_input_tokens: 1e9 },
      inputTokens: 1e9 + 90,
      outputTokens: 20,
    });
    expect(count({ contextUsagePercentage: 33.333, window: 1000 }).usage.input_tokens).toBe(333 - 3);
  });

  it.each([
    ['a number of many digits', 0.0345, 69 - 3],
    ['a whole number that is large enough', 10, 20_000 - 3],
    ['one digit behind the point', 1.1, 2_200 - 3],
    ['a whole number too round', 9, 77],
    ['a rounded nothing', 0, 77],
    ['less than a digit', 0.09, 77],
    ['a number in powers of ten', 1e-7, 77],
  ])('reads the input from the share of the window: %s', (_name, contextUsagePercentage, input) => {
    const { usage, inputTokens } = count({ contextUsagePercentage, window: 200_000 });
    expect(usage.input_tokens).toBe(input);
    expect(inputTokens).toBe(input === 77 ? undefined : input);
  });

  it('takes cached tokens out of the share of the window, and never says less than one', () => {
    const cached = { cacheReadInputTokens: 600, cacheWriteInputTokens: 300 };
    const share = { contextUsagePercentage: 50, window: 2000 };
    expect(count({ ...share, tokenUsage: cached })).toMatchObject({ usage: { input_tokens: 97 }, inputTokens: 997 });
    expect(count({ ...share, tokenUsage: { outputTokens: 5000 } }).usage.input_tokens).toBe(1);
  });

  it('counts an answer by its beginning and its length', () => {
    const piece = 'The quick brown fox jumps over the lazy dog. ';
    const pieces = Array.from({ length: 2_000 }, () => piece);
    const counted = count({ output: sample(...pieces), tokenScale: 1.5 }).usage.output_tokens;
    const exact = countTextTokens(pieces.join('')) * 1.5;
    expect(Math.abs(counted - exact) / exact).toBeLessThan(0.01);
  });

  it('keeps no more of an answer than it needs', () => {
    const output = new OutputSample();
    for (let turn = 0; turn < 3; turn++) output.take('x'.repeat(5_000));
    output.take('');
    const { beginning, characters } = output as unknown as { beginning: string; characters: number };
    expect([beginning.length, characters]).toEqual([LONGEST_SAMPLE, 15_000]);
  });

  describe('of thinking', () => {
    const thinking = sample('one two three');
    const spent = (evidence: Partial<UsageEvidence>) =>
      count({ thinking, showsThinking: true, ...evidence }).usage.output_tokens_details?.thinking_tokens;

    it('takes its share of the output', () => {
      expect(spent({ tokenUsage: { outputTokens: 6 } })).toBe(3);
      expect(spent({ tokenUsage: { outputTokens: 7 } })).toBe(4);
      expect(spent({})).toBe(3);
    });

    it('takes the rest of the output where its text is but a summary', () => {
      expect(spent({ tokenUsage: { outputTokens: 1000 } })).toBe(997);
    });

    it('counts into the output where upstream tells none, shown or not', () => {
      expect(count({ thinking }).usage).toMatchObject({ output_tokens: 6, output_tokens_details: null });
    });
  });
});
