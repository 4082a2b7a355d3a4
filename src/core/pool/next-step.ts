import type { Failure, RequestChange } from './failure.js';

/** What was tried for one request so far. */
export interface Tried {
  /** Accounts, the current one included. */
  accounts: number;
  maxAccounts: number;
  /** On the current account. */
  renewedToken: boolean;
  soughtProfile: boolean;
  /** How often the current account was asked again, as it was asked before. */
  repeats: number;
  /** On any account of this request. */
  changes: ReadonlySet<RequestChange>;
  /** Milliseconds within which another attempt may begin. */
  timeLeftMs: number;
}

export type NextStep =
  | { step: 'renew-token' }
  | { step: 'find-profile' }
  | { step: 'changed-request'; change: RequestChange }
  | { step: 'same-account'; delayMs: number }
  | { step: 'other-account' }
  | { step: 'give-up' };

/** How the same account is asked again: so often, after pauses that double, none of them longer than that. */
interface Patience {
  repeats: number;
  firstPauseMs: number;
  longestPauseMs: number;
}

/** One short pause; a longer wait is better spent on another account. */
const TRANSIENT: Patience = { repeats: 1, firstPauseMs: 250, longestPauseMs: 1_000 };
/** No other account has what the model lacks: three tries within some seconds (amazon-q.md §6.3). */
const CAPACITY: Patience = { repeats: 2, firstPauseMs: 1_000, longestPauseMs: 4_000 };
/** So that requests which failed together do not come back together. */
const JITTER = 0.25;

/**
 * What to do after a call failed before its first event (amazon-q.md §6.3). A request that is itself wrong is never
 * sent to another account, and a model without capacity has none there either.
 * @param chance from 0 up to, and without, 1
 */
export function nextStep(failure: Failure | undefined, tried: Tried, chance: number): NextStep {
  if (!failure || failure.retry === 'never' || tried.timeLeftMs <= 0) return { step: 'give-up' };
  if (failure.retry === 'renew-token' && !tried.renewedToken) return { step: 'renew-token' };
  if (failure.retry === 'find-profile' && !tried.soughtProfile) return { step: 'find-profile' };
  if (failure.retry === 'changed-request') {
    const { change } = failure;
    return change && !tried.changes.has(change) ? { step: 'changed-request', change } : { step: 'give-up' };
  }
  const hasNoneAnywhere = failure.class === 'capacity' && failure.retry === 'same-account';
  if (failure.retry === 'same-account') {
    const delayMs = pauseBefore(failure, tried, chance);
    if (delayMs !== undefined) return { step: 'same-account', delayMs };
  }
  if (hasNoneAnywhere || tried.accounts >= tried.maxAccounts) return { step: 'give-up' };
  return { step: 'other-account' };
}

/** Milliseconds; undefined: it is not worth it. A service that says how long it wants to be left alone is believed. */
function pauseBefore(failure: Failure, { repeats, timeLeftMs }: Tried, chance: number): number | undefined {
  const patience = failure.class === 'capacity' ? CAPACITY : TRANSIENT;
  if (repeats >= patience.repeats) return undefined;
  const ownMs = patience.firstPauseMs * 2 ** repeats * (1 + JITTER * (2 * chance - 1));
  const pauseMs = Math.max(ownMs, (failure.retryAfter ?? 0) * 1000);
  return pauseMs <= patience.longestPauseMs && pauseMs < timeLeftMs ? pauseMs : undefined;
}
