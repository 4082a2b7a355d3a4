import { Injectable } from '@nestjs/common';

/** Renewals at once in one process, however many tokens ended over night. */
const AT_ONCE = 16;
/** Those that nobody waits for begin only while fewer than this run: the rest is free for the others. */
const AHEAD_AT_ONCE = 8;

/** A place in the line. */
export interface Place {
  /** Somebody waits: it goes before those that are only ahead of time. */
  isUrgent: boolean;
}

interface Waiting {
  place: Place;
  start: () => void;
  drop: (reason: Error) => void;
}

/** The service stops: what still waited for its turn is not begun. */
export class LineClosedError extends Error {
  constructor() {
    super('The service is shutting down');
    this.name = 'LineClosedError';
  }
}

/**
 * Where renewals of all accounts wait for their turn. As long as the accounts at most: each is in it once, its keeper
 * sees to that.
 */
@Injectable()
export class RenewalLine {
  private readonly waiting: Waiting[] = [];
  private running = 0;
  private isClosed = false;

  /** @throws what the task throws, or LineClosedError when the line is closed before its turn */
  async run<Result>(place: Place, task: () => Promise<Result>): Promise<Result> {
    await this.turnOf(place);
    try {
      return await task();
    } finally {
      this.running--;
      this.advance();
    }
  }

  /** Somebody waits for it by now. */
  hurry(place: Place): void {
    if (place.isUrgent) return;
    place.isUrgent = true;
    this.advance();
  }

  /** Nothing new begins; what runs is waited for by those who began it. */
  close(): void {
    this.isClosed = true;
    for (const { drop } of this.waiting.splice(0)) drop(new LineClosedError());
  }

  private turnOf(place: Place): Promise<void> {
    if (this.isClosed) return Promise.reject(new LineClosedError());
    const { promise, resolve: start, reject: drop } = Promise.withResolvers<void>();
    this.waiting.push({ place, start, drop });
    this.advance();
    return promise;
  }

  private advance(): void {
    for (let next = this.next(); next; next = this.next()) {
      this.waiting.splice(this.waiting.indexOf(next), 1);
      this.running++;
      next.start();
    }
  }

  private next(): Waiting | undefined {
    if (this.running >= AT_ONCE) return undefined;
    const urgent = this.waiting.find(({ place }) => place.isUrgent);
    return urgent ?? (this.running < AHEAD_AT_ONCE ? this.waiting[0] : undefined);
  }
}
