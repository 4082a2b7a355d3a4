/** Seconds a minute has, and one more: what is counted in a second may have come at its very end. */
const SECONDS = 61;

/** Requests of the last minute, by seconds: never more than the limit within any minute, for a fixed piece of memory. */
export class RequestWindow {
  private readonly counts = new Uint32Array(SECONDS);
  private latest = 0;
  private total = 0;

  /** @param now epoch milliseconds */
  add(now: number): void {
    const second = this.moveTo(now);
    this.counts[second % SECONDS] = (this.counts[second % SECONDS] as number) + 1;
    this.total++;
  }

  /**
   * When one more may come under a limit of so many a minute, epoch milliseconds; `now` where it may at once.
   * @param limit at least 1
   */
  freeAt(limit: number, now: number): number {
    const latest = this.moveTo(now);
    let left = this.total;
    if (left < limit) return now;
    for (let second = latest - SECONDS + 1; second <= latest; second++) {
      left -= this.counts[second % SECONDS] as number;
      if (left < limit) return (second + SECONDS) * 1000;
    }
    return (latest + SECONDS) * 1000;
  }

  /** Forgets what is over a minute old. A clock that is set back changes nothing. */
  private moveTo(now: number): number {
    const second = Math.max(Math.floor(now / 1000), this.latest);
    const first = Math.max(this.latest + 1, second - SECONDS + 1);
    for (let passed = first; passed <= second; passed++) {
      this.total -= this.counts[passed % SECONDS] as number;
      this.counts[passed % SECONDS] = 0;
    }
    this.latest = second;
    return second;
  }
}
