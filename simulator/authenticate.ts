import type { IncomingHttpHeaders } from 'node:http';
import type { SimulatedAccount } from './account.js';
import type { Accounts } from './accounts.js';
import { accessDenied, ServiceError } from './service-error.js';

/** Who asks, by bearer token; an unknown, expired or missing one gets one and the same answer (sheet §6.3). */
export function authenticate(headers: IncomingHttpHeaders, accounts: Accounts): SimulatedAccount {
  const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
  const account = token === undefined ? undefined : accounts.ofAccessToken(token);
  if (!account) {
    throw accessDenied('The bearer token included in the request is invalid.');
  }
  return account;
}

/** Refuses accounts that the service has locked (sheet §0, §11.5). */
export function checkStanding(account: SimulatedAccount): void {
  if (account.suspended) {
    throw accessDenied(`Your User ID (d-0000000000.${account.id}) temporarily is suspended.`, 'TEMPORARILY_SUSPENDED');
  }
  if (account.featureGate !== false) {
    const message =
      typeof account.featureGate === 'string' ? account.featureGate : 'This feature is not supported for your account.';
    throw accessDenied(message, 'FEATURE_NOT_SUPPORTED');
  }
}

/** Takes one request off the month's quota, or refuses in the form the account's script asks for (sheet §6.3). */
export function chargeQuota(account: SimulatedAccount): void {
  const { quota } = account;
  if (quota.used >= quota.limit) {
    throw new ServiceError({
      status: quota.status,
      type: quota.status === 402 ? 'ServiceQuotaExceededException' : 'ThrottlingException',
      reason: 'MONTHLY_REQUEST_COUNT',
      message: 'You have reached the limit for monthly requests.',
    });
  }
  quota.used += 1;
}
