import { afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { Metrics } from '../../metrics/metrics.service.js';
import type { EndedRequest } from '../../platform/logging/ended-request.js';
import { LateRows } from '../rollups/late-rows.service.js';
import { UsagePeriodEntity } from '../rollups/usage-period.entity.js';
import { UsagePeriodRepository } from '../rollups/usage-period.repository.js';
import { RefusedRow } from './refused-row.js';
import { MOST_UNWRITTEN, UsageLedger } from './usage-ledger.service.js';
import { UsageRecordEntity } from './usage-record.entity.js';
import type { UsageRecord } from './usage-record.js';
import { UsageRecordRepository } from './usage-record.repository.js';

const clock = new TestClock();
const NOT_LATE = { lateOf: () => [] as number[] } as unknown as LateRows;

function ended(number: number, { keyId = 'key-1', endedAt = clock.now() + number } = {}): EndedRequest {
  return {
    requestId: `req_${number}`,
    protocol: 'anthropic',
    method: 'POST',
    path: '/v1/messages',
    userAgent: undefined,
    status: 200,
    outcome: 'success',
    durationMs: 340,
    endedAt,
    facts: { apiKey: keyId, account: 'account-1', inputTokens: number, outputTokens: 2, firstTokenMs: 17, cost: 0.001 },
  };
}

/** A row that no database takes. */
const bad = (number: number) => ended(number, { keyId: null as unknown as string });

/** Stands for a database that is there or not, and remembers what it got. */
class Rows {
  readonly batches: UsageRecord[][] = [];
  failure: Error | undefined;

  async insert(records: readonly UsageRecord[]): Promise<void> {
    if (this.failure) throw this.failure;
    if (records.some(({ keyId }) => keyId === null)) throw new RefusedRow('a value that can not be');
    this.batches.push([...records]);
  }

  get ids(): string[] {
    return this.batches.flat().map(({ requestId }) => requestId);
  }
}

describe('the usage ledger', () => {
  let rows: Rows;
  let ledger: UsageLedger;
  let metrics: Metrics;
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);
  const metric = async (name: string) =>
    Number(new RegExp(`^amq_gateway_usage_ledger_${name} (.*)$`, 'm').exec(await metrics.registry.metrics())?.[1]);

  beforeEach(() => {
    rows = new Rows();
    metrics = new Metrics();
    ledger = new UsageLedger(rows as unknown as UsageRecordRepository, NOT_LATE, clock, metrics);
    jest.clearAllMocks();
  });
  afterEach(() => {
    jest.useRealTimers();
    rows.failure = undefined;
    return ledger.onApplicationShutdown();
  });

  it('writes by itself within half a second, in the order of the requests, at most 500 rows at once', async () => {
    jest.useFakeTimers();
    for (let number = 0; number < 1_200; number++) ledger.requestEnded(ended(number));
    await jest.advanceTimersByTimeAsync(499);
    expect(rows.batches).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(rows.batches.map(({ length }) => length)).toEqual([500, 500, 200]);
    expect(rows.ids).toEqual(Array.from({ length: 1_200 }, (_, number) => `req_${number}`));
  });

  it('leaves rows that come while it writes to the next half second: no statement follows the other', async () => {
    jest.useFakeTimers();
    jest.spyOn(rows, 'insert').mockImplementationOnce(async (records) => {
      rows.batches.push([...records]);
      ledger.requestEnded(ended(2));
    });
    ledger.requestEnded(ended(1));
    await jest.advanceTimersByTimeAsync(500);
    expect(rows.ids).toEqual(['req_1']);
    await jest.advanceTimersByTimeAsync(500);
    expect(rows.ids).toEqual(['req_1', 'req_2']);
  });

  it('writes rows that came during a write of more than half a second, though nothing comes after them', async () => {
    jest.useFakeTimers();
    jest.spyOn(rows, 'insert').mockImplementationOnce(async (records) => {
      rows.batches.push([...records]);
      ledger.requestEnded(ended(2));
      await jest.advanceTimersByTimeAsync(600);
    });
    ledger.requestEnded(ended(1));
    await jest.advanceTimersByTimeAsync(500);
    await jest.advanceTimersByTimeAsync(500);
    expect(rows.ids).toEqual(['req_1', 'req_2']);
  });

  it('keeps what can not be written, tells of it once, and writes it a second later', async () => {
    jest.useFakeTimers();
    rows.failure = new Error('connect ECONNREFUSED');
    ledger.requestEnded(ended(1));
    await jest.advanceTimersByTimeAsync(10_000);
    ledger.requestEnded(ended(2));
    expect(warn).toHaveBeenCalledTimes(1);
    rows.failure = undefined;
    await jest.advanceTimersByTimeAsync(1_000);
    expect(rows.ids).toEqual(['req_1', 'req_2']);
    expect(log).toHaveBeenCalledTimes(1);
  });

  it('repeats a statement whose outcome nobody learns', async () => {
    const insert = jest.spyOn(rows, 'insert').mockRejectedValueOnce(new Error('Connection terminated unexpectedly'));
    ledger.requestEnded(ended(1));
    await ledger.write();
    await ledger.write();
    expect(insert.mock.calls[1]).toEqual(insert.mock.calls[0]);
    expect(rows.ids).toEqual(['req_1']);
  });

  it(`keeps ${MOST_UNWRITTEN} rows, loses the newest after them, counts those and tells of them once`, async () => {
    rows.failure = new Error('connect ECONNREFUSED');
    for (let number = 0; number < MOST_UNWRITTEN + 10; number++) ledger.requestEnded(ended(number));
    await ledger.write();
    expect(error).toHaveBeenCalledTimes(1);
    expect(await metric('pending_rows')).toBe(MOST_UNWRITTEN);
    expect(await metric('dropped_rows_total')).toBe(10);
    rows.failure = undefined;
    await ledger.write();
    expect(rows.ids).toHaveLength(MOST_UNWRITTEN);
    expect(rows.ids.at(-1)).toBe(`req_${MOST_UNWRITTEN - 1}`);
    ledger.requestEnded(ended(MOST_UNWRITTEN + 11));
    await ledger.write();
    expect(rows.ids.at(-1)).toBe(`req_${MOST_UNWRITTEN + 11}`);
    expect(await metric('written_rows_total')).toBe(MOST_UNWRITTEN + 1);
  });

  it('lets a row that the database refuses hold up no other', async () => {
    const refused = [0, 7, 8, 499, 500, 1_199];
    for (let number = 0; number < 1_200; number++)
      ledger.requestEnded(refused.includes(number) ? bad(number) : ended(number));
    const insert = jest.spyOn(rows, 'insert');
    await ledger.write();
    const others = Array.from({ length: 1_200 }, (_, number) => number).filter((number) => !refused.includes(number));
    expect(rows.ids).toEqual(others.map((number) => `req_${number}`));
    expect(insert.mock.calls.length).toBeLessThan(refused.length * 25);
    expect(await metric('dropped_rows_total')).toBe(refused.length);
    expect(error).toHaveBeenCalledTimes(1);
  });

  it('tells how old the oldest row is that is not written', async () => {
    const now = clock.now();
    expect(await metric('lag_seconds')).toBe(0);
    ledger.requestEnded(ended(1, { endedAt: now - 2_500 }));
    ledger.requestEnded(ended(2, { endedAt: now }));
    expect(await metric('lag_seconds')).toBe(2.5);
    await ledger.write();
    expect(await metric('lag_seconds')).toBe(0);
  });

  it('writes what there is at a shutdown, and what comes during it', async () => {
    ledger.requestEnded(ended(1));
    const insert = rows.insert.bind(rows);
    jest.spyOn(rows, 'insert').mockImplementationOnce((records) => {
      ledger.requestEnded(ended(2));
      return insert(records);
    });
    await ledger.onApplicationShutdown();
    expect(rows.ids).toEqual(['req_1', 'req_2']);
    expect(error).not.toHaveBeenCalled();
  });

  it('does not keep a shutdown waiting for a database that hangs, and says what is lost', async () => {
    jest.useFakeTimers();
    const { promise, resolve } = Promise.withResolvers<void>();
    jest.spyOn(rows, 'insert').mockReturnValueOnce(promise);
    ledger.requestEnded(ended(1));
    const closing = ledger.onApplicationShutdown();
    await jest.advanceTimersByTimeAsync(2_000);
    await closing;
    expect(error).toHaveBeenCalledWith(expect.stringContaining('1 rows of the usage ledger are lost'));
    resolve();
  });
});

describeOnEachSharedDatabase('the rows of the usage ledger', (database) => {
  let dataSource: DataSource;
  let ledger: UsageLedger;
  let lateRows: LateRows;
  jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
  jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const table = () => dataSource.getRepository(UsageRecordEntity);
  const ids = async () => (await table().find({ order: { at: 'ASC' } })).map(({ requestId }) => requestId);

  beforeAll(async () => {
    dataSource = await database().open([UsageRecordEntity, UsagePeriodEntity]);
    lateRows = new LateRows(new UsagePeriodRepository(dataSource), clock);
  });
  beforeEach(async () => {
    await table().clear();
    await dataSource.getRepository(UsagePeriodEntity).clear();
    ledger = new UsageLedger(new UsageRecordRepository(dataSource), lateRows, clock, new Metrics());
  });
  afterEach(() => ledger.onApplicationShutdown());

  it('are stored as they are, with the steps of their times', async () => {
    const request = ended(1);
    ledger.requestEnded({
      ...request,
      facts: { ...request.facts, model: 'say "\0\uD83D \u{1F600}', stream: true, credits: 0.1 + 0.2, cost: 1 / 3 },
    });
    await ledger.write();
    expect(await table().find()).toEqual([
      {
        at: new Date(request.endedAt),
        requestId: 'req_1',
        keyId: 'key-1',
        accountId: 'account-1',
        protocol: 'anthropic',
        model: 'say "\uFFFD\uFFFD \u{1F600}',
        upstreamModel: null,
        status: 200,
        outcome: 'success',
        errorClass: null,
        isStream: true,
        attempts: 0,
        inputTokens: 1,
        outputTokens: 2,
        cacheReadTokens: 0,
        cacheWriteTokens: 0,
        reasoningTokens: 0,
        isEstimated: false,
        credits: 0.1 + 0.2,
        cost: 1 / 3,
        priceVersion: null,
        firstTokenMs: 17,
        durationMs: 340,
        durationStep: 120,
        firstTokenStep: 59,
        stopReason: null,
        client: 'other',
      },
    ]);
  });

  it('are there once, however often they are written', async () => {
    const records = new UsageRecordRepository(dataSource);
    const insert = records.insert.bind(records);
    // It was stored, and nobody heard of it.
    jest.spyOn(records, 'insert').mockImplementationOnce(async (rows) => {
      await insert(rows);
      throw new Error('Connection terminated unexpectedly');
    });
    const unheard = new UsageLedger(records, lateRows, clock, new Metrics());
    for (let number = 0; number < 3; number++) unheard.requestEnded(ended(number));
    await unheard.write();
    await unheard.onApplicationShutdown();
    expect(await ids()).toEqual(['req_0', 'req_1', 'req_2']);
  });

  it('are not held up by one that the database refuses', async () => {
    for (let number = 0; number < 20; number++) ledger.requestEnded(number === 11 ? bad(number) : ended(number));
    await ledger.write();
    expect(await ids()).toEqual(Array.from({ length: 20 }, (_, number) => `req_${number}`).toSpliced(11, 1));
  });

  it('wait for a database that takes none, and are there in the end', async () => {
    for (let number = 0; number < 600; number++) ledger.requestEnded(ended(number));
    await dataSource.query('ALTER TABLE usage_records RENAME TO gone');
    await ledger.write();
    await dataSource.query('ALTER TABLE gone RENAME TO usage_records');
    expect(await table().count()).toBe(0);
    await ledger.write();
    expect(await table().count()).toBe(600);
  });

  it('of an hour that is over say so, before they are written and after', async () => {
    const hour = Date.UTC(2026, 10, 20, 11);
    ledger.requestEnded(ended(1, { endedAt: hour + 5 }));
    ledger.requestEnded(ended(2));
    await ledger.write();
    expect(await dataSource.getRepository(UsagePeriodEntity).find()).toEqual([
      { period: 'hour', start: new Date(hour), changes: 2, summed: -1, isPruned: false },
    ]);
  });

  it('are written again where it can not be said that their hour has changed', async () => {
    const note = jest.spyOn(lateRows, 'note').mockResolvedValueOnce().mockRejectedValueOnce(new Error('away'));
    ledger.requestEnded(ended(1, { endedAt: Date.UTC(2026, 10, 20, 11) }));
    await ledger.write();
    expect(note).toHaveBeenCalledTimes(2);
    await ledger.write();
    expect(note).toHaveBeenCalledTimes(4);
    expect(await ids()).toEqual(['req_1']);
    note.mockRestore();
  });
});
