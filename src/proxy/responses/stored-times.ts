/** Of a life, how much later an item may expire than it has to, so that not every use is a write. */
const SLACK_SHARE = 0.1;
const LONGEST_SLACK_MS = 10 * 60_000;

/**
 * When what is stored expires, in epoch milliseconds. A response lives from its last use for the time that is set;
 * its items a little longer, and never shorter: a response that is there is whole.
 */
export class StoredTimes {
  private readonly life: number;
  private readonly slack: number;

  /** @param seconds `STORED_RESPONSES_TTL` */
  constructor(seconds: number) {
    this.life = seconds * 1000;
    this.slack = Math.min(this.life * SLACK_SHARE, LONGEST_SLACK_MS);
  }

  response(now: number): number {
    return now + this.life;
  }

  item(now: number): number {
    return now + this.life + this.slack;
  }

  /** Whether a response that is used now has to be renewed; its time is exact to the slack. */
  isResponseOld(expiresAt: number, now: number): boolean {
    return expiresAt < now + this.life - this.slack;
  }

  isItemOld(expiresAt: number, now: number): boolean {
    return expiresAt < now + this.life;
  }
}
