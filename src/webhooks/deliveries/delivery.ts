/** `given_up`: a day of attempts went by, or the receiver said that it is gone. */
export type DeliveryState = 'waiting' | 'delivered' | 'given_up';

/** How long an event is tried to be delivered. */
export const LONGEST_WAIT_MS = 24 * 3_600_000;

/** Which row. */
export interface DeliveryKey {
  eventId: string;
  webhookId: string;
}
