import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { instant } from '../../platform/database/columns.js';
import type { SendError } from '../receivers/send-event.js';
import type { DeliveryState } from './delivery.js';

/** One event on its way to one webhook. */
@Entity('webhook_deliveries')
@Index('webhook_deliveries_due', ['state', 'webhookId', 'nextAt'])
@Index('webhook_deliveries_newest', ['webhookId', 'createdAt', 'eventId'])
export class DeliveryEntity {
  @PrimaryColumn({ name: 'event_id', type: 'varchar' })
  eventId: string;

  @PrimaryColumn({ name: 'webhook_id', type: 'varchar' })
  webhookId: string;

  @Column({ type: 'varchar' })
  type: string;

  /** As it is signed and sent. */
  @Column({ type: 'text' })
  body: string;

  @Column({ type: 'varchar' })
  state: DeliveryState;

  /** Begun so far. */
  @Column({ type: 'integer' })
  attempts: number;

  /** When the next attempt is due; while one runs, when another replica may believe that it died. */
  @Column({ name: 'next_at', ...instant })
  nextAt: Date;

  /** Of the last attempt. */
  @Column({ type: 'integer', nullable: true })
  status: number | null;

  @Column({ type: 'varchar', nullable: true })
  error: SendError | null;

  @Column({ name: 'created_at', ...instant })
  createdAt: Date;

  @Column({ name: 'ended_at', ...instant, nullable: true })
  endedAt: Date | null;
}
