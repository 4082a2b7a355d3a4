import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant, wholeNumber } from '../../platform/database/columns.js';

/** What the requests of an hour or a day took together that have one thing in common. */
@Entity('usage_sums')
export class UsageSumEntity {
  /** `hour` or `day`, of UTC. */
  @PrimaryColumn({ type: 'varchar' })
  period: string;

  /** What they have in common: `all`, `account`, `apiKey`, `model` or `protocol`. */
  @PrimaryColumn({ type: 'varchar' })
  dimension: string;

  @PrimaryColumn({ type: 'bigint', transformer: instant.transformer })
  start: Date;

  /** Which account, key, model or protocol; empty: none, and of `all`. */
  @PrimaryColumn({ type: 'varchar' })
  member: string;

  /** `changes` of the period it was summed up at: an earlier sum never replaces a later one. */
  @Column({ type: 'integer' })
  revision: number;

  @Column(wholeNumber)
  requests: number;

  @Column(wholeNumber)
  errors: number;

  @Column(wholeNumber)
  cancelled: number;

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

  @Column({ type: 'double precision' })
  credits: number;

  @Column({ type: 'double precision' })
  cost: number;

  /** How many requests without error took how long: JSON, step of the latency scale → requests. */
  @Column({ type: 'text' })
  durations: string;

  /** The same of the times to the first token. */
  @Column({ name: 'first_tokens', type: 'text' })
  firstTokens: string;
}
