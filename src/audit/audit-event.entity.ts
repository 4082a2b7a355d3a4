import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant, wholeNumber } from '../platform/database/columns.js';

/** A row of `audit_events`: written once, never changed. */
@Entity({ name: 'audit_events' })
@Index('audit_events_sequence', ['sequence'], { unique: true })
@Index('audit_events_at', ['at', 'sequence'])
@Index('audit_events_actor', ['actor', 'at', 'sequence'])
@Index('audit_events_key', ['keyId', 'at', 'sequence'])
@Index('audit_events_address', ['address', 'at', 'sequence'])
@Index('audit_events_action', ['action', 'at', 'sequence'])
@Index('audit_events_target', ['target', 'at', 'sequence'])
@Index('audit_events_outcome', ['outcome', 'at', 'sequence'])
@Index('audit_events_request', ['requestId', 'at', 'sequence'])
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

  /** 1, 2, 3 …, without a gap; below 1: from before there was a chain. */
  @Column({ ...wholeNumber })
  sequence: number;

  /** Of the entry before. */
  @Column({ name: 'previous_hash', type: 'varchar', nullable: true })
  previousHash: string | null;

  @Column({ type: 'varchar', nullable: true })
  hash: string | null;
}
