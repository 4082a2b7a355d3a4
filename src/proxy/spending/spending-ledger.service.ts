import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Amount } from '../../platform/state/allowance.js';
import { whileClosing } from '../../platform/while-closing.js';
import { Bookings } from './bookings.js';
import { monthBefore } from './month.js';
import { type Booking, SpendingRepository } from './spending.repository.js';

const WRITE_AFTER_MS = 1_000;
/** Keys of one statement. */
const BATCH_SIZE = 200;
/** Months that are kept beside the current one. */
const KEPT_MONTHS = 13;

/** Told of a key's total of a month: what is stored, and what waits here to be. */
type TotalListener = (total: Amount) => void;

/**
 * The stored totals: adds up what this process booked and writes it once a second, off the hot path. While the database is
 * away sums are kept, for 20,000 keys at most. A crash loses what one second booked; a statement whose outcome nobody
 * learns is written again, so that it may count twice and never not at all.
 */
@Injectable()
export class SpendingLedger implements OnApplicationShutdown {
  private readonly logger = new Logger('Spending');
  private readonly unwritten = new Bookings();
  private writing = new Bookings();
  private readonly wanted = new Map<string, Map<string, TotalListener>>();
  private timer?: NodeJS.Timeout;
  /** One statement at a time: a total that is read has everything that was written here, and nothing twice. */
  private last: Promise<void> = Promise.resolve();
  private nextReading?: Promise<void>;
  private nextWriting?: Promise<void>;
  private isWritable = true;
  private isRoomy = true;
  private cleanedIn?: string;

  constructor(private readonly repository: SpendingRepository) {}

  book(month: string, keyId: string, { tokens, cost }: Amount): void {
    this.keep({ month, keyId, requests: 1, tokens, cost });
    this.timer ??= setTimeout(() => void this.write(), WRITE_AFTER_MS).unref();
  }

  /** What was booked here and is not known to be stored. */
  unwrittenOf(month: string, keyId: string): Amount {
    const [unwritten, writing] = [this.unwritten.of(month, keyId), this.writing.of(month, keyId)];
    return { tokens: unwritten.tokens + writing.tokens, cost: unwritten.cost + writing.cost };
  }

  /**
   * Reads a key's total; keys that are asked for at once are read in one statement.
   * @param found called once, before this resolves, and not at all when the total can't be read. The last one who asks for
   *   a key is told.
   */
  read(month: string, keyId: string, found: TotalListener): Promise<void> {
    const keys = this.wanted.get(month) ?? new Map<string, TotalListener>();
    this.wanted.set(month, keys.set(keyId, found));
    this.nextReading ??= this.after(() => this.readWanted());
    return this.nextReading;
  }

  /** Writes down what was booked so far. Never rejects: what can't be written is kept. */
  write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.nextWriting ??= this.after(() => this.writeAll());
    return this.nextWriting;
  }

  /** Once the answers that ran have ended, and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    await whileClosing(this.write());
    clearTimeout(this.timer);
  }

  /** @param work never rejects */
  private after(work: () => Promise<void>): Promise<void> {
    this.last = this.last.then(work);
    return this.last;
  }

  private async readWanted(): Promise<void> {
    this.nextReading = undefined;
    const wanted = Array.from(this.wanted, ([month, keys]) => ({ month, keys: Array.from(keys) }));
    this.wanted.clear();
    for (const { month, keys } of wanted) {
      for (let start = 0; start < keys.length; start += BATCH_SIZE)
        await this.readBatch(month, keys.slice(start, start + BATCH_SIZE));
    }
  }

  private async readBatch(month: string, keys: readonly (readonly [string, TotalListener])[]): Promise<void> {
    try {
      const stored = await this.repository.totalsOf(
        month,
        keys.map(([keyId]) => keyId),
      );
      for (const [keyId, found] of keys) {
        const total = stored.get(keyId) ?? { tokens: 0, cost: 0 };
        const { tokens, cost } = this.unwrittenOf(month, keyId);
        found({ tokens: total.tokens + tokens, cost: total.cost + cost });
      }
    } catch (error) {
      this.failed(error);
    }
  }

  private async writeAll(): Promise<void> {
    this.nextWriting = undefined;
    for (let left = this.unwritten.size; left > 0; left -= BATCH_SIZE) {
      const batch = this.unwritten.take(BATCH_SIZE);
      for (const booking of batch) this.writing.add(booking);
      try {
        await this.repository.add(batch);
        this.writing = new Bookings();
        this.worked();
      } catch (error) {
        this.writing = new Bookings();
        for (const booking of batch) this.keep(booking);
        this.timer ??= setTimeout(() => void this.write(), WRITE_AFTER_MS).unref();
        this.failed(error);
        return;
      }
      await this.deleteOld(batch);
    }
  }

  /** With the first writing of a month. */
  private async deleteOld(written: readonly Booking[]): Promise<void> {
    const month = written
      .map((booking) => booking.month)
      .sort()
      .at(-1);
    if (month === undefined || month === this.cleanedIn) return;
    try {
      await this.repository.deleteBefore(monthBefore(month, KEPT_MONTHS));
      this.cleanedIn = month;
    } catch (error) {
      this.failed(error);
    }
  }

  private keep(booking: Booking): void {
    if (this.unwritten.add(booking) || !this.isRoomy) return;
    this.logger.error('Too many API keys have spendings that cannot be written: those of further keys are not counted');
    this.isRoomy = false;
  }

  private worked(): void {
    if (!this.isWritable) this.logger.log('Spendings of API keys are written again');
    this.isWritable = true;
    this.isRoomy = true;
  }

  private failed(error: unknown): void {
    if (this.isWritable)
      this.logger.warn({ msg: 'Spendings of API keys cannot be read or written; they are kept', err: error });
    this.isWritable = false;
  }
}
