import type { Failure } from './failure.js';

const FIRST_PAUSE_MS = 1_000;
const MOST_DOUBLINGS = 5;
const JITTER = 0.25;
/** Whatever `retry-after` says, an account is asked again at some time. */
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/** For how long an account is left alone that was asked too often. Times are epoch milliseconds. */
export class Cooldown {
  private end = 0;
  /** How often in a row it was told so: by requests that were sent after the one before had been told. */
  private inARow = 0;
  private toldAt = 0;

  /** When it is over. */
  get until(): number {
    return this.end;
  }

  /**
   * What failed on the account may ask for it: for as long as the service says, else for 1, 2, 4 s and so on, 32 s at
   * most, give or take a quarter (amazon-q.md §6.3). Requests that ran side by side are told the same thing once.
   * @param sentAt when the request was sent
   * @param chance from 0 up to, and without, 1
   * @returns how long it is left alone from now, milliseconds; 0: the failure says nothing about that
   */
  failed({ class: failureClass, retryAfter }: Failure, sentAt: number, now: number, chance: number): number {
    if (failureClass !== 'rate_limit') return 0;
    if (this.inARow === 0 || sentAt >= this.toldAt) {
      this.inARow++;
      this.toldAt = now;
    }
    const doublings = Math.min(this.inARow - 1, MOST_DOUBLINGS);
    const pause =
      retryAfter === undefined
        ? FIRST_PAUSE_MS * 2 ** doublings * (1 + JITTER * (2 * chance - 1))
        : Math.min(retryAfter * 1000, LONGEST_PAUSE_MS);
    this.end = Math.max(this.end, now + pause);
    return this.end - now;
  }

  /** A request was answered; one that was sent before it was told says nothing new. */
  succeeded(sentAt: number): void {
    if (sentAt >= this.toldAt) this.inARow = 0;
  }

  /** Another replica was told. */
  heard(until: number): void {
    this.end = Math.max(this.end, until);
  }

  /** An operator says that all is well. */
  reset(): void {
    this.end = 0;
    this.inARow = 0;
    this.toldAt = 0;
  }
}
