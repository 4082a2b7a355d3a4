import type { Waiting } from '../../core/pool/fair-queue.js';

/** What a look that found no account tells of when there may be one. */
export interface NoRoom {
  /** Epoch milliseconds; infinity: when a request ends. */
  freeAt: number;
  /** Before that, there is no room for certain, whatever ends. */
  soonest: number;
  /** `WaitingLine.news` as it was before the look. */
  news: number;
}

/** What a place asks of its line. */
export interface Line {
  wait(place: WaitingPlace, noRoom: NoRoom | undefined): void;
  leave(place: WaitingPlace, isServed: boolean): void;
}

export interface PlaceInLine extends Waiting {
  model: string;
  /** Epoch milliseconds. */
  deadline: number;
  line: Line;
  signal?: AbortSignal;
}

/** A place in the line, from the first wait to the lease. */
export class WaitingPlace implements Waiting, Disposable {
  readonly model: string;
  readonly caller: string;
  readonly kind: string;
  readonly deadline: number;
  private readonly line: Line;
  private readonly signal?: AbortSignal;
  private answer?: PromiseWithResolvers<void>;
  private isServed = false;
  private hasLeft = false;
  private refusal: unknown;
  private readonly hangUp = () => this.refuse(this.signal?.reason);

  constructor({ model, caller, kind, deadline, line, signal }: PlaceInLine) {
    this.model = model;
    this.caller = caller;
    this.kind = kind;
    this.deadline = deadline;
    this.line = line;
    this.signal = signal;
    signal?.addEventListener('abort', this.hangUp, { once: true });
  }

  /**
   * Resolves when it is this one's turn to look for an account: nobody else of its kind looks until it waits again or
   * leaves.
   * @param noRoom what its last look found; undefined: it did not look yet
   * @throws GatewayError `rate_limit` with a `retry-after` when there is no room before the deadline, or no place in the
   * line; the signal's reason when it is aborted
   */
  async turn(noRoom?: NoRoom): Promise<void> {
    this.signal?.throwIfAborted();
    if (this.hasLeft) throw this.refusal; // while it looked
    this.answer = Promise.withResolvers();
    this.line.wait(this, noRoom);
    return this.answer.promise;
  }

  /** It is its turn. */
  call(): void {
    this.answer?.resolve();
  }

  /** There will be none for it. */
  refuse(reason: unknown): void {
    this.refusal = reason;
    this.leave();
    this.answer?.reject(reason);
  }

  /** It got an account. */
  served(): void {
    this.isServed = true;
    this.leave();
  }

  /** Harmless when done twice. */
  [Symbol.dispose](): void {
    this.leave();
  }

  private leave(): void {
    if (this.hasLeft) return;
    this.hasLeft = true;
    this.signal?.removeEventListener('abort', this.hangUp);
    this.line.leave(this, this.isServed);
  }
}
