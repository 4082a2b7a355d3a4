import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../../platform/database/columns.js';
import type { Scope } from '../access/scope.js';

/** A key as it is stored: its digest, never its secret. */
@Entity('api_keys')
@Index('api_keys_digest', ['digest'], { unique: true })
export class ApiKey {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ type: 'varchar' })
  name: string;

  /** The first characters of the secret, for display. */
  @Column({ type: 'varchar' })
  prefix: string;

  /** HMAC-SHA-256 of the secret. */
  @Column({ type: 'varchar' })
  digest: string;

  @Column({ type: 'simple-json' })
  scopes: Scope[];

  @Column({ type: 'boolean' })
  enabled: boolean;

  /** Stands for the current `ADMIN_API_KEY`. */
  @Column({ type: 'boolean' })
  seeded: boolean;

  @Column({ name: 'expires_at', ...instant, nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'last_used_at', ...instant, nullable: true })
  lastUsedAt: Date | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;
}
