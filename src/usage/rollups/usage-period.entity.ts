import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../../platform/database/columns.js';

/** An hour or a day of which there are requests: whether it is summed up. */
@Entity('usage_periods')
export class UsagePeriodEntity {
  /** `hour` or `day`, of UTC. */
  @PrimaryColumn({ type: 'varchar' })
  period: string;

  @PrimaryColumn({ type: 'bigint', transformer: instant.transformer })
  start: Date;

  /** Of an hour: counts what was added to it late. */
  @Column({ type: 'integer' })
  changes: number;

  /**
   * Of an hour: at how many changes it was summed up last; its sums are good while both are the same. Of a day: at how
   * many of its hours and their changes together. -1: never.
   */
  @Column({ type: 'integer' })
  summed: number;

  /** Its requests may be gone: it is never summed up again. */
  @Column({ name: 'is_pruned', type: 'boolean' })
  isPruned: boolean;
}
