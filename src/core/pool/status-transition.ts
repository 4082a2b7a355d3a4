/** The statuses that are stored (contract §4); `refreshing` is only shown. */
export type StoredStatus = 'active' | 'needs_login' | 'suspended' | 'quota_exhausted' | 'disabled';

/**
 * Who says that a status changes: the service by a refusal or by GetUsageLimits, a real request that succeeded, the
 * clock, or an operator.
 */
export type StatusCause = 'refusal' | 'quota-read' | 'success' | 'time' | 'operator';

const OUT: readonly StoredStatus[] = ['needs_login', 'suspended', 'disabled'];

/**
 * The changes of status that there are, by the status before. What is not here does not happen: an account that is out
 * keeps its first reason, and a suspension ends by an operator or by a request that works, never by itself. New
 * credentials, or a renewal that works, end `needs_login` where they are stored (`AccountRepository`).
 */
const ALLOWED: Record<StoredStatus, Partial<Record<StatusCause, readonly StoredStatus[]>>> = {
  active: { refusal: ['quota_exhausted', ...OUT] },
  quota_exhausted: {
    refusal: ['quota_exhausted', ...OUT],
    'quota-read': ['quota_exhausted', 'active'],
    success: ['active'],
    time: ['active'],
    operator: ['active'],
  },
  needs_login: { refusal: ['suspended', 'disabled'], success: ['active'], operator: ['active'] },
  suspended: { success: ['active'], operator: ['active'] },
  disabled: { success: ['active'], operator: ['active'] },
};

export function isTransition(from: StoredStatus, to: StoredStatus, cause: StatusCause): boolean {
  return ALLOWED[from][cause]?.includes(to) ?? false;
}
