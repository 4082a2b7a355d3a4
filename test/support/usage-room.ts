import { Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { databaseSchema } from '../../src/database-schema.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import type { UsageRecord } from '../../src/usage/ledger/usage-record.js';
import { UsageRecordRepository } from '../../src/usage/ledger/usage-record.repository.js';
import { LateRows } from '../../src/usage/rollups/late-rows.service.js';
import { RollUpJob } from '../../src/usage/rollups/roll-up.job.js';
import { RollUp } from '../../src/usage/rollups/roll-up.service.js';
import { UsagePeriodRepository } from '../../src/usage/rollups/usage-period.repository.js';
import { UsageRetention } from '../../src/usage/rollups/usage-retention.service.js';
import { UsageSumRepository } from '../../src/usage/rollups/usage-sum.repository.js';
import { UsageSums } from '../../src/usage/rollups/usage-sums.service.js';
import type { UsageSummaryQueryDto } from '../../src/usage/summary/dto/usage-summary-query.dto.js';
import { MemberNames } from '../../src/usage/summary/member-names.repository.js';
import { summaryQueryOf } from '../../src/usage/summary/summary-query.js';
import { UsageSummaries } from '../../src/usage/summary/usage-summaries.service.js';
import type { TestDatabase } from './databases.js';
import { TestClock } from './test-clock.js';
import { usageRecord as anyRecord } from './usage-records.js';

Logger.overrideLogger(false);

const TABLES = ['usage_records', 'usage_periods', 'usage_sums', 'api_keys'];

const opened = new WeakMap<TestDatabase, DataSource>();

/** The roll-ups and summaries of one replica, on a test's own database: empty, unless another replica uses it too. */
export async function openUsageRoom(database: TestDatabase, beside?: { clock: TestClock }, retentionDays = 90) {
  const dataSource = opened.get(database) ?? (await database.open(databaseSchema.entities));
  opened.set(database, dataSource);
  const clock = beside?.clock ?? new TestClock();
  if (!beside) for (const table of TABLES) await dataSource.query(`DELETE FROM ${table}`);
  const records = new UsageRecordRepository(dataSource);
  const periods = new UsagePeriodRepository(dataSource);
  const sums = new UsageSumRepository(dataSource);
  const configuration = readConfiguration({ ...database.environment, USAGE_RETENTION_DAYS: String(retentionDays) });
  const rollUp = new RollUp(periods, sums, clock);
  const retention = new UsageRetention(rollUp, periods, sums, clock, configuration);
  const job = new RollUpJob(rollUp, retention, new MemoryStateStore(clock), clock);
  const summaries = new UsageSummaries(new UsageSums(periods, sums), new MemberNames(dataSource));
  const query = (statement: string) => dataSource.query(statement);
  return {
    ...{ clock, dataSource, records, periods, sums, rollUp, job, query },
    lateRows: new LateRows(periods, clock),
    summary: (asked: UsageSummaryQueryDto) => summaries.summarise(summaryQueryOf(asked, clock.now())),
    count: async (table: string, where = 'true'): Promise<number> => {
      const [found] = await query(`SELECT count(*) AS n FROM ${table} WHERE ${where}`);
      return Number(found.n);
    },
  };
}

export type UsageRoom = Awaited<ReturnType<typeof openUsageRoom>>;

let made = 0;

/** A request that went well. */
export function usageRecord(more: Partial<UsageRecord> & Pick<UsageRecord, 'at'>): UsageRecord {
  return anyRecord({
    requestId: `req_${++made}`,
    inputTokens: 100,
    outputTokens: 20,
    cacheReadTokens: 7,
    cacheWriteTokens: 3,
    reasoningTokens: 5,
    credits: 0.25,
    cost: 1 / 512,
    priceVersion: null,
    firstTokenMs: 400,
    durationMs: 2_000,
    client: 'other',
    ...more,
  });
}
