import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../../platform/database/columns.js';
import { Sealed } from '../../platform/encryption/sealed.js';

/** A row of `device_sign_ins`. */
@Entity({ name: 'device_sign_ins' })
@Index('device_sign_ins_due', ['step', 'nextStepAt'])
export class DeviceSignInEntity {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  @Column({ type: 'varchar' })
  step: string;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ name: 'account_id', type: 'varchar' })
  accountId: string;

  @Column({ name: 'renews_account', type: 'boolean' })
  renewsAccount: boolean;

  /** JSON. */
  @Column({ type: 'text' })
  wanted: string;

  @Column({ name: 'start_url', type: 'varchar' })
  startUrl: string;

  @Column({ type: 'varchar' })
  region: string;

  @Column({ name: 'token_endpoint', type: 'varchar' })
  tokenEndpoint: string;

  @Column({ name: 'profile_arn', type: 'varchar', nullable: true })
  profileArn: string | null;

  @Column({ name: 'user_code', type: 'varchar' })
  userCode: string;

  @Column({ name: 'verification_uri', type: 'varchar' })
  verificationUri: string;

  @Column({ name: 'verification_uri_complete', type: 'varchar' })
  verificationUriComplete: string;

  @Column({ name: 'poll_interval', type: 'integer' })
  interval: number;

  @Column({ name: 'next_step_at', ...instant })
  nextStepAt: Date;

  @Column({ type: 'integer' })
  failures: number;

  @Column({ name: 'expires_at', ...instant })
  expiresAt: Date;

  /** JSON. */
  @Column({ type: 'text', nullable: true })
  profiles: string | null;

  /** Encrypted JSON, the id as its owner; gone when the sign-in ends. `select: false`: only who asks for it gets it. */
  @Sealed('secrets', ({ id }: { id: string }) => id)
  @Column({ type: 'text', nullable: true, select: false })
  secrets: string | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;

  @Column({ name: 'ended_at', ...instant, nullable: true })
  endedAt: Date | null;
}
