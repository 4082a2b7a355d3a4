import { Injectable, Logger } from '@nestjs/common';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import { WebhookRepository } from '../webhook.repository.js';
import { formatEvent, type WebhookEvent } from '../webhook-event.js';
import type { DeliveryEntity } from './delivery.entity.js';
import { DeliveryRepository } from './delivery.repository.js';

/** Of all webhooks together. */
export const MOST_WAITING = 10_000;
/** Rows of one statement. */
const BATCH = 200;

/** Events on their way: in the database, so that they outlive whoever saw them happen. */
@Injectable()
export class Outbox {
  private readonly logger = new Logger('Webhooks');
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly webhooks: WebhookRepository,
    private readonly deliveries: DeliveryRepository,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /** Called after events were put in here. */
  onPut(listener: () => void): void {
    this.listeners.push(listener);
  }

  /**
   * For every webhook that is enabled and wants them. An event that is in there already is not put twice. Where too many
   * wait, the oldest are dropped.
   * @throws when the database can't be written
   */
  async put(events: readonly WebhookEvent[]): Promise<void> {
    if (events.length === 0) return;
    const webhooks = await this.webhooks.subscriptions();
    const now = new Date(this.clock.now());
    const rows = events.flatMap((event) => {
      const body = formatEvent(event);
      return webhooks
        .filter(({ events: wanted }) => wanted.includes(event.type))
        .map(({ id }) => rowOf(event, body, id, now));
    });
    if (rows.length === 0) return;
    for (let start = 0; start < rows.length; start += BATCH)
      await this.deliveries.insert(rows.slice(start, start + BATCH));
    await this.dropOldest();
    for (const listener of this.listeners) listener();
  }

  private async dropOldest(): Promise<void> {
    const dropped = await this.deliveries.dropBeyond(MOST_WAITING);
    if (dropped === 0) return;
    this.metrics.webhookDeliveries('dropped', dropped);
    this.logger.warn({ msg: `${dropped} events for webhooks were dropped: ${MOST_WAITING} wait already`, dropped });
  }
}

function rowOf({ id, type, createdAt }: WebhookEvent, body: string, webhookId: string, now: Date): DeliveryEntity {
  return {
    eventId: id,
    webhookId,
    type,
    body,
    state: 'waiting',
    attempts: 0,
    nextAt: now,
    status: null,
    error: null,
    createdAt,
    endedAt: null,
  };
}
