import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import type { Webhook, WebhookSecrets } from '../webhook.js';
import { WebhookRepository } from '../webhook.repository.js';
import { ReceiverRules } from './receiver-rules.js';
import { type SendResult, sendEvent } from './send-event.js';

/** Those who are told. */
@Injectable()
export class Receivers {
  constructor(
    private readonly rules: ReceiverRules,
    private readonly webhooks: WebhookRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * One attempt: signs an event with the secrets that are good now and sends it.
   * @throws when how it ended can't be stored
   */
  async tell(
    { id, url, secret, previous }: Webhook & WebhookSecrets,
    event: { id: string; body: string },
    signal: AbortSignal,
  ): Promise<SendResult> {
    const at = new Date(this.clock.now());
    const secrets = previous && previous.expiresAt > at ? [secret, previous.secret] : [secret];
    const timestamp = Math.floor(at.getTime() / 1000);
    const result = await sendEvent({ ...event, url, secrets, timestamp }, this.rules, signal);
    if (!signal.aborted) await this.webhooks.noteDelivery(id, { at, status: result.status, error: result.error });
    return result;
  }
}
