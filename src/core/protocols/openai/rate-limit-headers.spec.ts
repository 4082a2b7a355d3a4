import { describe, expect, it } from '@jest/globals';
import { rateLimitHeaders } from './rate-limit-headers.js';

describe('the rate limit headers of the OpenAI APIs', () => {
  it('tell of requests and tokens', () => {
    const limits = {
      requests: { limit: 60, remaining: 59, resetMs: 1_000 },
      tokens: { limit: 150_000, remaining: 149_984, resetMs: 360_000 },
    };
    expect(rateLimitHeaders(limits)).toEqual({
      'x-ratelimit-limit-requests': '60',
      'x-ratelimit-remaining-requests': '59',
      'x-ratelimit-reset-requests': '1s',
      'x-ratelimit-limit-tokens': '150000',
      'x-ratelimit-remaining-tokens': '149984',
      'x-ratelimit-reset-tokens': '6m0s',
    });
  });

  it('say nothing of a limit that is not there', () => {
    expect(rateLimitHeaders({})).toEqual({});
  });

  it.each([
    [0, '0s'],
    [-1, '0s'],
    [0.2, '1ms'],
    [120, '120ms'],
    [999, '999ms'],
    [1_001, '2s'],
    [59_001, '1m0s'],
    [3_599_999, '1h0m0s'],
    [3_661_000, '1h1m1s'],
    [86_400_000, '24h0m0s'],
  ])('spell %s ms as %s', (resetMs, spelled) => {
    expect(rateLimitHeaders({ requests: { limit: 1, remaining: 0, resetMs } })['x-ratelimit-reset-requests']).toBe(
      spelled,
    );
  });
});
