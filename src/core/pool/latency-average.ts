/** So much later a measurement counts for half of what it did, and the account for twice as fast. */
const HALF_LIFE_MS = 10_000;
/** Of what is older nothing follows any more: a sixty-fourth would be left of it. */
const FORGOTTEN_MS = 6 * HALF_LIFE_MS;
/** However soon one measurement comes after another, it counts for so much. */
const LEAST_SHARE = 0.1;

/**
 * A moving average that forgets with time: what was measured long ago weighs less than what was measured now, and an
 * account that nobody measured for a while counts as ever faster, so that a slow one is tried again.
 */
export class LatencyAverage {
  private average = 0;
  private measuredAt = Number.NEGATIVE_INFINITY;

  /** @param milliseconds what was measured @param now epoch milliseconds */
  measured(milliseconds: number, now: number): void {
    const kept = Math.min(keptAfter(now - this.measuredAt), 1 - LEAST_SHARE);
    this.average = this.average * kept + milliseconds * (1 - kept);
    this.measuredAt = now;
  }

  /** Milliseconds; undefined while nothing was measured, or not for a minute. @param now epoch milliseconds */
  at(now: number): number | undefined {
    const elapsed = now - this.measuredAt;
    return elapsed < FORGOTTEN_MS ? this.average * keptAfter(elapsed) : undefined;
  }
}

function keptAfter(elapsedMs: number): number {
  return 2 ** (-Math.max(elapsedMs, 0) / HALF_LIFE_MS);
}
