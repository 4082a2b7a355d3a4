import type { GatewayError } from '../errors.js';

/** Seconds, where upstream limits the rate and does not say how long (anthropic.md §8: a small one). */
const SHORT_WAIT = 2;

/** Headers that tell a client whether to come again and when: in whole seconds, as clients ignore 0 (anthropic.md §2). */
export function retryHeaders({ kind, retryAfter, shouldRetry }: GatewayError): Record<string, string> {
  const headers: Record<string, string> = {};
  const isWorthAWait = kind === 'rate_limit' && shouldRetry !== false;
  const seconds = retryAfter ?? (isWorthAWait ? SHORT_WAIT : undefined);
  if (seconds !== undefined) headers['retry-after'] = String(Math.max(1, Math.ceil(seconds)));
  if (shouldRetry !== undefined) headers['x-should-retry'] = String(shouldRetry);
  return headers;
}
