import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant, wholeNumber } from '../../platform/database/columns.js';

/** One request of the usage ledger: `UsageRecord` as it is stored. */
@Entity('usage_records')
@Index('usage_records_by_key', { synchronize: false })
@Index('usage_records_by_account', { synchronize: false })
@Index('usage_records_by_model', { synchronize: false })
@Index('usage_records_by_upstream_model', { synchronize: false })
@Index('usage_records_by_request', { synchronize: false })
@Index('usage_records_by_status', { synchronize: false })
@Index('usage_records_by_error', { synchronize: false })
@Index('usage_records_by_outcome', { synchronize: false })
export class UsageRecordEntity {
  /** First in the key: pages, roll-ups and retention go by time. */
  @PrimaryColumn({ type: 'bigint', transformer: instant.transformer })
  at: Date;

  @PrimaryColumn({ name: 'request_id', type: 'varchar' })
  requestId: string;

  @Column({ name: 'key_id', type: 'varchar' })
  keyId: string;

  @Column({ name: 'account_id', type: 'varchar', nullable: true })
  accountId: string | null;

  @Column({ type: 'varchar' })
  protocol: string;

  @Column({ type: 'varchar', nullable: true })
  model: string | null;

  @Column({ name: 'upstream_model', type: 'varchar', nullable: true })
  upstreamModel: string | null;

  @Column({ type: 'integer' })
  status: number;

  @Column({ type: 'varchar' })
  outcome: string;

  @Column({ name: 'error_class', type: 'varchar', nullable: true })
  errorClass: string | null;

  @Column({ name: 'is_stream', type: 'boolean' })
  isStream: boolean;

  @Column({ type: 'integer' })
  attempts: number;

  @Column({ name: 'input_tokens', ...wholeNumber })
  inputTokens: number;

  @Column({ name: 'output_tokens', ...wholeNumber })
  outputTokens: number;

  @Column({ name: 'cache_read_tokens', ...wholeNumber })
  cacheReadTokens: number;

  @Column({ name: 'cache_write_tokens', ...wholeNumber })
  cacheWriteTokens: number;

  @Column({ name: 'reasoning_tokens', ...wholeNumber })
  reasoningTokens: number;

  @Column({ name: 'is_estimated', type: 'boolean' })
  isEstimated: boolean;

  @Column({ type: 'double precision', nullable: true })
  credits: number | null;

  @Column({ type: 'double precision' })
  cost: number;

  @Column({ name: 'price_version', type: 'varchar', nullable: true })
  priceVersion: string | null;

  @Column({ name: 'first_token_ms', type: 'integer', nullable: true })
  firstTokenMs: number | null;

  @Column({ name: 'duration_ms', type: 'integer' })
  durationMs: number;

  /** Which step of the latency scale `durationMs` and `firstTokenMs` are on (`latency-scale.ts`): databases group by it. */
  @Column({ name: 'duration_step', type: 'smallint' })
  durationStep: number;

  @Column({ name: 'first_token_step', type: 'smallint', nullable: true })
  firstTokenStep: number | null;

  @Column({ name: 'stop_reason', type: 'varchar', nullable: true })
  stopReason: string | null;

  @Column({ type: 'varchar' })
  client: string;
}
