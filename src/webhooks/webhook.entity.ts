import { Column, Entity, PrimaryColumn } from 'typeorm';
import { instant } from '../platform/database/columns.js';
import { Sealed } from '../platform/encryption/sealed.js';
import type { SendError } from './receivers/send-event.js';

/** A row of `webhooks`: what is encrypted has the id as its owner. Never leaves this room. */
@Entity('webhooks')
export class WebhookEntity {
  @PrimaryColumn({ type: 'varchar' })
  id: string;

  /** Encrypted: with many receivers whoever knows their URL may post there. */
  @Sealed('secrets', ({ id }: { id: string }) => id)
  @Column({ type: 'text' })
  url: string;

  /** Names of events. */
  @Column({ type: 'simple-json' })
  events: string[];

  @Column({ type: 'boolean' })
  enabled: boolean;

  @Column({ type: 'varchar', nullable: true })
  description: string | null;

  @Sealed('secrets', ({ id }: { id: string }) => id)
  @Column({ type: 'text' })
  secret: string;

  /** The one before the last rotation: events are signed with both for a while. */
  @Sealed('secrets', ({ id }: { id: string }) => id)
  @Column({ name: 'previous_secret', type: 'text', nullable: true })
  previousSecret: string | null;

  @Column({ name: 'previous_expires_at', ...instant, nullable: true })
  previousExpiresAt: Date | null;

  /** When something was last sent there. */
  @Column({ name: 'last_at', ...instant, nullable: true })
  lastAt: Date | null;

  @Column({ name: 'last_status', type: 'integer', nullable: true })
  lastStatus: number | null;

  @Column({ name: 'last_error', type: 'varchar', nullable: true })
  lastError: SendError | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;

  @Column({ name: 'updated_at', ...instant })
  updatedAt: Date;
}
