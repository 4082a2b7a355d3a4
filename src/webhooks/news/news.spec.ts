import { describe, expect, it } from '@jest/globals';
import type { Account, AccountStatus } from '../../accounts/account.js';
import { goneOf, newsOf, QUIET_MS } from './news.js';
import { type Subject } from './subject.js';

const START = Date.UTC(2026, 10, 20, 12);

function account(status: AccountStatus, since = START, id = 'acc_1'): Account {
  const at = new Date(since);
  const settings = { label: 'Work', enabled: true, weight: 1, priority: 0, provider: 'amazonq' as const };
  const counters = { requestCount: 0, errorCount: 0, revision: 1, createdAt: at, updatedAt: at };
  return { id, status, statusSince: at, statusReason: 'said so', ...settings, ...counters };
}

/** What is told, one look after the other. */
class Listener {
  told = new Map<string, Subject>();

  look(accounts: readonly Account[], usable: number, now = START) {
    const news = newsOf({ accounts: new Map(accounts.map((each) => [each.id, each])), usable }, this.told, now);
    for (const { subject } of news) this.told.set(subject.id, subject);
    return news.map(({ event }) => event);
  }

  types(accounts: readonly Account[], usable: number, now?: number) {
    return this.look(accounts, usable, now).map(({ type }) => type);
  }
}

describe('newsOf', () => {
  it.each<[AccountStatus, string]>([
    ['suspended', 'account.suspended'],
    ['needs_login', 'account.needs_login'],
    ['quota_exhausted', 'account.quota_exhausted'],
    ['disabled', 'account.disabled'],
  ])('tells that an account is %s, once, and that it is back', (status, type) => {
    const listener = new Listener();
    expect(listener.types([account('active')], 1)).toEqual([]);
    expect(listener.types([account(status)], 1)).toEqual([type]);
    expect(listener.types([account(status)], 1)).toEqual([]);
    expect(listener.types([account('refreshing')], 1)).toEqual(['account.recovered']);
    expect(listener.types([account('active')], 1)).toEqual([]);
  });

  it('says which account, and why', () => {
    const [event] = new Listener().look([account('suspended')], 1);
    expect(event).toEqual({
      id: expect.stringMatching(/^evt_[\w-]{24}$/),
      type: 'account.suspended',
      createdAt: new Date(START),
      data: {
        account: {
          id: 'acc_1',
          label: 'Work',
          status: 'suspended',
          reason: 'said so',
          since: '2026-11-20T12:00:00.000Z',
        },
      },
    });
  });

  it('finds the same event whoever looks and whenever, and another one of another time', () => {
    const idAt = (since: number, now: number, before = new Listener()) =>
      before.look([account('suspended', since)], 1, now)[0]?.id;
    const later = new Listener();
    later.look([account('quota_exhausted', START - 9_000)], 1, START - 9_000);
    expect(idAt(START, START + 4_000)).toBe(idAt(START, START));
    expect(idAt(START, START, later)).toBe(idAt(START, START));
    expect(idAt(START + 1, START)).not.toBe(idAt(START, START));
  });

  it('tells of one that goes to and fro once a minute, and of where it stands in the end', () => {
    const listener = new Listener();
    const told: string[] = [];
    for (let second = 0; second < 120; second++) {
      const status = second % 2 === 0 ? 'suspended' : 'active';
      told.push(...listener.types([account(status, START + second * 1000)], 1, START + second * 1000));
    }
    expect(told).toEqual(['account.suspended', 'account.recovered', 'account.suspended', 'account.recovered']);
    expect(listener.types([account('suspended')], 1, START + 60_000 + QUIET_MS)).toEqual(['account.suspended']);
  });

  it('tells when nobody can serve, and when somebody can again', () => {
    const listener = new Listener();
    const two = [account('active', START, 'acc_1'), account('active', START, 'acc_2')];
    expect(listener.types(two, 1)).toEqual([]);
    expect(listener.look(two, 0)).toMatchObject([{ type: 'pool.empty', data: { pool: { accounts: 2, usable: 0 } } }]);
    expect(listener.types(two, 0)).toEqual([]);
    expect(listener.types(two, 1)).toEqual(['pool.recovered']);
  });

  it('has another id each time the pool is empty', () => {
    const listener = new Listener();
    const emptyAt = (now: number) => {
      const id = listener.look([account('active')], 0, now)[0]?.id;
      listener.look([account('active')], 1, now);
      return id;
    };
    expect(emptyAt(START)).not.toBe(emptyAt(START + QUIET_MS));
  });

  it('calls a pool without accounts neither empty nor recovered', () => {
    const listener = new Listener();
    expect(listener.types([], 0)).toEqual([]);
    listener.look([account('active')], 0);
    expect(listener.types([], 0, START + QUIET_MS)).toEqual([]);
  });

  it('is not silenced by a clock that was set back', () => {
    const listener = new Listener();
    listener.look([account('suspended')], 1, START + 9 * QUIET_MS);
    listener.look([account('active')], 1, START + 9 * QUIET_MS);
    expect(listener.types([account('suspended', START + 1)], 1)).toEqual(['account.suspended']);
  });
});

describe('goneOf', () => {
  it('names accounts that were told of and are gone, and never the pool', () => {
    const listener = new Listener();
    listener.look([account('suspended', START, 'acc_1'), account('suspended', START, 'acc_2')], 0);
    expect(goneOf({ accounts: new Map([['acc_2', account('suspended')]]) }, listener.told)).toEqual(['account:acc_1']);
  });
});
