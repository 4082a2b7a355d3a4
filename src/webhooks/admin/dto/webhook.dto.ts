import type { SendError } from '../../receivers/send-event.js';
import type { Webhook } from '../../webhook.js';
import type { WebhookEventType } from '../../webhook-event.js';

/** How the last attempt to deliver something went. */
export class LastDeliveryDto {
  /** @example '2026-11-20T12:34:56.000Z' */
  at: string;

  /**
   * Of the answer; null: there was none.
   * @example 204
   */
  status: number | null;

  /**
   * Null: it was delivered.
   * @example 'timeout'
   */
  error: SendError | null;
}

/** A webhook as the admin API shows it. A list of what goes out, so that nothing else ever does. */
export class WebhookDto {
  /** @example '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11' */
  id: string;

  /**
   * With a key that has `admin:read` only: its origin. Null: it can't be decrypted.
   * @example 'https://hooks.example.com/amq'
   */
  url: string | null;

  /** @example ['account.suspended', 'pool.empty'] */
  events: WebhookEventType[];

  /** @example true */
  enabled: boolean;

  /** @example 'On call' */
  description: string | null;

  /** @example '2026-11-01T09:00:00.000Z' */
  createdAt: string;

  /** @example '2026-11-01T09:00:00.000Z' */
  updatedAt: string;

  /** Null: nothing was sent yet. */
  lastDelivery: LastDeliveryDto | null;
}

/** The answer to a creation or a rotation: the only ones that hold the secret. */
export class CreatedWebhookDto extends WebhookDto {
  /** @example 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' */
  secret: string;
}

/** A page of webhooks, the oldest first. */
export class WebhookPageDto {
  data: WebhookDto[];

  /**
   * `cursor` of the next page; null after the last one.
   * @example null
   */
  nextCursor: string | null;
}

export function encodeWebhook(webhook: Webhook): WebhookDto {
  const { lastDelivery } = webhook;
  return {
    id: webhook.id,
    url: webhook.url,
    events: webhook.events,
    enabled: webhook.enabled,
    description: webhook.description,
    createdAt: webhook.createdAt.toISOString(),
    updatedAt: webhook.updatedAt.toISOString(),
    lastDelivery: lastDelivery && {
      at: lastDelivery.at.toISOString(),
      status: lastDelivery.status,
      error: lastDelivery.error,
    },
  };
}

/** For those who may only look: with many receivers whoever knows their URL may post there. */
export function encodeForReader(webhook: Webhook): WebhookDto {
  return { ...encodeWebhook(webhook), url: webhook.url && new URL(webhook.url).origin };
}
