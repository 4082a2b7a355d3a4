import type { DeliveryEntity } from '../../deliveries/delivery.entity.js';
import type { DeliveryState } from '../../deliveries/delivery.js';
import type { SendError } from '../../receivers/send-event.js';
import type { TestResult } from '../webhook-tests.service.js';

/** One event on its way to one webhook, or arrived. */
export class DeliveryDto {
  /**
   * Of the event, as the receiver reads it in `webhook-id`.
   * @example 'evt_0b0e0c7e7f0a4a53a8c56a9f'
   */
  id: string;

  /** @example 'account.suspended' */
  type: string;

  /** @example 'delivered' */
  state: DeliveryState;

  /** @example 1 */
  attempts: number;

  /**
   * Of the last attempt's answer; null: there was none.
   * @example 204
   */
  status: number | null;

  /**
   * Why the last attempt failed; null: it did not.
   * @example null
   */
  error: SendError | null;

  /** @example '2026-11-20T12:34:56.000Z' */
  createdAt: string;

  /**
   * Null: it ended.
   * @example null
   */
  nextAttemptAt: string | null;

  /** @example '2026-11-20T12:34:56.200Z' */
  endedAt: string | null;
}

/** A page of deliveries, the newest first. */
export class DeliveryPageDto {
  data: DeliveryDto[];

  /**
   * `cursor` of the next page; null after the last one.
   * @example null
   */
  nextCursor: string | null;
}

/** How a test ended. */
export class TestedWebhookDto {
  /** @example 'evt_0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11' */
  eventId: string;

  /** @example true */
  delivered: boolean;

  /**
   * Of the answer; null: there was none.
   * @example 204
   */
  status: number | null;

  /**
   * Null: it was delivered.
   * @example null
   */
  error: SendError | null;

  /** @example 48 */
  durationMs: number;
}

export function encodeDelivery(delivery: DeliveryEntity): DeliveryDto {
  const { eventId, type, state, attempts, status, error, createdAt, nextAt, endedAt } = delivery;
  return {
    id: eventId,
    type,
    state,
    attempts,
    status,
    error,
    createdAt: createdAt.toISOString(),
    nextAttemptAt: state === 'waiting' ? nextAt.toISOString() : null,
    endedAt: endedAt?.toISOString() ?? null,
  };
}

export function encodeTest({ eventId, status, error, durationMs }: TestResult): TestedWebhookDto {
  return { eventId, delivered: error === null, status, error, durationMs };
}
