import type { Breaker } from './breaker.js';
import type { RequestWindow } from './request-window.js';
import type { StoredStatus } from './status-transition.js';
import type { Candidate } from './strategies/candidate.js';

/** An account of the pool, as far as it decides on whether it may be asked. Times are epoch milliseconds. */
export interface PooledAccount extends Candidate {
  readonly isEnabled: boolean;
  readonly status: StoredStatus | 'refreshing';
  /** When the status ends by itself. */
  readonly statusUntil?: number;
  /** It is decided this moment whether it needs a new sign-in. */
  readonly isInDoubt: boolean;
  /** Asked only when nobody else can be: its weight is 0, or it is over its plan, which its owner pays for. */
  readonly isLastResort: boolean;
  /** Lower goes first. */
  readonly priority: number;
  readonly breaker: Breaker;
  /** The service asked to be left alone until then. */
  readonly coolingUntil: number;
  readonly requestsPerMinute?: number;
  readonly maxConcurrent?: number;
  readonly window: RequestWindow;
}

/** Why an account can not be asked at all. */
export type Outage =
  | 'disabled'
  | 'needs_login'
  | 'suspended'
  | 'quota_exhausted'
  | 'in_doubt'
  | 'breaker_open'
  | 'breaker_trial'; // one request tries whether it works again

/** Why an account can not be asked for the moment: nothing is wrong with it. */
export type Fullness = 'rate_limited' | 'requests_per_minute' | 'max_concurrent';

/** Why it can not be asked; undefined: it can. */
export function outageOf(account: PooledAccount, now: number): Outage | undefined {
  if (!account.isEnabled) return 'disabled';
  const { status, statusUntil } = account;
  if (status !== 'active' && status !== 'refreshing') {
    // A quota comes back by itself.
    const isOver = status === 'quota_exhausted' && statusUntil !== undefined && statusUntil <= now;
    if (!isOver) return status;
  }
  if (account.isInDoubt) return 'in_doubt';
  const standing = account.breaker.standing(now);
  if (standing === 'open') return 'breaker_open';
  return standing === 'trial-running' ? 'breaker_trial' : undefined;
}

export function fullnessOf(account: PooledAccount, now: number): Fullness | undefined {
  if (account.coolingUntil > now) return 'rate_limited';
  const { maxConcurrent, requestsPerMinute, inFlight } = account;
  if (maxConcurrent !== undefined && inFlight >= maxConcurrent) return 'max_concurrent';
  if (requestsPerMinute !== undefined && account.window.freeAt(requestsPerMinute, now) > now) {
    return 'requests_per_minute';
  }
  return undefined;
}

/** When a full account may be asked again, epoch milliseconds; infinity: when one of its requests ends. */
export function freeAt(account: PooledAccount, now: number): number {
  const { maxConcurrent, requestsPerMinute, inFlight, coolingUntil } = account;
  if (maxConcurrent !== undefined && inFlight >= maxConcurrent) return Number.POSITIVE_INFINITY;
  const windowFreeAt = requestsPerMinute === undefined ? now : account.window.freeAt(requestsPerMinute, now);
  return Math.max(windowFreeAt, coolingUntil, now);
}
