import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../platform/database/columns.js';
import { Sealed } from '../platform/encryption/sealed.js';

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

  /** When `status` ends by itself, such as a spent quota with its window. */
  @Column({ name: 'status_until', ...instant, nullable: true })
  statusUntil: Date | null;

  /** Since when `enabled` is what it is; null: always. */
  @Column({ name: 'enabled_since', ...instant, nullable: true })
  enabledSince: Date | null;

  @Column({ type: 'integer' })
  weight: number;

  @Column({ type: 'integer', default: 0 })
  priority: number;

  @Column({ name: 'requests_per_minute', type: 'integer', nullable: true })
  requestsPerMinute: number | null;

  @Column({ name: 'max_concurrent', type: 'integer', nullable: true })
  maxConcurrent: number | null;

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

  @Column({ name: 'base_url', type: 'varchar', nullable: true })
  baseUrl: string | null;

  @Column({ name: 'start_url', type: 'varchar', nullable: true })
  startUrl: string | null;

  /** Encrypted JSON, the id as its owner. `select: false`: only who asks for it gets it. */
  @Sealed('secrets', ({ id }: { id: string }) => id)
  @Column({ type: 'text', select: false })
  secrets: string;

  /** When the credentials were last replaced by anything but a renewal. */
  @Column({ name: 'credentials_since', ...instant, nullable: true })
  credentialsSince: Date | null;

  @Column({ name: 'client_digest', type: 'varchar', nullable: true, select: false })
  clientDigest: string | null;

  /** Of the refresh token (or key) the operator gave. */
  @Column({ name: 'given_digest', type: 'varchar', nullable: true, select: false })
  givenDigest: string | null;

  /** Of the one that works now. */
  @Column({ name: 'token_digest', type: 'varchar', nullable: true, select: false })
  tokenDigest: string | null;

  @Column({ name: 'registration_expires_at', ...instant, nullable: true })
  registrationExpiresAt: Date | null;

  @Column({ name: 'token_expires_at', ...instant, nullable: true })
  tokenExpiresAt: Date | null;

  @Column({ name: 'last_refresh_at', ...instant, nullable: true })
  lastRefreshAt: Date | null;

  @Column({ name: 'last_used_at', ...instant, nullable: true })
  lastUsedAt: Date | null;

  @Column({ name: 'quota_used', type: 'double precision', nullable: true })
  quotaUsed: number | null;

  @Column({ name: 'quota_limit', type: 'double precision', nullable: true })
  quotaLimit: number | null;

  @Column({ name: 'quota_resets_at', ...instant, nullable: true })
  quotaResetsAt: Date | null;

  @Column({ name: 'quota_read_at', ...instant, nullable: true })
  quotaReadAt: Date | null;

  @Column({ name: 'request_count', type: 'integer', default: 0 })
  requestCount: number;

  @Column({ name: 'error_count', type: 'integer', default: 0 })
  errorCount: number;

  /** Counts changes of what an admin sets; the entity tag of the admin API. */
  @Column({ type: 'integer', default: 1 })
  revision: number;

  /** What the environment said last, for accounts that come from there. */
  @Column({ type: 'text', nullable: true })
  environment: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt: Date;
}
