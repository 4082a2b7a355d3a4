import type { ApiKey } from './api-key.entity.js';

/** Held by whoever makes or takes away a key of an administrator: each looks at what the one before left. */
export const ADMIN_KEY_LOCK = { name: 'admin-key', times: { holdMs: 10_000, waitMs: 20_000 } };

/** Until when a key is an administrator's, in milliseconds since the epoch; `now` when it is none. */
export function adminUntil({ enabled, scopes, expiresAt }: ApiKey, now: number): number {
  if (!enabled || !scopes.includes('admin')) return now;
  return Math.max(now, expiresAt?.getTime() ?? Number.POSITIVE_INFINITY);
}
