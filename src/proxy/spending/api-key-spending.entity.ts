import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../platform/database/columns.js';

/** What an API key used within one calendar month (UTC), by all replicas together. */
@Entity('api_key_spending')
export class ApiKeySpendingEntity {
  /** Such as `2026-11`. First in the key: a whole month goes at once when it is old. */
  @PrimaryColumn({ type: 'varchar' })
  month: string;

  @PrimaryColumn({ name: 'key_id', type: 'varchar' })
  keyId: string;

  @Column(wholeNumber)
  requests: number;

  /** In and out, those of the cache too. */
  @Column(wholeNumber)
  tokens: number;

  /** US dollars, each request at the price of its time. */
  @Column({ type: 'double precision' })
  cost: number;
}
