import type { GatewayError } from '../../core/errors.js';

/** Why the last renewal failed, and until when nobody asks again. */
export interface RenewalPause {
  until: number;
  failuresInRow: number;
  error: GatewayError;
}

const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Each failure in a row doubles the pause: a token endpoint in trouble is not asked once per request. */
export function pauseAfter(previous: RenewalPause | undefined, error: GatewayError, now: number): RenewalPause {
  const failuresInRow = (previous?.failuresInRow ?? 0) + 1;
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** (failuresInRow - 1), LONGEST_PAUSE_MS);
  return { until: now + pause, failuresInRow, error };
}
