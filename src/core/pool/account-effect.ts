import type { AccountFinding, Failure } from './failure.js';
import { endOfWindow, type QuotaWindow } from './quota-window.js';

/** What becomes of an account after a failure on it. */
export type AccountEffect =
  | { effect: 'none' }
  /** Its list of models is asked for again. */
  | { effect: 'forget-models' }
  /** Its token is renewed, unless that was done already. */
  | { effect: 'renew-token' }
  /** Out of use until somebody looks after it. */
  | { effect: 'take-out'; status: 'suspended' | 'disabled' }
  /**
   * Out of use until then, epoch milliseconds. `isMonth`: the service can tell the very day, but not before
   * `askedUntil`.
   */
  | { effect: 'park'; until: number; isMonth: boolean; askedUntil: number }
  /** Its profile may be of another region, or gone; if it is not that, it has to be signed in again. */
  | { effect: 'check-sign-in' }
  /** It stays in use; asked once more, and refused in the same way once more, it gets this status. */
  | { effect: 'verify'; status: 'suspended' | 'disabled' | 'needs_login' };

export interface AccountFacts {
  /** Epoch milliseconds. */
  now: number;
  /** The end of the month's quota as the service named it last, epoch milliseconds. */
  quotaResetsAt?: number;
  /** A refused token was replaced on this attempt before. */
  isRenewed: boolean;
  /** The profile was looked up on this attempt before, in vain. */
  soughtProfile: boolean;
}

/** Whatever `retry-after` says, an account is asked again at some time. */
const LONGEST_PARKING_S = 40 * 24 * 3600;
const NONE: AccountEffect = { effect: 'none' };

/**
 * What a failure means for its account (amazon-q.md §6.3). Only what says so by its reason or its very words takes an
 * account out at once: never one ambiguous refusal, and never anything that is about the request, the model or the
 * service's own state.
 */
export function accountEffect({ account: finding, retryAfter }: Failure, facts: AccountFacts): AccountEffect {
  switch (finding) {
    case undefined:
      return NONE;
    case 'suspended':
      return { effect: 'take-out', status: 'suspended' };
    case 'unsupported':
    case 'misconfigured':
      return { effect: 'take-out', status: 'disabled' };
    case 'locked':
      return { effect: 'verify', status: 'suspended' };
    case 'denied':
    case 'maybe-misconfigured':
      return { effect: 'verify', status: 'disabled' };
    case 'key-refused':
      return { effect: 'verify', status: 'needs_login' };
    case 'token-refused':
      return { effect: facts.isRenewed ? 'check-sign-in' : 'renew-token' };
    case 'profile-missing':
      return facts.soughtProfile ? { effect: 'take-out', status: 'disabled' } : NONE;
    case 'model-unknown':
      return { effect: 'forget-models' };
    case 'hour-spent':
    case 'day-spent':
    case 'week-spent':
    case 'month-spent':
      return park(WINDOWS[finding], retryAfter, facts);
  }
}

type SpentFinding = Extract<AccountFinding, `${string}-spent`>;

const WINDOWS: Record<SpentFinding, QuotaWindow> = {
  'hour-spent': 'hour',
  'day-spent': 'day',
  'week-spent': 'week',
  'month-spent': 'month',
};

function park(window: QuotaWindow, retryAfter: number | undefined, { now, quotaResetsAt }: AccountFacts) {
  const isMonth = window === 'month';
  const named = isMonth && quotaResetsAt !== undefined && quotaResetsAt > now ? quotaResetsAt : undefined;
  const askedUntil = now + Math.min(retryAfter ?? 0, LONGEST_PARKING_S) * 1000;
  return {
    effect: 'park',
    until: Math.max(named ?? endOfWindow(window, now), askedUntil),
    isMonth,
    askedUntil,
  } as const;
}
