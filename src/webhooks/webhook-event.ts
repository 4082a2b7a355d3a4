/** What webhooks can be told of. */
export const WEBHOOK_EVENTS = [
  'account.suspended',
  'account.needs_login',
  'account.quota_exhausted',
  'account.disabled',
  'account.recovered',
  'pool.empty',
  'pool.recovered',
] as const;
export type WebhookEventType = (typeof WEBHOOK_EVENTS)[number];

/** Sent when an administrator asks for it, to any webhook. */
export const TEST_EVENT = 'webhook.test';

/** An event before it is known who is told of it. */
export interface WebhookEvent {
  /** The same for everybody who is told, and in every attempt. */
  id: string;
  type: WebhookEventType | typeof TEST_EVENT;
  createdAt: Date;
  data: Readonly<Record<string, unknown>>;
}

/** The body that is sent, a few hundred bytes. */
export function formatEvent({ id, type, createdAt, data }: WebhookEvent): string {
  return JSON.stringify({ id, type, createdAt: createdAt.toISOString(), data });
}
