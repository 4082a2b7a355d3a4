import type { SendError } from './receivers/send-event.js';
import type { WebhookEventType } from './webhook-event.js';

/** What an administrator says of a webhook. */
export interface WebhookSettings {
  url: string;
  events: WebhookEventType[];
  enabled: boolean;
  description: string | null;
}

/** How the last attempt to deliver something went. */
export interface LastDelivery {
  at: Date;
  /** Null: no answer. */
  status: number | null;
  /** Null: it was delivered. */
  error: SendError | null;
}

/** A webhook without its secrets. */
export interface Webhook extends Omit<WebhookSettings, 'url'> {
  id: string;
  /** Null: it can't be decrypted. */
  url: string | null;
  lastDelivery: LastDelivery | null;
  createdAt: Date;
  updatedAt: Date;
}

/** Where events go, and what they are signed with: `whsec_…`. */
export interface WebhookSecrets {
  url: string;
  secret: string;
  /** The one before the last rotation, and until when events are signed with it too. */
  previous: { secret: string; expiresAt: Date } | null;
}
