import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { NEVER, type Observable, of, throwError } from 'rxjs';
import { TestClock } from '../../test/support/test-clock.js';
import type { Lease } from '../accounts/pool/lease.js';
import type { LeaseRequest } from '../accounts/pool/lease-request.js';
import type { Pool } from '../accounts/pool/pool.service.js';
import { GatewayError } from '../core/errors.js';
import { Chance } from '../platform/chance.js';
import { readConfiguration } from '../platform/config/configuration.js';
import type { LiveSettings } from '../settings/live-settings.service.js';
import { AccountWalk } from './account-walk.js';
import { RequestAttempts } from './request-attempts.js';
import { RetryPauses } from './retry-pauses.js';

const FIRST_BYTE_S = 60;

const failed = (message: string) =>
  new GatewayError('upstream', message, { failure: { class: 'unknown', retry: 'other-account' } });

/** A walk over a pool of which each lease is an answer of the test. */
function walkOver(...answers: (Lease | Promise<Lease>)[]) {
  const clock = new TestClock();
  const requests: LeaseRequest[] = [];
  const lease = (request: LeaseRequest) => {
    requests.push({ ...request, excluded: new Set(request.excluded) });
    return Promise.resolve(answers.shift() ?? new Promise<Lease>(() => undefined));
  };
  const pool = { lease, hasEndpoints: false } as unknown as Pool;
  const settings = { current: { maxAttempts: 3 } } as LiveSettings;
  const configuration = readConfiguration({ UPSTREAM_FIRST_BYTE_TIMEOUT: String(FIRST_BYTE_S) });
  const walk = new AccountWalk(pool, settings, new RetryPauses(), clock, new Chance(), configuration);
  return { walk, clock, requests };
}

function leaseOf(accountId: string) {
  const released = jest.fn();
  return { released, lease: { accountId, model: { id: 'm' }, unsubscribe: released } as unknown as Lease };
}

function errandOf(ask: (lease: Lease) => Observable<string>) {
  const attempts = new RequestAttempts();
  const told: string[] = [];
  return { errand: { model: 'm', attempts, onAccount: (id: string) => told.push(id), ask }, told, attempts };
}

/** Subscribes; what came of it grows as it happens. */
function follow(answer: Observable<string>) {
  const heard: string[] = [];
  const subscription = answer.subscribe({
    next: (value) => heard.push(value),
    error: ({ message }: Error) => heard.push(`error: ${message}`),
    complete: () => heard.push('end'),
  });
  return { heard, subscription };
}

const settled = () => jest.advanceTimersByTimeAsync(0);

describe('AccountWalk', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('goes from account to account, each given back before the next is asked for', async () => {
    const [one, two] = [leaseOf('one'), leaseOf('two')];
    const { walk, requests } = walkOver(one.lease, two.lease);
    const { errand, told } = errandOf(({ accountId }) =>
      accountId === 'one' ? throwError(() => failed('broken')) : of('answer'),
    );
    const { heard } = follow(walk.walk(errand));
    await settled();
    expect(heard).toEqual(['answer', 'end']);
    expect(told).toEqual(['one', 'two']);
    expect(requests.map(({ excluded }) => Array.from(excluded))).toEqual([[], ['one']]);
    expect([one.released.mock.calls.length, two.released.mock.calls.length]).toEqual([1, 1]);
  });

  it('gives an account back that comes when nobody waits any more, and says nothing of it', async () => {
    const one = leaseOf('one');
    const late = Promise.withResolvers<Lease>();
    const { walk, requests } = walkOver(late.promise);
    const { errand, told } = errandOf(() => NEVER);
    const { heard, subscription } = follow(walk.walk(errand));
    subscription.unsubscribe();
    expect(requests[0]?.signal?.aborted).toBe(true);
    late.resolve(one.lease);
    await settled();
    expect(one.released).toHaveBeenCalledTimes(1);
    expect([heard, told]).toEqual([[], []]);
  });

  it('does not wait for another account longer than another attempt may begin', async () => {
    const { walk, clock, requests } = walkOver(leaseOf('one').lease);
    const { errand } = errandOf(() => {
      clock.advance(FIRST_BYTE_S);
      return throwError(() => failed('broken'));
    });
    const { heard } = follow(walk.walk(errand));
    await jest.advanceTimersByTimeAsync(FIRST_BYTE_S * 1000 - 1);
    expect(requests).toHaveLength(2);
    expect(heard).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(heard).toEqual(['error: broken']);
    expect(requests[1]?.signal?.aborted).toBe(true);
  });

  it('waits for the first account as long as the pool lets it', async () => {
    const { walk, requests } = walkOver();
    const { subscription, heard } = follow(walk.walk(errandOf(() => NEVER).errand));
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(heard).toEqual([]);
    expect(requests[0]?.signal?.aborted).toBe(false);
    subscription.unsubscribe();
  });

  it('gives an account back that could not even be asked', async () => {
    const one = leaseOf('one');
    const { walk } = walkOver(one.lease);
    const { errand } = errandOf(() => {
      throw new Error('a fault of ours');
    });
    const { heard } = follow(walk.walk(errand));
    await settled();
    expect(heard).toEqual(['error: Internal server error']);
    expect(one.released).toHaveBeenCalledTimes(1);
  });

  it('asks nobody else after an answer began', async () => {
    const { walk, requests } = walkOver(leaseOf('one').lease);
    const { errand, attempts } = errandOf(() => {
      attempts.began = true;
      return throwError(() => failed('broken'));
    });
    const { heard } = follow(walk.walk(errand));
    await settled();
    expect(heard).toEqual(['error: broken']);
    expect(requests).toHaveLength(1);
  });
});
