import type { UsageWindow } from '../limits/usage-window.js';
import type { Breaker } from './breaker.js';
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
  readonly window: UsageWindow;
  /** What was found full with the requests of other replicas. */
  readonly filledElsewhere?: FilledElsewhere;
}

export interface FilledElsewhere {
  limit: 'requests_per_minute' | 'max_concurrent';
  /** When it is worth asking again. */
  until: number;
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
  if (isAtWork(account)) return 'max_concurrent';
  const { requestsPerMinute } = account;
  if (requestsPerMinute !== undefined && account.window.freeAt(requestsPerMinute, now) > now) {
    return 'requests_per_minute';
  }
  return isFilledElsewhere(account, now) ? account.filledElsewhere?.limit : undefined;
}

/** When a full account may be asked again, epoch milliseconds; infinity: when one of its requests ends. */
export function freeAt(account: PooledAccount, now: number): number {
  if (isAtWork(account)) return Number.POSITIVE_INFINITY;
  const elsewhereUntil = isFilledElsewhere(account, now) ? (account.filledElsewhere?.until ?? now) : now;
  return Math.max(freeAtSoonest(account, now), elsewhereUntil);
}

/** When it might be asked again if all requests on it ended this moment, epoch milliseconds. */
export function freeAtSoonest(account: PooledAccount, now: number): number {
  const { requestsPerMinute, coolingUntil, filledElsewhere } = account;
  const windowFreeAt = requestsPerMinute === undefined ? now : account.window.freeAt(requestsPerMinute, now);
  const isMinuteFull = isFilledElsewhere(account, now) && filledElsewhere?.limit === 'requests_per_minute';
  return Math.max(windowFreeAt, isMinuteFull ? filledElsewhere.until : now, coolingUntil);
}

/** As many requests as it may have at once. */
function isAtWork({ maxConcurrent, inFlight }: PooledAccount): boolean {
  return maxConcurrent !== undefined && inFlight >= maxConcurrent;
}

/** What was found of a limit that was lifted since says nothing. */
function isFilledElsewhere({ filledElsewhere, maxConcurrent, requestsPerMinute }: PooledAccount, now: number): boolean {
  if (!filledElsewhere || filledElsewhere.until <= now) return false;
  return (filledElsewhere.limit === 'max_concurrent' ? maxConcurrent : requestsPerMinute) !== undefined;
}
