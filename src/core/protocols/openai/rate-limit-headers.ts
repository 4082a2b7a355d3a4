import type { RateLimit, RateLimits } from '../rate-limits.js';

const SECOND = 1_000;
const MINUTE = 60;
const HOUR = 3_600;

/** `x-ratelimit-…` (openai.md §3), as on every answer of the real API. */
export function rateLimitHeaders({ requests, tokens }: RateLimits): Record<string, string> {
  return { ...headersOf('requests', requests), ...headersOf('tokens', tokens) };
}

function headersOf(what: 'requests' | 'tokens', limit: RateLimit | undefined): Record<string, string> {
  if (!limit) return {};
  return {
    [`x-ratelimit-limit-${what}`]: String(limit.limit),
    [`x-ratelimit-remaining-${what}`]: String(limit.remaining),
    [`x-ratelimit-reset-${what}`]: formatDuration(limit.resetMs),
  };
}

/** `120ms`, `1s`, `6m0s`, `1h0m0s`; whole seconds from one second on. Not before the time. */
function formatDuration(milliseconds: number): string {
  if (milliseconds <= 0) return '0s';
  if (milliseconds < SECOND) return `${Math.ceil(milliseconds)}ms`;
  const seconds = Math.ceil(milliseconds / SECOND);
  const hours = seconds >= HOUR ? `${Math.floor(seconds / HOUR)}h` : '';
  const minutes = seconds >= MINUTE ? `${Math.floor((seconds % HOUR) / MINUTE)}m` : '';
  return `${hours}${minutes}${seconds % MINUTE}s`;
}
