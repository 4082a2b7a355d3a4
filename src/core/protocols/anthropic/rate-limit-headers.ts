import type { RateLimit, RateLimits } from '../rate-limits.js';

/** Whole seconds, and none too early. */
const ROUND_UP_MS = 999;
const FRACTION = /\.\d+/;

/**
 * `anthropic-ratelimit-…` (anthropic.md §2), as on every answer of the real API.
 * @param timeIn what `Date.toISOString` says of the time in so many milliseconds
 */
export function rateLimitHeaders({ requests, tokens }: RateLimits, timeIn: TimeIn): Record<string, string> {
  return { ...headersOf('requests', requests, timeIn), ...headersOf('tokens', tokens, timeIn) };
}

type TimeIn = (milliseconds: number) => string;

function headersOf(what: 'requests' | 'tokens', limit: RateLimit | undefined, timeIn: TimeIn): Record<string, string> {
  if (!limit) return {};
  const name = `anthropic-ratelimit-${what}`;
  return {
    [`${name}-limit`]: String(limit.limit),
    [`${name}-remaining`]: String(limit.remaining),
    [`${name}-reset`]: wholeSecond(timeIn(limit.resetMs + ROUND_UP_MS)),
  };
}

/** RFC 3339 without a fraction. */
function wholeSecond(time: string): string {
  return time.replace(FRACTION, '');
}
