import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ToldAt } from './subject.js';

/** Where an account, or the pool, stood when webhooks were last told of it. */
@Entity('webhook_subjects')
export class SubjectEntity {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ type: 'varchar' })
  standing: string;

  /** Counts what was told: of several replicas that see a change, one writes the next. */
  @Column({ type: 'integer' })
  version: number;

  @Column({ name: 'told_at', type: 'simple-json' })
  toldAt: ToldAt;
}
