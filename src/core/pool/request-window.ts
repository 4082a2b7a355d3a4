/** Seconds a minute has, and one more: what is counted in a second may have come at its very end. */
const SECONDS = 61;

/** Requests of the last minute, by seconds: never more than the limit within any minute, for a fixed piece of memory. */
export class RequestWindow {
  private readonly counts = new Uint32Array(SECONDS);
  private latest = 0;
  private total = 0;
  /** What was found last: a full one is looked at for each request that comes. */
  private fullWith = 0;
  private fullUntil = 0;

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
    const leftMs = this.fullUntil - now;
    if (limit === this.fullWith && leftMs > 0 && leftMs <= SECONDS * 1000) return this.fullUntil;
    const latest = this.moveTo(now);
    if (this.total < limit) return now;
    this.fullWith = limit;
    this.fullUntil = (this.secondOfRoom(limit, latest) + SECONDS) * 1000;
    return this.fullUntil;
  }

  /** The second that has to be forgotten for one more to come. */
  private secondOfRoom(limit: number, latest: number): number {
    let left = this.total;
    for (let second = latest - SECONDS + 1; second <= latest; second++) {
      left -= this.counts[second % SECONDS] as number;
      if (left < limit) return second;
    }
    return latest;
  }

  /** Whether nothing of it counts any more. */
  isIdle(now: number): boolean {
    this.moveTo(now);
    return this.total === 0;
  }

  /**
   * Forgets what is over a minute old. While a clock that was set back has not caught up, all counts as just come, and
   * so does everything when it would take over a minute.
   */
  private moveTo(now: number): number {
    const second = Math.floor(now / 1000);
    if (this.total === 0) this.latest = second;
    else if (second + SECONDS <= this.latest) this.countAllIn(second);
    else this.passTo(second);
    return this.latest;
  }

  private passTo(second: number): void {
    for (let passed = Math.max(this.latest + 1, second - SECONDS + 1); passed <= second; passed++) {
      this.total -= this.counts[passed % SECONDS] as number;
      this.counts[passed % SECONDS] = 0;
    }
    this.latest = Math.max(second, this.latest);
  }

  private countAllIn(second: number): void {
    this.counts.fill(0);
    this.counts[second % SECONDS] = this.total;
    this.latest = second;
  }
}
