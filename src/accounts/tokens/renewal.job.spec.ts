import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { Chance } from '../../platform/chance.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import type { Account } from '../account.js';
import type { AccountDirectory } from '../account-directory.service.js';
import { RenewalJob } from './renewal.job.js';
import type { TokenKeeper } from './token-keeper.service.js';
import { TokenTimes } from './token-times.service.js';

const TOKEN_LIFE = 3_600;
const COUNT = 1_000;

describe('RenewalJob', () => {
  let clock: TestClock;
  let accounts: Partial<Account>[];
  let times: TokenTimes;
  let job: RenewalJob;
  let renewedAt: Map<string, number>;
  let perRun: number[];

  beforeEach(() => {
    clock = new TestClock();
    renewedAt = new Map();
    perRun = [];
    const chance = Object.assign(new Chance(), { next: () => 0.5 });
    times = new TokenTimes(readConfiguration({ TOKEN_REFRESH_AHEAD: '300' }), chance);
    job = new RenewalJob({ list: () => accounts } as unknown as AccountDirectory, keeper(), times, clock);
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  /** Renews at once; `failing` accounts never. */
  function keeper(failing: ReadonlySet<string> = new Set()): TokenKeeper {
    const renewAhead = (id: string) => {
      if (failing.has(id)) return false;
      renewedAt.set(id, clock.now());
      const account = accounts.find((each) => each.id === id);
      if (account) Object.assign(account, obtainedNow());
      return true;
    };
    return { renewAhead, storeUnstored: async () => undefined } as unknown as TokenKeeper;
  }

  const obtainedNow = () => ({
    lastRefreshAt: new Date(clock.now()),
    tokenExpiresAt: new Date(clock.now() + TOKEN_LIFE * 1000),
  });
  const account = (id: string, fields: Partial<Account> = {}): Partial<Account> => ({
    id,
    enabled: true,
    provider: 'amazonq',
    status: 'active',
    ...obtainedNow(),
    ...fields,
  });
  const many = (fields: Partial<Account> = {}) =>
    Array.from({ length: COUNT }, (_, index) => account(`account-${index}`, fields));

  function runFor(seconds: number): void {
    for (let second = 0; second < seconds; second++) {
      const before = renewedAt.size;
      job.run();
      perRun.push(renewedAt.size - before);
      clock.advance(1);
    }
  }

  it('renews nothing at the start where all tokens are good', () => {
    accounts = many();
    runFor(60);
    expect(renewedAt.size).toBe(0);
  });

  it('spreads a thousand tokens that end together over the time ahead, each renewed once before it is useless', () => {
    accounts = many();
    const start = clock.now();
    clock.advance(TOKEN_LIFE - 301);
    runFor(1);
    expect(renewedAt.size).toBe(0);
    runFor(270);
    expect(renewedAt.size).toBe(COUNT);
    const seconds = Array.from(renewedAt.values(), (at) => (at - start) / 1000);
    expect(Math.min(...seconds)).toBeGreaterThanOrEqual(TOKEN_LIFE - 300);
    expect(Math.max(...seconds)).toBeLessThan(TOKEN_LIFE - 60);
    expect(Math.max(...perRun)).toBeLessThanOrEqual(6);
    expect(perRun.filter((count) => count > 0).length).toBeGreaterThan(150);
  });

  it.each([
    ['ended while the service was down', { tokenExpiresAt: new Date(0), lastRefreshAt: undefined }],
    ['were never there', { tokenExpiresAt: undefined, lastRefreshAt: undefined }],
  ])('makes no storm of a thousand tokens that %s', (_, fields) => {
    accounts = many(fields);
    runFor(200);
    expect(Math.max(...perRun)).toBe(6);
    expect(renewedAt.size).toBe(COUNT);
  });

  it('renews a single token that ended at once', () => {
    accounts = [account('one', { tokenExpiresAt: new Date(0) })];
    job.run();
    expect([...renewedAt.keys()]).toEqual(['one']);
  });

  it('is not held up by accounts that can’t be renewed now', () => {
    accounts = many({ tokenExpiresAt: new Date(0) });
    const failing = new Set(accounts.slice(0, COUNT - 1).map(({ id = '' }) => id));
    job = new RenewalJob({ list: () => accounts } as unknown as AccountDirectory, keeper(failing), times, clock);
    job.run();
    expect([...renewedAt.keys()]).toEqual([`account-${COUNT - 1}`]);
  });

  it.each<[string, Partial<Account>, boolean]>([
    ['active', { status: 'active' }, true],
    ['parked until its quota is back', { status: 'quota_exhausted' }, true],
    ['in need of a sign-in', { status: 'needs_login' }, false],
    ['suspended', { status: 'suspended' }, false],
    ['closed by the service', { status: 'disabled' }, false],
    ['turned off', { enabled: false }, false],
    ['an endpoint with a key', { provider: 'anthropic', tokenExpiresAt: undefined }, false],
  ])('an account that is %s', (_, fields, isRenewed) => {
    accounts = [account('one', { tokenExpiresAt: new Date(0), ...fields })];
    job.run();
    expect(renewedAt.has('one')).toBe(isRenewed);
  });

  it('runs each second, and not once the service stops', () => {
    jest.useFakeTimers();
    accounts = [];
    const run = jest.spyOn(job, 'run');
    job.onApplicationBootstrap();
    jest.advanceTimersByTime(3_000);
    expect(run).toHaveBeenCalledTimes(3);
    job.onModuleDestroy();
    expect(jest.getTimerCount()).toBe(0);
  });
});
