import { LONGEST_WAIT_MS } from './delivery.js';

const FIRST_MS = 5_000;
const LONGEST_MS = 3_600_000;
/** Of each pause, up and down: receivers that failed together are not asked together. */
const JITTER = 0.2;

export interface FailedAttempt {
  /** So far, this one too. */
  attempts: number;
  /** Of the event. */
  createdAt: number;
  /** What the receiver asked for, in seconds. */
  retryAfter?: number;
}

/**
 * When an event is sent again: after 5 s, then each time twice as long up to an hour, and never before the receiver
 * wants it. All times in epoch milliseconds.
 * @param chance from 0 up to 1
 * @returns undefined: not any more, its day is over
 */
export function retryTime({ attempts, createdAt, retryAfter = 0 }: FailedAttempt, now: number, chance: number) {
  const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20)) * (1 - JITTER + 2 * JITTER * chance);
  const at = Math.round(now + Math.max(pause, retryAfter * 1000));
  return at > createdAt + LONGEST_WAIT_MS ? undefined : at;
}
