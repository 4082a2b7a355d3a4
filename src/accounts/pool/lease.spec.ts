import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, throwError, using } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import type { AccountSession } from './account-session.js';
import { Lease, type LeaseOutcome } from './lease.js';

function leaseWithLog() {
  const log: string[] = [];
  const lease = new Lease('one', { id: 'auto' }, {} as AccountSession, {
    began: () => log.push('began'),
    spent: (credits) => log.push(`spent ${credits}`),
    ended: (outcome: LeaseOutcome) => log.push(outcome.status),
    released: () => log.push('released'),
    applyFailure: async () => {
      log.push('applied');
    },
  });
  return { lease, log };
}

describe('Lease', () => {
  it('tells once how it ended, and once that it is back', async () => {
    const { lease, log } = leaseWithLog();
    lease.succeeded();
    lease.succeeded();
    await lease.fail(new GatewayError('upstream', 'too late'));
    lease.unsubscribe();
    lease[Symbol.dispose]();
    expect(log).toEqual(['success', 'released']);
  });

  it('is cancelled when it comes back without a word', () => {
    const { lease, log } = leaseWithLog();
    lease.unsubscribe();
    expect(log).toEqual(['cancelled', 'released']);
  });

  it('applies a failure to the account', async () => {
    const { lease, log } = leaseWithLog();
    await lease.fail(new GatewayError('upstream', 'broke off'));
    lease.unsubscribe();
    expect(log).toEqual(['error', 'applied', 'released']);
  });

  it.each([
    ['completion', EMPTY],
    ['an error', throwError(() => new Error('broken'))],
    ['a hang-up', NEVER],
  ])('comes back after %s when it is held with using()', (_, source) => {
    const { lease, log } = leaseWithLog();
    const subscription = using(
      () => lease,
      () => source,
    ).subscribe({ error: () => undefined });
    subscription.unsubscribe();
    expect(log.filter((line) => line === 'released')).toHaveLength(1);
  });
});
