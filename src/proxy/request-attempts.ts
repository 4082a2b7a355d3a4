import type { GatewayError } from '../core/errors.js';
import type { RequestChange } from '../core/pool/failure.js';
import { mostTelling } from '../core/pool/most-telling.js';
import type { Span } from '../platform/telemetry/span.js';

/** What was tried for one request, on accounts of either kind. */
export class RequestAttempts {
  readonly accounts = new Set<string>();
  /** After the first event nothing is tried again: the client has part of an answer. */
  began = false;
  renewedToken = false;
  soughtProfile = false;
  /** How often the current account was asked again, as it was asked before. */
  repeats = 0;
  /** What upstream refused and is sent otherwise now; what it refused once it refuses on every account. */
  readonly changes = new Set<RequestChange>();
  /** The account that was named in advance: whose turn it was when it was decided which kind is asked. */
  preferred: string | undefined;
  /** Of the attempt that runs, where the request is traced. */
  span: Span | undefined;
  private firstAt: number | undefined;
  /** What each account said, and the pool in the end: one more than accounts may be tried. */
  private readonly errors: GatewayError[] = [];

  /** @param now epoch milliseconds */
  enter(accountId: string, now: number): void {
    this.firstAt ??= now;
    this.accounts.add(accountId);
    this.renewedToken = false;
    this.soughtProfile = false;
    this.repeats = 0;
  }

  /** The account that was asked last may be asked once more, with a changed request. */
  askAgain(change: RequestChange): void {
    const last = Array.from(this.accounts).at(-1);
    if (last !== undefined) this.accounts.delete(last);
    this.preferred = last;
    this.changes.add(change);
  }

  /**
   * Milliseconds within which another attempt may begin; the first may at any time.
   * @param longest milliseconds between the beginnings of the first attempt and the last
   */
  timeLeft(longest: number, now: number): number {
    return this.firstAt === undefined ? Number.POSITIVE_INFINITY : this.firstAt + longest - now;
  }

  /** Another account failed, or there was none. @returns what the client is told when nobody else is asked */
  note(error: GatewayError): GatewayError {
    const told = mostTelling(error, this.errors);
    this.errors.push(error);
    return told;
  }
}
