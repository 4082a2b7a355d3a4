import { ACCOUNT_STATUSES, type Account, type AccountStatus } from './account.js';
import type { StatusChange } from './status-log.service.js';

/** Where an account stands as operators are told (contract §4). */
export interface ShownStatus {
  status: AccountStatus;
  reason?: string;
  since: Date;
  /** When it ends by itself. */
  until?: Date;
}

const DISABLED_BY_ADMIN = 'Disabled by an administrator';
const RENEWING = 'Its access token is being renewed';

/** Those that say what was learnt of an account. */
export const LEARNT_STATUSES = ACCOUNT_STATUSES.filter((status) => status !== 'disabled');

/**
 * What an administrator decided goes before what was learnt of the account; that comes back when it is enabled.
 * @param now epoch milliseconds: a spent quota comes back by itself
 * @param isRenewing whether this process renews its token at the moment
 */
export function shownStatus(account: Account, now: number, isRenewing: boolean): ShownStatus {
  const { enabled, statusReason, enabledSince, createdAt, statusUntil } = account;
  if (!enabled) return { status: 'disabled', reason: DISABLED_BY_ADMIN, since: enabledSince ?? createdAt };
  const isOver = account.status === 'quota_exhausted' && statusUntil !== undefined && statusUntil.getTime() <= now;
  const status = isOver ? 'active' : account.status;
  const since = isOver ? statusUntil : account.statusSince;
  if (status === 'active') return isRenewing ? { status: 'refreshing', reason: RENEWING, since } : { status, since };
  return { status, reason: statusReason, since, until: statusUntil };
}

/** Whether the pool may choose an account that is shown so. */
export function isShownUsable(status: AccountStatus): boolean {
  return status === 'active' || status === 'refreshing';
}

/** What was decided about an account, whoever did. */
export interface Decision {
  enabled?: boolean | null;
  hasNewCredentials: boolean;
  /** Why a sign-in works again. */
  reason: string;
}

/** How a decision that was just stored changes what operators are shown; undefined: not at all. */
export function shownChange(account: Account, decision: Decision, now: number): StatusChange | undefined {
  const isSignedIn = decision.hasNewCredentials && account.status === 'needs_login';
  const after: Account = {
    ...account,
    enabled: decision.enabled ?? account.enabled,
    ...(isSignedIn && { status: 'active', statusReason: undefined }),
  };
  const { status: from } = shownStatus(account, now, false);
  const { status: to, reason = isSignedIn ? decision.reason : undefined } = shownStatus(after, now, false);
  return from === to ? undefined : { from, to, reason };
}
