import { describe, expect, it } from '@jest/globals';
import { type MessagesUsage, type TokenUsage, tokenUsage } from './token-usage.js';

describe('tokenUsage', () => {
  it.each<[string, MessagesUsage, TokenUsage]>([
    [
      'counts what was cached as input',
      {
        input_tokens: 10,
        cache_read_input_tokens: 100,
        cache_creation_input_tokens: 1_000,
        output_tokens: 7,
        output_tokens_details: { thinking_tokens: 3 },
      },
      { input: 1_110, cached: 100, cacheWrite: 1_000, output: 7, reasoning: 3, total: 1_117 },
    ],
    [
      'takes what is not told for none',
      {
        input_tokens: null,
        cache_read_input_tokens: null,
        cache_creation_input_tokens: null,
        output_tokens: 7,
        output_tokens_details: null,
      },
      { input: 0, cached: 0, cacheWrite: 0, output: 7, reasoning: 0, total: 7 },
    ],
    [
      'has no more reasoning than output',
      { input_tokens: 1, output_tokens: 2, output_tokens_details: { thinking_tokens: 5 } },
      { input: 1, cached: 0, cacheWrite: 0, output: 2, reasoning: 2, total: 3 },
    ],
  ])('%s', (_name, usage, expected) => {
    expect(tokenUsage(usage)).toEqual(expected);
  });
});
