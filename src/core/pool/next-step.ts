import type { Failure, RequestChange } from './failure.js';

/** What was tried for one request so far. */
export interface Tried {
  /** Accounts, the current one included. */
  accounts: number;
  maxAccounts: number;
  /** On the current account. */
  renewedToken: boolean;
  soughtProfile: boolean;
  retriedAccount: boolean;
  /** On any account of this request. */
  changes: ReadonlySet<RequestChange>;
}

export type NextStep =
  | { step: 'renew-token' }
  | { step: 'find-profile' }
  | { step: 'changed-request'; change: RequestChange }
  | { step: 'same-account'; delayMs: number }
  | { step: 'other-account' }
  | { step: 'give-up' };

/** One short pause before the same account is asked again; a longer wait is the client's to decide. */
const SAME_ACCOUNT_DELAY_MS = 250;

/**
 * What to do after an attempt failed before its first event (amazon-q.md §6.3). A request that is itself wrong is
 * never sent to another account, and a model without capacity has none there either.
 */
export function nextStep(failure: Failure | undefined, tried: Tried): NextStep {
  if (!failure || failure.retry === 'never') return { step: 'give-up' };
  if (failure.retry === 'renew-token' && !tried.renewedToken) return { step: 'renew-token' };
  if (failure.retry === 'find-profile' && !tried.soughtProfile) return { step: 'find-profile' };
  if (failure.retry === 'changed-request') {
    const { change } = failure;
    return change && !tried.changes.has(change) ? { step: 'changed-request', change } : { step: 'give-up' };
  }
  if (failure.retry === 'same-account' && !tried.retriedAccount) {
    return { step: 'same-account', delayMs: SAME_ACCOUNT_DELAY_MS };
  }
  const hasNoneAnywhere = failure.class === 'capacity' && failure.retry === 'same-account';
  if (hasNoneAnywhere || tried.accounts >= tried.maxAccounts) return { step: 'give-up' };
  return { step: 'other-account' };
}
