import { randomUUID } from 'node:crypto';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { DeliveryRepository } from '../deliveries/delivery.repository.js';
import { Receivers } from '../receivers/receivers.service.js';
import type { SendResult } from '../receivers/send-event.js';
import { formatEvent, TEST_EVENT } from '../webhook-event.js';
import { WebhookEditor } from './webhook-editor.service.js';

const MOST_AT_ONCE = 4;
const RETRY_AFTER_S = 15;

export interface TestResult extends SendResult {
  eventId: string;
  durationMs: number;
}

/** Tries a webhook out, whether it is enabled or not. */
@Injectable()
export class WebhookTests implements OnApplicationShutdown {
  private readonly closing = new AbortController();
  private running = 0;

  constructor(
    private readonly editor: WebhookEditor,
    private readonly deliveries: DeliveryRepository,
    private readonly receivers: Receivers,
    private readonly audit: AuditLog,
    private readonly clock: Clock,
  ) {}

  /**
   * Sends one event, once.
   * @throws GatewayError `not_found`; `rate_limit` while others are tested
   */
  async run(webhookId: string, actor: Actor): Promise<TestResult> {
    if (this.running >= MOST_AT_ONCE) {
      throw new GatewayError('rate_limit', `${MOST_AT_ONCE} webhooks are tested already`, {
        retryAfter: RETRY_AFTER_S,
      });
    }
    this.running++;
    try {
      return await this.send(webhookId, actor);
    } finally {
      this.running--;
    }
  }

  onApplicationShutdown(): void {
    this.closing.abort();
  }

  private async send(webhookId: string, actor: Actor): Promise<TestResult> {
    const webhook = await this.editor.getWithSecrets(webhookId);
    const createdAt = new Date(this.clock.now());
    const eventId = `evt_${randomUUID()}`;
    const body = formatEvent({ id: eventId, type: TEST_EVENT, createdAt, data: { webhook: { id: webhookId } } });
    const result = await this.receivers.tell(webhook, { id: eventId, body }, this.closing.signal);
    const { status, error } = result;
    const endedAt = new Date(this.clock.now());
    const state = error === null ? ('delivered' as const) : ('given_up' as const);
    const row = { eventId, webhookId, type: TEST_EVENT, body, state, status, error, createdAt, endedAt };
    await this.deliveries.insert([{ ...row, attempts: 1, nextAt: endedAt }]);
    await this.audit.record({ actor, action: 'webhook.test', target: webhookId, details: { status, error } });
    return { ...result, eventId, durationMs: endedAt.getTime() - createdAt.getTime() };
  }
}
