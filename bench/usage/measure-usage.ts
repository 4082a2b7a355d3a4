import { setTimeout as delay } from 'node:timers/promises';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { UsageRecordRepository } from '../../src/usage/ledger/usage-record.repository.js';
import { RequestSearchRepository } from '../../src/usage/requests/request-search.repository.js';
import { RequestSearch } from '../../src/usage/requests/request-search.service.js';
import { HOUR_MS } from '../../src/usage/rollups/periods.js';
import { RollUp } from '../../src/usage/rollups/roll-up.service.js';
import { UsagePeriodRepository } from '../../src/usage/rollups/usage-period.repository.js';
import { UsageRetention } from '../../src/usage/rollups/usage-retention.service.js';
import { UsageSumRepository } from '../../src/usage/rollups/usage-sum.repository.js';
import { UsageSums } from '../../src/usage/rollups/usage-sums.service.js';
import { MemberNames } from '../../src/usage/summary/member-names.repository.js';
import { summaryQueryOf } from '../../src/usage/summary/summary-query.js';
import { UsageSummaries } from '../../src/usage/summary/usage-summaries.service.js';
import { TestClock } from '../../test/support/test-clock.js';
import { usageRecord } from '../../test/support/usage-room.js';
import { median } from '../report/percentile.js';
import { fillLedger } from './fill-ledger.js';
import { pageQuestions, summaryQuestions } from './questions.js';
import type { UsageDatabase } from './usage-database.js';

/** How long something took, in milliseconds. */
export interface Taken {
  database: 'SQLite' | 'Postgres';
  name: string;
  median: number;
  most: number;
}

export interface UsageOptions {
  rows: number;
  rounds: number;
  tell: (step: string) => void;
}

const DAYS = 90;
const PAGE = 50;
/** Rows written each time while old ones are deleted. */
const WRITTEN = 50;
const WRITE_EVERY_MS = 50;

/** Fills the database and times what the service does with it, as the service does it. */
export async function measureUsage(
  { name: database, dataSource }: UsageDatabase,
  options: UsageOptions,
): Promise<Taken[]> {
  const { rows, rounds, tell } = options;
  const clock = new TestClock(Date.now());
  const now = clock.now();
  const periods = new UsagePeriodRepository(dataSource);
  const sums = new UsageSumRepository(dataSource);
  const rollUp = new RollUp(periods, sums, clock);
  const summaries = new UsageSummaries(new UsageSums(periods, sums), new MemberNames(dataSource));
  const search = new RequestSearch(new RequestSearchRepository(dataSource), clock);
  const records = new UsageRecordRepository(dataSource);
  const taken: Taken[] = [];
  const measure = async (name: string, times: number, work: () => Promise<unknown>): Promise<void> => {
    tell(`${database}: ${name}`);
    const each: number[] = [];
    for (let round = 0; round < times; round++) each.push(await timed(work));
    taken.push({ database, name, median: median(each), most: Math.max(...each) });
  };

  await measure('fill', 1, () =>
    fillLedger(dataSource, { rows, days: DAYS, until: now }, (step) => tell(`${database}: ${step}`)),
  );
  await measure('roll-up of everything', 1, () => rollUp.sumUpDue(() => false));
  const last = Math.floor(now / HOUR_MS - 3) * HOUR_MS;
  await measure('roll-up of one hour, one dimension', rounds, () => sums.sumUpHour('apiKey', last, 0));
  for (const { name, query } of summaryQuestions(now))
    await measure(name, rounds, () => summaries.summarise(summaryQueryOf(query, now)));
  for (const { name, filter } of pageQuestions)
    await measure(`page ${name}`, rounds, () =>
      search.page(filter, { position: undefined, limit: PAGE, patience: 10_000 }),
    );
  const { settings } = readConfiguration({ USAGE_RETENTION_DAYS: String(DAYS - 1) });
  const retention = new UsageRetention(rollUp, periods, sums, clock, { settings } as ReturnType<
    typeof readConfiguration
  >);
  let isDeleting = true;
  const insert = () => records.insert(Array.from({ length: WRITTEN }, () => usageRecord({ at: now })));
  await measure(`writing ${WRITTEN} rows`, 20, insert);
  const deleting = measure('deleting a day of requests', 1, () => retention.deleteDue(() => false)).finally(() => {
    isDeleting = false;
  });
  const written: number[] = [];
  while (isDeleting) {
    written.push(await timed(insert));
    await delay(WRITE_EVERY_MS);
  }
  await deleting;
  taken.push({ database, name: 'the same meanwhile', median: median(written), most: Math.max(...written) });
  return taken;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
