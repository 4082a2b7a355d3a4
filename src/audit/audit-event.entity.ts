import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../platform/database/columns.js';

/** A row of `audit_events`: written once, never changed. */
@Entity({ name: 'audit_events' })
@Index('audit_events_at', ['at', 'id'])
export class AuditEventEntity {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ ...instant })
  at: Date;

  @Column({ type: 'varchar' })
  actor: string;

  @Column({ name: 'key_id', type: 'varchar', nullable: true })
  keyId: string | null;

  @Column({ type: 'varchar', nullable: true })
  address: string | null;

  @Column({ type: 'varchar' })
  action: string;

  @Column({ type: 'varchar', nullable: true })
  target: string | null;

  @Column({ type: 'varchar' })
  outcome: string;

  /** JSON. */
  @Column({ type: 'text', nullable: true })
  details: string | null;

  @Column({ name: 'request_id', type: 'varchar', nullable: true })
  requestId: string | null;
}
