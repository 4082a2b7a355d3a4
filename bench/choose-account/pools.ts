import type { Account } from '../../src/accounts/account.js';
import { PoolMember } from '../../src/accounts/pool/pool-member.js';
import type { Listing } from '../../src/accounts/pool/roster.service.js';
import { Breaker, type BreakerRules } from '../../src/core/pool/breaker.js';
import { accountOf, listingOf } from '../../test/support/pool-members.js';

/** A pool as it may be found: by number, what is set and known of an account. */
export interface PoolState {
  name: string;
  account?: (number: number, now: number) => Partial<Account>;
  /** Those whose breaker is open. */
  isOpen?: (number: number) => boolean;
  /** Accounts that a request has left. */
  left?: number;
  /** Every second request goes on with its conversation. */
  isBound?: boolean;
}

const hour = 3_600_000;

export const poolStates: readonly PoolState[] = [
  { name: 'all well' },
  { name: 'weights, bound', account: (number) => ({ weight: (number % 10) + 1 }), isBound: true },
  { name: 'limits', account: () => ({ requestsPerMinute: 600, maxConcurrent: 10 }) },
  {
    name: 'a third full',
    account: (number) => ({ requestsPerMinute: number % 3 === 0 ? 1 : 600, maxConcurrent: 10 }),
  },
  { name: 'a third open', isOpen: (number) => number % 3 === 0 },
  { name: 'three left', left: 3 },
  {
    name: 'priorities',
    account: (number, now) => ({
      priority: number % 3,
      weight: number % 7,
      quota: { used: number, limit: 1000 - (number % 500), readAt: new Date(now), resetsAt: new Date(now + hour) },
    }),
  },
];

const rules: BreakerRules = { isEnabled: true, threshold: 1, recoveryMs: 24 * hour };

/** The accounts of a pool, as the service keeps them; all of them list the one model. */
export function listingFor({ account, isOpen }: PoolState, count: number, now: number): Listing {
  const members = Array.from({ length: count }, (_, number) => {
    const breaker = new Breaker();
    if (isOpen?.(number)) breaker.failed(rules, now, 0.5);
    const id = `01997a3e-8f00-7000-8000-${String(number).padStart(12, '0')}`;
    const quota = { used: number, limit: 100_000, readAt: new Date(now), resetsAt: new Date(now + 240 * hour) };
    return new PoolMember(accountOf(id, { quota, ...account?.(number, now) }), breaker, now);
  });
  return listingOf(members);
}
