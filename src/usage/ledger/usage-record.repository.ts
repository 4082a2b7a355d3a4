import { Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { stepOf } from '../../core/limits/latency-scale.js';
import { isForItsValues, RefusedRow } from './refused-row.js';
import type { UsageRecordEntity } from './usage-record.entity.js';
import type { UsageRecord } from './usage-record.js';

/** A column, its type in Postgres, and what of a record it holds. */
type LedgerColumn = readonly [name: string, type: string, read: (record: UsageRecord) => unknown];

/** By the entity's field: one without a column here does not compile. */
const COLUMN_OF: Readonly<Record<keyof UsageRecordEntity, LedgerColumn>> = {
  at: ['at', 'bigint', ({ at }) => at],
  requestId: ['request_id', 'varchar', ({ requestId }) => requestId],
  keyId: ['key_id', 'varchar', ({ keyId }) => keyId],
  accountId: ['account_id', 'varchar', ({ accountId }) => accountId],
  protocol: ['protocol', 'varchar', ({ protocol }) => protocol],
  model: ['model', 'varchar', ({ model }) => model],
  upstreamModel: ['upstream_model', 'varchar', ({ upstreamModel }) => upstreamModel],
  status: ['status', 'integer', ({ status }) => status],
  outcome: ['outcome', 'varchar', ({ outcome }) => outcome],
  errorClass: ['error_class', 'varchar', ({ errorClass }) => errorClass],
  isStream: ['is_stream', 'boolean', ({ isStream }) => isStream],
  attempts: ['attempts', 'integer', ({ attempts }) => attempts],
  inputTokens: ['input_tokens', 'bigint', ({ inputTokens }) => inputTokens],
  outputTokens: ['output_tokens', 'bigint', ({ outputTokens }) => outputTokens],
  cacheReadTokens: ['cache_read_tokens', 'bigint', ({ cacheReadTokens }) => cacheReadTokens],
  cacheWriteTokens: ['cache_write_tokens', 'bigint', ({ cacheWriteTokens }) => cacheWriteTokens],
  reasoningTokens: ['reasoning_tokens', 'bigint', ({ reasoningTokens }) => reasoningTokens],
  isEstimated: ['is_estimated', 'boolean', ({ isEstimated }) => isEstimated],
  credits: ['credits', 'double precision', ({ credits }) => credits],
  cost: ['cost', 'double precision', ({ cost }) => cost],
  priceVersion: ['price_version', 'varchar', ({ priceVersion }) => priceVersion],
  firstTokenMs: ['first_token_ms', 'integer', ({ firstTokenMs }) => firstTokenMs],
  durationMs: ['duration_ms', 'integer', ({ durationMs }) => durationMs],
  durationStep: ['duration_step', 'smallint', ({ durationMs }) => stepOf(durationMs)],
  firstTokenStep: [
    'first_token_step',
    'smallint',
    ({ firstTokenMs }) => (firstTokenMs === null ? null : stepOf(firstTokenMs)),
  ],
  stopReason: ['stop_reason', 'varchar', ({ stopReason }) => stopReason],
  client: ['client', 'varchar', ({ client }) => client],
};
const COLUMNS = Object.values(COLUMN_OF);

const NAMES = COLUMNS.map(([name]) => name).join(', ');
const FROM_JSON = {
  postgres: COLUMNS.map(([, type], index) => `(record ->> ${index})::${type}`).join(', '),
  sqlite: COLUMNS.map((_, index) => `record ->> ${index}`).join(', '),
};

/** The rows of the ledger. */
@Injectable()
export class UsageRecordRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * In one statement with one parameter. Rows that are there already stay as they are: it can be repeated.
   * @throws RefusedRow when one of them can't be stored; none of them is then
   */
  async insert(records: readonly UsageRecord[]): Promise<void> {
    const rows = JSON.stringify(records.map((record) => COLUMNS.map(([, , read]) => read(record))));
    // SQLite would take the ON of ON CONFLICT for that of a join, were there no WHERE before it.
    const sql = `${this.rows} INSERT INTO usage_records (${NAMES}) ${this.select} WHERE true ON CONFLICT DO NOTHING`;
    try {
      await this.dataSource.query(sql, [rows]);
    } catch (error) {
      if (!(error instanceof QueryFailedError)) throw error;
      const { code }: { code?: unknown } = error.driverError;
      throw isForItsValues(code) ? new RefusedRow(error.message, { cause: error }) : error;
    }
  }

  /** SQLite's json_each writes its value anew for each column that reads from it; a materialized one halves the work. */
  private get rows(): string {
    return this.isPostgres
      ? 'WITH row AS (SELECT record FROM jsonb_array_elements($1::jsonb) AS record)'
      : 'WITH row AS MATERIALIZED (SELECT value AS record FROM json_each(?))';
  }

  private get select(): string {
    return `SELECT ${this.isPostgres ? FROM_JSON.postgres : FROM_JSON.sqlite} FROM row`;
  }

  private get isPostgres(): boolean {
    return this.dataSource.options.type === 'postgres';
  }
}
