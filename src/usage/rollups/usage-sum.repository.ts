import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { runLongStatement } from '../../platform/database/long-statement.js';
import { HOUR_MS, type Period, type TimeRange } from './periods.js';
import { POSTGRES, replaceSums, SQLITE, SUMMED_COLUMNS, sumsOfHours, sumsOfRows } from './sum-statements.js';
import type { SumDimension, UsageSum } from './usage-sum.js';

type Row = Record<string, string | number>;

/** The sums of hours and days, and what requests come to that are in none yet. One statement each. */
@Injectable()
export class UsageSumRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** When the first request of the ledger at this time or later ended; undefined: there is none. */
  async firstRequestFrom(at: number): Promise<number | undefined> {
    const [found]: { first: string | number | null }[] = await this.dataSource.query(
      'SELECT min(at) AS first FROM usage_records WHERE at >= $1',
      [at],
    );
    return found?.first == null ? undefined : Number(found.first);
  }

  /** When the last request of the ledger ended; 0: there is none. */
  async lastRequest(): Promise<number> {
    const [found]: { last: string | number | null }[] = await this.dataSource.query(
      'SELECT max(at) AS last FROM usage_records',
    );
    return Number(found?.last ?? 0);
  }

  /** Adds the requests of an hour up, in the database. Sums of an earlier revision are replaced. */
  async sumUpHour(dimension: SumDimension, start: number, revision: number): Promise<void> {
    const statement = replaceSums('hour', dimension, sumsOfRows(dimension));
    await runLongStatement(this.dataSource, statement, [start, start + HOUR_MS, start, revision]);
  }

  /** The same of a day, from its hours. */
  async sumUpDay(dimension: SumDimension, { from, to }: TimeRange, revision: number): Promise<void> {
    const dialect = this.dataSource.options.type === 'postgres' ? POSTGRES : SQLITE;
    const statement = replaceSums('day', dimension, sumsOfHours(dimension, dialect));
    await this.dataSource.query(statement, [from, to, from, revision]);
  }

  /** Sums that are stored, in the order of time. @param members at most some hundreds */
  async find(
    period: Period,
    dimension: SumDimension,
    { from, to }: TimeRange,
    members: readonly string[],
  ): Promise<UsageSum[]> {
    const places = members.map((_, index) => `$${index + 5}`).join(', ');
    const found: Row[] = await this.dataSource.query(
      `SELECT start, member, ${SUMMED_COLUMNS}, durations, first_tokens FROM usage_sums
        WHERE period = $1 AND dimension = $2 AND start >= $3 AND start < $4 AND member IN (${places}) ORDER BY start`,
      [period, dimension, from, to, ...members],
    );
    return found.map(decodeSum);
  }

  /** What requests come to that are in no sum yet, by hour, in the order of time. */
  async findInRows(dimension: SumDimension, { from, to }: TimeRange): Promise<UsageSum[]> {
    const found: Row[] = await this.dataSource.query(`${sumsOfRows(dimension)} ORDER BY 1`, [from, to]);
    return found.map(decodeSum);
  }

  /** How many requests the members with the most have, as sums say. */
  async topMembers(period: Period, dimension: SumDimension, { from, to }: TimeRange, most: number) {
    const found: Row[] = await this.dataSource.query(
      `SELECT member, sum(requests) AS requests FROM usage_sums
        WHERE period = $1 AND dimension = $2 AND start >= $3 AND start < $4
        GROUP BY member ORDER BY 2 DESC, 1 LIMIT ${most}`,
      [period, dimension, from, to],
    );
    return found.map(({ member, requests }) => ({ member: String(member), requests: Number(requests) }));
  }

  async delete(period: Period, dimension: SumDimension, { from, to }: TimeRange): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM usage_sums WHERE period = $1 AND dimension = $2 AND start >= $3 AND start < $4',
      [period, dimension, from, to],
    );
  }

  /** When the request is ended that stands so many after the first of the range; undefined: there are not as many. */
  async timeOfRequest(index: number, { from, to }: TimeRange): Promise<number | undefined> {
    const [found]: Row[] = await this.dataSource.query(
      `SELECT at FROM usage_records WHERE at >= $1 AND at < $2 ORDER BY at LIMIT 1 OFFSET ${index}`,
      [from, to],
    );
    return found && Number(found.at);
  }

  async deleteRequests({ from, to }: TimeRange): Promise<void> {
    await this.dataSource.query('DELETE FROM usage_records WHERE at >= $1 AND at < $2', [from, to]);
  }
}

/** Postgres hands whole numbers of 64 bits and more over as text. */
function decodeSum(row: Row): UsageSum {
  return {
    start: Number(row.start),
    member: String(row.member),
    requests: Number(row.requests),
    errors: Number(row.errors),
    cancelled: Number(row.cancelled),
    inputTokens: Number(row.input_tokens),
    outputTokens: Number(row.output_tokens),
    cacheReadTokens: Number(row.cache_read_tokens),
    cacheWriteTokens: Number(row.cache_write_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
    credits: Number(row.credits),
    cost: Number(row.cost),
    durations: String(row.durations),
    firstTokens: String(row.first_tokens),
  };
}
