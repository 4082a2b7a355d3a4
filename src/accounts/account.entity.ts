import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../platform/database/columns.js';

/** A row of `accounts`. Never leaves this room. */
@Entity({ name: 'accounts' })
export class AccountEntity {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ type: 'varchar' })
  label: string;

  @Column({ type: 'varchar' })
  provider: string;

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'varchar' })
  status: string;

  @Column({ name: 'status_reason', type: 'text', nullable: true })
  statusReason: string | null;

  @Column({ name: 'status_since', ...instant })
  statusSince: Date;

  @Column({ type: 'integer' })
  weight: number;

  @Column({ type: 'varchar', nullable: true })
  region: string | null;

  @Column({ name: 'sso_region', type: 'varchar', nullable: true })
  ssoRegion: string | null;

  @Column({ name: 'profile_arn', type: 'varchar', nullable: true })
  profileArn: string | null;

  @Column({ name: 'api_endpoint', type: 'varchar', nullable: true })
  apiEndpoint: string | null;

  @Column({ name: 'token_endpoint', type: 'varchar', nullable: true })
  tokenEndpoint: string | null;

  @Column({ type: 'varchar', nullable: true })
  binding: string | null;

  @Column({ type: 'varchar', nullable: true })
  origin: string | null;

  /** Encrypted JSON, the id as its owner. `select: false`: only who asks for it gets it. */
  @Column({ type: 'text', select: false })
  secrets: string;

  @Column({ name: 'token_expires_at', ...instant, nullable: true })
  tokenExpiresAt: Date | null;

  @Column({ name: 'last_refresh_at', ...instant, nullable: true })
  lastRefreshAt: Date | null;

  @Column({ name: 'last_used_at', ...instant, nullable: true })
  lastUsedAt: Date | null;

  /** What the environment said last, for accounts that come from there. */
  @Column({ type: 'text', nullable: true })
  environment: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt: Date;
}
