import type { WebhookEventType } from '../webhook-event.js';

/** When each kind of event was last told of a subject, epoch milliseconds. */
export type ToldAt = Readonly<Partial<Record<WebhookEventType, number>>>;

/** An account, or the pool, as webhooks were last told of it. */
export interface Subject {
  id: string;
  standing: string;
  version: number;
  toldAt: ToldAt;
}

/** Of an account; the pool's has no colon. */
export function subjectOf(accountId: string): string {
  return `account:${accountId}`;
}

export const POOL_SUBJECT = 'pool';
