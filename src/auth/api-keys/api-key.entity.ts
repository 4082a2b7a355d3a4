import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant, wholeNumber } from '../../platform/database/columns.js';
import type { Scope } from '../access/scope.js';

/** A key as it is stored: its digest, never its secret. */
@Entity('api_keys')
@Index('api_keys_digest', ['digest'], { unique: true })
@Index('api_keys_previous_digest', ['previousDigest'], { unique: true })
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

  /** Of the secret before the last rotation, which is good until `previousExpiresAt`. */
  @Column({ name: 'previous_digest', type: 'varchar', nullable: true })
  previousDigest: string | null;

  @Column({ name: 'previous_expires_at', ...instant, nullable: true })
  previousExpiresAt: Date | null;

  @Column({ type: 'simple-json' })
  scopes: Scope[];

  @Column({ type: 'boolean' })
  enabled: boolean;

  /** Stands for the current `ADMIN_API_KEY`. */
  @Column({ type: 'boolean' })
  seeded: boolean;

  @Column({ name: 'expires_at', ...instant, nullable: true })
  expiresAt: Date | null;

  @Column({ name: 'requests_per_minute', type: 'integer', nullable: true })
  requestsPerMinute: number | null;

  @Column({ name: 'tokens_per_minute', ...wholeNumber, nullable: true })
  tokensPerMinute: number | null;

  @Column({ name: 'max_concurrent', type: 'integer', nullable: true })
  maxConcurrent: number | null;

  @Column({ name: 'monthly_token_budget', ...wholeNumber, nullable: true })
  monthlyTokenBudget: number | null;

  @Column({ name: 'monthly_cost_budget', type: 'double precision', nullable: true })
  monthlyCostBudget: number | null;

  /** Names, and patterns with `*`; null: all models. */
  @Column({ name: 'allowed_models', type: 'simple-json', nullable: true })
  allowedModels: string[] | null;

  /** Addresses and networks such as `10.0.0.0/8` from which it may be used; null: all. */
  @Column({ name: 'allowed_cidrs', type: 'simple-json', nullable: true })
  allowedCidrs: string[] | null;

  @Column({ name: 'last_used_at', ...instant, nullable: true })
  lastUsedAt: Date | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;
}
