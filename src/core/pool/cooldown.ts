import type { Failure } from './failure.js';

const FIRST_PAUSE_MS = 1_000;
const MOST_DOUBLINGS = 5;
const JITTER = 0.25;
/** Whatever `retry-after` says, an account is asked again at some time. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/**
 * For how long an account is left alone that was asked too often, milliseconds; 0: not at all. As the service says,
 * else 1, 2, 4 s and so on, 32 s at most, give or take a quarter (amazon-q.md §6.3).
 * @param before how often in a row it was told so before
 * @param chance from 0 up to, and without, 1
 */
export function cooldownAfter({ class: failureClass, retryAfter }: Failure, before: number, chance: number): number {
  if (failureClass !== 'rate_limit') return 0;
  if (retryAfter !== undefined) return Math.min(retryAfter * 1000, LONGEST_PAUSE_MS);
  return FIRST_PAUSE_MS * 2 ** Math.min(before, MOST_DOUBLINGS) * (1 + JITTER * (2 * chance - 1));
}
