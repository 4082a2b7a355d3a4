import { describe, expect, it } from '@jest/globals';
import { rateLimitHeaders } from './rate-limit-headers.js';

const NOW = Date.parse('2026-11-21T23:59:30.250Z');
const timeIn = (milliseconds: number) => new Date(NOW + milliseconds).toISOString();

describe('the rate limit headers of the Anthropic API', () => {
  it('tell of requests and tokens, and by the clock when all of them are there again', () => {
    const limits = {
      requests: { limit: 50, remaining: 49, resetMs: 1_000 },
      tokens: { limit: 40_000, remaining: 0, resetMs: 59_750 },
    };
    expect(rateLimitHeaders(limits, timeIn)).toEqual({
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '49',
      'anthropic-ratelimit-requests-reset': '2026-11-21T23:59:32Z',
      'anthropic-ratelimit-tokens-limit': '40000',
      'anthropic-ratelimit-tokens-remaining': '0',
      'anthropic-ratelimit-tokens-reset': '2026-11-22T00:00:30Z',
    });
  });

  it('say nothing of a limit that is not there', () => {
    expect(rateLimitHeaders({}, timeIn)).toEqual({});
    const headers = rateLimitHeaders({ tokens: { limit: 1, remaining: 1, resetMs: 0 } }, timeIn);
    expect(Object.keys(headers)).toEqual([
      'anthropic-ratelimit-tokens-limit',
      'anthropic-ratelimit-tokens-remaining',
      'anthropic-ratelimit-tokens-reset',
    ]);
  });
});
