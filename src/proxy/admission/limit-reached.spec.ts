import { describe, expect, it } from '@jest/globals';
import type { AllowanceLimits, NoAllowance } from '../../platform/state/allowance.js';
import { limitReached } from './limit-reached.js';

const NOW = Date.parse('2026-12-31T23:00:00Z');
const LIMITS: Required<AllowanceLimits> = {
  requestsPerMinute: 60,
  tokensPerMinute: 40_000,
  maxConcurrent: 2,
  monthlyTokenBudget: 1_000_000,
  monthlyCostBudget: 12.5,
};

const told = (refused: Pick<NoAllowance, 'limit'> & Partial<NoAllowance>) => {
  const refusal = { neverFits: false, standings: {}, ...refused };
  const expected = { tokens: 51_200, cost: 13.256 };
  const { kind, message, retryAfter, shouldRetry } = limitReached({
    refused: refusal,
    limits: LIMITS,
    expected,
    now: NOW,
  });
  return { kind, message, retryAfter, shouldRetry };
};

describe('limitReached', () => {
  it.each<[Pick<NoAllowance, 'limit' | 'freeInMs'>, string, number]>([
    [
      { limit: 'requestsPerMinute', freeInMs: 11_200 },
      'This API key is limited to 60 requests per minute. Please try again in 12s.',
      12,
    ],
    [
      { limit: 'tokensPerMinute', freeInMs: 40_000 },
      'This API key is limited to 40,000 tokens per minute, and this request may need 51,200. Please try again in 40s.',
      40,
    ],
    [{ limit: 'maxConcurrent' }, 'This API key is limited to 2 requests at the same time. Please try again in 1s.', 1],
    [
      { limit: 'requestsPerMinute', freeInMs: 0 },
      'This API key is limited to 60 requests per minute. Please try again in 1s.',
      1,
    ],
  ])('says when there is room again: %j', (refused, message, retryAfter) => {
    expect(told(refused)).toEqual({ kind: 'rate_limit', message, retryAfter, shouldRetry: undefined });
  });

  it.each<[NoAllowance['limit'], string, string]>([
    [
      'tokensPerMinute',
      'rate_limit',
      "This request may need 51,200 tokens, more than this API key's limit of 40,000 tokens per minute.",
    ],
    [
      'monthlyTokenBudget',
      'quota',
      "This request may need 51,200 tokens, more than this API key's monthly budget of 1,000,000 tokens.",
    ],
    [
      'monthlyCostBudget',
      'quota',
      "This request may cost 13.256 USD, more than this API key's monthly budget of 12.5 USD.",
    ],
  ])('says of what never fits in %s that waiting does not help', (limit, kind, message) => {
    expect(told({ limit, neverFits: true })).toEqual({ kind, message, retryAfter: undefined, shouldRetry: false });
  });

  it.each<[NoAllowance['limit'], string]>([
    ['monthlyTokenBudget', '1,000,000 tokens'],
    ['monthlyCostBudget', '12.5 USD'],
  ])('says of a spent %s when it begins anew, and that waiting does not help', (limit, most) => {
    expect(told({ limit })).toEqual({
      kind: 'quota',
      message: `This API key's monthly budget of ${most} has no room for this request. It begins anew on 2027-01-01 (UTC).`,
      retryAfter: undefined,
      shouldRetry: false,
    });
  });
});
