/** So much later, a measurement counts for a third of what it did. */
const DECAY_MS = 60_000;

/**
 * A moving average that forgets with time: what was measured long ago weighs less than what was measured now, and an
 * account that nobody measured for a while counts as ever faster, so that a slow one is tried again.
 */
export class LatencyAverage {
  private average = 0;
  private measuredAt = 0;

  /** @param milliseconds what was measured @param now epoch milliseconds */
  measured(milliseconds: number, now: number): void {
    const kept = this.measuredAt === 0 ? 0 : keptAfter(now - this.measuredAt);
    this.average = this.average * kept + milliseconds * (1 - kept);
    this.measuredAt = now;
  }

  /** Milliseconds; 0 while nothing was measured. @param now epoch milliseconds */
  at(now: number): number {
    return this.average * keptAfter(now - this.measuredAt);
  }
}

function keptAfter(elapsedMs: number): number {
  return Math.exp(-Math.max(elapsedMs, 0) / DECAY_MS);
}
