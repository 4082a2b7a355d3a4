import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../platform/database/columns.js';
import type { EndName } from './chain-end.js';

/** A row of `audit_ends`: where the chain of `audit_events` begins and ends. */
@Entity({ name: 'audit_ends' })
export class AuditEndEntity {
  @PrimaryColumn({ type: 'varchar' })
  name: EndName;

  @Column({ ...wholeNumber })
  sequence: number;

  @Column({ type: 'varchar' })
  hash: string;

  @Column({ type: 'varchar' })
  mac: string;
}
