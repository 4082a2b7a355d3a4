import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../platform/database/columns.js';

/** A row of `settings`: what was changed at run time, as one document. */
@Entity({ name: 'settings' })
export class SettingsEntity {
  @PrimaryColumn({ type: 'varchar' })
  name: string;

  /** JSON: path of a setting → its value. */
  @Column({ type: 'text' })
  document: string;

  /** Counts the changes. */
  @Column({ type: 'integer' })
  revision: number;

  @Column({ name: 'updated_at', ...instant, nullable: true })
  updatedAt: Date | null;
}
