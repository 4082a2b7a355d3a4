/** Seconds a minute has, and one more: what is counted in a second may have come at its very end. */
const SECONDS = 61;

/**
 * What was used within the last minute, by seconds: never more than the limit within any minute, for a fixed piece of
 * memory. Amounts are whole numbers, such as requests or tokens.
 */
export class UsageWindow {
  private readonly amounts = new Float64Array(SECONDS);
  private latest = 0;
  private total = 0;
  /** What was found last: a full one is looked at for each request that comes. */
  private fullFor = 0;
  private fullWith = 0;
  private fullUntil = 0;

  /** @param now epoch milliseconds */
  add(now: number, amount = 1): void {
    const second = this.moveTo(now);
    this.amounts[second % SECONDS] = (this.amounts[second % SECONDS] as number) + amount;
    this.total += amount;
    this.fullUntil = 0;
  }

  /**
   * Takes back what was added and not used, where it still counts.
   * @param takenAt when it was added, epoch milliseconds
   */
  giveBack(takenAt: number, amount: number, now: number): void {
    const latest = this.moveTo(now);
    const second = Math.floor(takenAt / 1000);
    if (second > latest || second + SECONDS <= latest) return;
    const given = Math.min(amount, this.amounts[second % SECONDS] as number);
    this.amounts[second % SECONDS] = (this.amounts[second % SECONDS] as number) - given;
    this.total -= given;
    this.fullUntil = 0;
  }

  /** What counts of the last minute. */
  usedAt(now: number): number {
    this.moveTo(now);
    return this.total;
  }

  /**
   * When so much more may come under a limit of so much a minute, epoch milliseconds; `now` where it may at once.
   * @param limit at least 1
   * @param amount at most the limit: more never fits
   */
  freeAt(limit: number, now: number, amount = 1): number {
    const leftMs = this.fullUntil - now;
    const isKnown = leftMs > 0 && leftMs <= SECONDS * 1000 && limit === this.fullWith && amount === this.fullFor;
    if (isKnown) return this.fullUntil;
    const latest = this.moveTo(now);
    if (this.total + amount <= limit) return now;
    this.fullWith = limit;
    this.fullFor = amount;
    this.fullUntil = (this.secondOfRoom(limit - amount, latest) + SECONDS) * 1000;
    return this.fullUntil;
  }

  /** When all of it is forgotten, epoch milliseconds; `now` where nothing counts. */
  resetAt(now: number): number {
    const latest = this.moveTo(now);
    if (this.total === 0) return now;
    let second = latest;
    while (second > latest - SECONDS && this.amounts[second % SECONDS] === 0) second--;
    return (second + SECONDS) * 1000;
  }

  /** Whether nothing of it counts any more. */
  isIdle(now: number): boolean {
    return this.usedAt(now) === 0;
  }

  /** The second that has to be forgotten until no more than `room` is left. */
  private secondOfRoom(room: number, latest: number): number {
    let left = this.total;
    for (let second = latest - SECONDS + 1; second <= latest; second++) {
      left -= this.amounts[second % SECONDS] as number;
      if (left <= room) return second;
    }
    return latest;
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
      this.total -= this.amounts[passed % SECONDS] as number;
      this.amounts[passed % SECONDS] = 0;
    }
    this.latest = Math.max(second, this.latest);
  }

  private countAllIn(second: number): void {
    this.amounts.fill(0);
    this.amounts[second % SECONDS] = this.total;
    this.latest = second;
  }
}
