import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import type { Account } from '../account.js';
import type { AccountDirectory } from '../account-directory.service.js';
import { ModelRefusals } from './model-refusals.service.js';

let accounts: Map<string, Account>;
let reload: (accounts: ReadonlyMap<string, Account>) => void;
let clock: TestClock;
let refusals: ModelRefusals;

beforeEach(() => {
  accounts = new Map([['one', { id: 'one', revision: 1 } as Account]]);
  clock = new TestClock();
  const directory = {
    find: (id: string) => accounts.get(id),
    onReload: (listener: typeof reload) => {
      reload = listener;
    },
  } as unknown as AccountDirectory;
  refusals = new ModelRefusals(directory, clock);
});

describe('a model that an account refused', () => {
  it('is remembered for five minutes, for that account and that model', () => {
    refusals.note('one', 'a');
    expect([refusals.has('one', 'a'), refusals.has('one', 'b'), refusals.has('two', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
    clock.advance(299);
    expect(refusals.has('one', 'a')).toBe(true);
    clock.advance(1);
    expect(refusals.has('one', 'a')).toBe(false);
  });

  it('is asked for again when the account was changed', () => {
    refusals.note('one', 'a');
    const { version } = refusals;
    accounts.set('one', { id: 'one', revision: 2 } as Account);
    reload(accounts);
    expect(refusals.has('one', 'a')).toBe(false);
    expect(refusals.version).not.toBe(version);
  });

  it('is another version, when it is noted and when its time is over', () => {
    const versions = new Set([refusals.version]);
    refusals.note('one', 'a');
    versions.add(refusals.version);
    clock.advance(300);
    reload(accounts);
    versions.add(refusals.version);
    reload(accounts);
    versions.add(refusals.version);
    expect(versions.size).toBe(3);
  });

  it('is one of a thousand at most, and goes with its account', () => {
    for (let model = 0; model < 1_001; model++) refusals.note('one', `model-${model}`);
    expect([refusals.has('one', 'model-999'), refusals.has('one', 'model-1000')]).toEqual([true, false]);
    refusals.note('gone', 'a');
    expect(refusals.has('gone', 'a')).toBe(false);
    reload(new Map());
    expect(refusals.has('one', 'model-0')).toBe(false);
  });
});
