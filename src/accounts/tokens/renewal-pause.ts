import type { GatewayError } from '../../core/errors.js';

/** Why the last renewal failed, and until when nobody asks again. */
export interface RenewalPause {
  until: number;
  failuresInRow: number;
  error: GatewayError;
}

const FIRST_PAUSE_MS = 1_000;
/** An account is back soon after its token endpoint is. */
const LONGEST_PAUSE_MS = 60_000;
/** Whatever `retry-after` says. */
const LONGEST_ASKED_MS = 15 * 60_000;

/**
 * Each failure in a row doubles the pause: a token endpoint in trouble is not asked once per request. A longer one that
 * the endpoint asks for is kept.
 * @param share from 0 to 1: accounts that failed together do not come back together
 */
export function pauseAfter(
  previous: RenewalPause | undefined,
  error: GatewayError,
  now: number,
  share: number,
): RenewalPause {
  const failuresInRow = (previous?.failuresInRow ?? 0) + 1;
  const doubled = Math.min(FIRST_PAUSE_MS * 2 ** (failuresInRow - 1), LONGEST_PAUSE_MS);
  const asked = Math.min((error.failure?.retryAfter ?? 0) * 1000, LONGEST_ASKED_MS);
  return { until: now + Math.max(doubled * (1 - share / 2), asked), failuresInRow, error };
}
