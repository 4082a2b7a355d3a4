import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { LIST_PRICES_VERSION } from '../../core/models/list-prices.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { LiveSettings } from '../../settings/live-settings.service.js';
import { Prices } from '../../usage/prices/prices.service.js';
import { ApiKeySpendingEntity } from './api-key-spending.entity.js';
import { SpendingRepository } from './spending.repository.js';
import { Spending } from './spending.service.js';
import { SpendingLedger } from './spending-ledger.service.js';

const NOTHING = { month: '2026-11', tokens: 0, cost: 0 };
const TEN_DAYS = 10 * 24 * 3600;

let opened: SpendingLedger[] = [];

function openReplica(repository: SpendingRepository, clock = new TestClock()) {
  const settings = new LiveSettings(readConfiguration({}));
  const ledger = new SpendingLedger(repository);
  opened.push(ledger);
  return { spending: new Spending(ledger, new Prices(settings), clock), ledger, clock, settings };
}

describeOnEachSharedDatabase('what keys spend', (database) => {
  let dataSource: DataSource;
  let repository: SpendingRepository;
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  const stored = async (keyId: string) => {
    const rows = await dataSource.getRepository(ApiKeySpendingEntity).findBy({ keyId });
    return rows
      .map(({ month, requests, tokens, cost }) => ({ month, requests, tokens, cost }))
      .sort((a, b) => (a.month < b.month ? -1 : 1));
  };
  const rename = (from: string, to: string) => dataSource.query(`ALTER TABLE ${from} RENAME TO ${to}`);

  beforeAll(async () => {
    dataSource = await database().open([ApiKeySpendingEntity]);
    repository = new SpendingRepository(dataSource);
  });
  beforeEach(async () => {
    warn.mockClear();
    await dataSource.getRepository(ApiKeySpendingEntity).clear();
  });
  afterEach(async () => {
    for (const ledger of opened) await ledger.onApplicationShutdown();
    opened = [];
  });

  it('is nothing at first, and known at once from then on', async () => {
    const { spending } = openReplica(repository);
    const asked = spending.spentThisMonth('a');
    expect(asked).toBeInstanceOf(Promise);
    expect(await asked).toEqual(NOTHING);
    expect(spending.spentThisMonth('a')).toEqual(NOTHING);
  });

  it('counts what was booked, stored or not', async () => {
    const { spending, ledger } = openReplica(repository);
    spending.book('a', { tokens: 100, cost: 0.25 });
    expect(await spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: 100, cost: 0.25 });
    spending.book('a', { tokens: 11, cost: 0.5 });
    expect(spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: 111, cost: 0.75 });
    await ledger.write();
    expect(spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: 111, cost: 0.75 });
    expect(await stored('a')).toEqual([{ month: '2026-11', requests: 2, tokens: 111, cost: 0.75 }]);
    expect(await spending.spentThisMonth('b')).toEqual(NOTHING);
  });

  it('is there again after a restart', async () => {
    const before = openReplica(repository);
    for (let request = 0; request < 5; request++) before.spending.book('a', { tokens: 1_000_000_000, cost: 2.5 });
    await before.ledger.onApplicationShutdown();
    const after = openReplica(repository);
    expect(await after.spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: 5_000_000_000, cost: 12.5 });
  });

  it('adds up over replicas that write at once, and each sees the others’ within seconds', async () => {
    const replicas = [1, 2, 3].map(() => openReplica(repository));
    for (const { spending } of replicas) await spending.spentThisMonth('key-0');
    for (let round = 0; round < 5; round++) {
      for (const { spending } of replicas)
        for (let key = 0; key < 300; key++) spending.book(`key-${key}`, { tokens: 10, cost: 0.5 });
      await Promise.all(replicas.map(({ ledger }) => ledger.write()));
    }
    expect(await stored('key-299')).toEqual([{ month: '2026-11', requests: 15, tokens: 150, cost: 7.5 }]);
    for (const { spending, ledger, clock } of replicas) {
      clock.advance(4.999);
      expect(spending.spentThisMonth('key-0')).toEqual({ ...NOTHING, tokens: 50, cost: 2.5 });
      clock.advance(0.001);
      // Looked for aside: who asks does not wait.
      expect(spending.spentThisMonth('key-0')).toEqual({ ...NOTHING, tokens: 50, cost: 2.5 });
      await ledger.write();
      expect(spending.spentThisMonth('key-0')).toEqual({ ...NOTHING, tokens: 150, cost: 7.5 });
    }
  });

  it('loses and doubles nothing that is booked while it is read and written', async () => {
    const { spending, ledger, clock } = openReplica(repository);
    for (let round = 1; round <= 20; round++) {
      spending.book('a', { tokens: 1, cost: 1 });
      const written = ledger.write();
      spending.book('a', { tokens: 1, cost: 1 });
      clock.advance(6);
      await spending.spentThisMonth('a');
      spending.book('a', { tokens: 1, cost: 1 });
      await written;
      expect(await spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: round * 3, cost: round * 3 });
    }
    await ledger.write();
    expect(await stored('a')).toEqual([{ month: '2026-11', requests: 60, tokens: 60, cost: 60 }]);
  });

  it('begins anew with each month (UTC)', async () => {
    const { spending, ledger, clock } = openReplica(repository);
    spending.book('a', { tokens: 7, cost: 1 });
    await spending.spentThisMonth('a');
    clock.advance(TEN_DAYS + 12 * 3600 - 1);
    expect(spending.spentThisMonth('a')).toMatchObject({ month: '2026-11', tokens: 7 });
    clock.advance(1);
    expect(await spending.spentThisMonth('a')).toEqual({ month: '2026-12', tokens: 0, cost: 0 });
    spending.book('a', { tokens: 1, cost: 1 });
    expect(spending.spentThisMonth('a')).toEqual({ month: '2026-12', tokens: 1, cost: 1 });
    await ledger.write();
    expect(await stored('a')).toEqual([
      { month: '2026-11', requests: 1, tokens: 7, cost: 1 },
      { month: '2026-12', requests: 1, tokens: 1, cost: 1 },
    ]);
  });

  it('goes back to the month before where the clock does', async () => {
    const { spending, clock } = openReplica(repository);
    spending.book('a', { tokens: 7, cost: 1 });
    clock.advance(2 * TEN_DAYS);
    expect(await spending.spentThisMonth('a')).toEqual({ month: '2026-12', tokens: 0, cost: 0 });
    clock.advance(-2 * TEN_DAYS);
    expect(await spending.spentThisMonth('a')).toEqual({ month: '2026-11', tokens: 7, cost: 1 });
    expect(spending.spentThisMonth('a')).toEqual({ month: '2026-11', tokens: 7, cost: 1 });
  });

  it('is looked for again where the clock goes back within a month', async () => {
    const { spending, ledger, clock } = openReplica(repository);
    const other = openReplica(repository);
    await spending.spentThisMonth('a');
    other.spending.book('a', { tokens: 7, cost: 1 });
    await other.ledger.write();
    clock.advance(-3_600);
    expect(spending.spentThisMonth('a')).toEqual(NOTHING);
    await ledger.write();
    expect(spending.spentThisMonth('a')).toEqual({ month: '2026-11', tokens: 7, cost: 1 });
  });

  it('can be stored whatever upstream reports', async () => {
    const { spending, ledger } = openReplica(repository);
    for (const amount of [Number.NaN, Number.POSITIVE_INFINITY, -5, 1e300, 0.4]) {
      spending.book('a', { tokens: amount, cost: amount });
    }
    await ledger.write();
    expect(await stored('a')).toEqual([{ month: '2026-11', requests: 5, tokens: 8e9, cost: 2_000_000.4 }]);
    expect(await spending.spentThisMonth('a')).toMatchObject({ tokens: 8e9 });
  });

  it('is what this process booked while the database is away, and all of it once it is back', async () => {
    const other = openReplica(repository);
    other.spending.book('a', { tokens: 50, cost: 5 });
    await other.ledger.write();
    await rename('api_key_spending', 'gone');
    const { spending, ledger, clock } = openReplica(repository);
    try {
      for (let round = 1; round <= 3; round++) {
        spending.book('a', { tokens: 10, cost: 1 });
        await ledger.write();
        clock.advance(6);
        expect(await spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: round * 10, cost: round });
      }
      expect(warn).toHaveBeenCalledTimes(1);
    } finally {
      await rename('gone', 'api_key_spending');
    }
    clock.advance(6);
    await spending.spentThisMonth('a');
    await ledger.write();
    expect(spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: 80, cost: 8 });
    expect(await stored('a')).toEqual([{ month: '2026-11', requests: 4, tokens: 80, cost: 8 }]);
  });

  it('is forgotten after 13 months', async () => {
    const { spending, ledger, clock } = openReplica(repository);
    await repository.add(
      ['2025-09', '2025-10', '2026-10'].map((month) => ({ month, keyId: 'a', requests: 1, tokens: 1, cost: 1 })),
    );
    const months = async () => (await stored('a')).map(({ month }) => month);
    spending.book('a', { tokens: 1, cost: 1 });
    await ledger.write();
    expect(await months()).toEqual(['2025-10', '2026-10', '2026-11']);
    clock.advance(2 * TEN_DAYS);
    spending.book('a', { tokens: 1, cost: 1 });
    await ledger.write();
    expect(await months()).toEqual(['2026-10', '2026-11', '2026-12']);
  });
});

describe('spending, beside a database that hangs', () => {
  const hanging = () => new Promise<never>(() => undefined);
  const open = (overrides: Partial<SpendingRepository>) => {
    const repository = { add: hanging, totalsOf: hanging, deleteBefore: hanging, ...overrides };
    return openReplica(repository as unknown as SpendingRepository);
  };

  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('takes a second at most, and none from then on', async () => {
    const { spending, clock } = open({});
    spending.book('a', { tokens: 5, cost: 1 });
    const asked = [spending.spentThisMonth('a'), spending.spentThisMonth('a')];
    expect(asked[0]).toBe(asked[1]);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await asked[0]).toEqual({ ...NOTHING, tokens: 5, cost: 1 });
    clock.advance(60);
    expect(spending.spentThisMonth('a')).toEqual({ ...NOTHING, tokens: 5, cost: 1 });
  });

  it('still counts what is being written', async () => {
    const { spending, ledger } = open({});
    spending.book('a', { tokens: 5, cost: 1 });
    await jest.advanceTimersByTimeAsync(1_000);
    spending.book('a', { tokens: 5, cost: 1 });
    expect(ledger.unwrittenOf('2026-11', 'a')).toEqual({ tokens: 10, cost: 2 });
    const asked = spending.spentThisMonth('a');
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await asked).toEqual({ ...NOTHING, tokens: 10, cost: 2 });
  });

  it('writes once a second, however much is booked', async () => {
    const written: number[] = [];
    const add = async (bookings: readonly { requests: number }[]) => {
      written.push(...bookings.map(({ requests }) => requests));
    };
    const { spending } = open({ add, deleteBefore: async () => undefined });
    for (let request = 0; request < 5_000; request++) spending.book('a', { tokens: 5, cost: 1 });
    await jest.advanceTimersByTimeAsync(999);
    expect(written).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(written).toEqual([5_000]);
  });

  it('keeps the sums of 20,000 keys and counts no further ones', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const { spending, ledger } = open({});
    for (let key = 0; key < 20_010; key++) spending.book(`key-${key}`, { tokens: 1, cost: 1 });
    spending.book('key-0', { tokens: 1, cost: 1 });
    expect(ledger.unwrittenOf('2026-11', 'key-0').tokens).toBe(2);
    expect(ledger.unwrittenOf('2026-11', 'key-19999').tokens).toBe(1);
    expect(ledger.unwrittenOf('2026-11', 'key-20000').tokens).toBe(0);
    expect(error).toHaveBeenCalledTimes(1);
    error.mockRestore();
  });
});

describe('what a request costs', () => {
  it('goes by the prices in use from the moment they change', () => {
    const { spending, settings } = openReplica({} as SpendingRepository);
    const use = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };
    expect(spending.costOf('claude-opus-4.5', use)).toBe(5);
    settings.use({ prices: { 'claude-opus-*': { input: 2, output: 2 } } });
    expect(spending.costOf('claude-opus-4.5', use)).toBe(2);
    expect(spending.costOf('claude-haiku-4.5', use)).toBe(1);
    settings.use({});
    expect(spending.costOf('claude-opus-4.5', use)).toBe(5);
  });

  it('goes by the credits that upstream reported where a credit has a price', () => {
    const { spending, settings } = openReplica({} as SpendingRepository);
    const use = { input: 1_000_000, output: 0, cacheRead: 0, cacheWrite: 0 };
    settings.use({ prices: { 'claude-opus-*': { credit: 0.04 } } });
    expect(spending.costOf('claude-opus-4.5', use, 2.5)).toBeCloseTo(0.1, 9);
    expect(spending.costOf('claude-opus-4.5', use)).toBe(5);
    expect(spending.costOf('claude-haiku-4.5', use, 2.5)).toBe(1);
  });

  it('says which prices it goes by', () => {
    const { spending, settings } = openReplica({} as SpendingRepository);
    settings.use({ strategy: 'random' }, 3);
    expect(spending.priceVersion).toBe(LIST_PRICES_VERSION);
    settings.use({ prices: { '*': { credit: 1 } } }, 4);
    expect(spending.priceVersion).toBe(`${LIST_PRICES_VERSION}+4`);
    settings.use({ prices: { '*': { credit: 1 } } }, 6);
    expect(spending.priceVersion).toBe(`${LIST_PRICES_VERSION}+6`);
  });
});
