import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { LedgerStanding } from '../../metrics/instruments/ledger-instruments.js';
import { Metrics } from '../../metrics/metrics.service.js';
import { Clock } from '../../platform/clock.js';
import type { EndedRequest } from '../../platform/logging/ended-request.js';
import { whileClosing } from '../../platform/while-closing.js';
import { LateRows } from '../rollups/late-rows.service.js';
import { RefusedRow } from './refused-row.js';
import type { UsageRecord } from './usage-record.js';
import { UsageRecordRepository } from './usage-record.repository.js';
import { usageRecordOf } from './usage-record-of.js';

const WRITE_AFTER_MS = 500;
/** While the database is away. */
const TRY_AGAIN_AFTER_MS = 1_000;
/** Rows of one statement. */
const BATCH_SIZE = 500;
/** About 30 MB. */
export const MOST_UNWRITTEN = 50_000;
/** How often a shutdown waits, as long as rows are written meanwhile. */
const MOST_CLOSING_WAITS = 5;

/**
 * Keeps what each request of a key took: a row is made when the response closes and written within half a second, off
 * the hot path, in the order they came. While the database is away 50,000 rows are kept, and further ones are lost;
 * a statement whose outcome nobody learns is repeated, and nothing is there twice.
 */
@Injectable()
export class UsageLedger implements OnApplicationShutdown {
  private readonly logger = new Logger('Usage');
  private readonly unwritten: UsageRecord[] = [];
  private timer?: NodeJS.Timeout;
  private running?: Promise<void>;
  private written = 0;
  private dropped = 0;
  private isWritable = true;
  /** Lost since the last time that all was written. */
  private overflown = 0;

  constructor(
    private readonly records: UsageRecordRepository,
    private readonly lateRows: LateRows,
    private readonly clock: Clock,
    metrics: Metrics,
  ) {
    metrics.readUsageLedger(() => this.standing());
  }

  requestEnded(request: EndedRequest): void {
    const record = usageRecordOf(request);
    if (!record) return;
    if (this.unwritten.length >= MOST_UNWRITTEN) {
      this.overflow();
      return;
    }
    this.unwritten.push(record);
    this.timer ??= this.writeIn(WRITE_AFTER_MS);
  }

  /** Writes down what is not written yet. Never rejects: what can't be written is kept. */
  write(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running ??= this.writeAll().finally(() => {
      this.running = undefined;
    });
    return this.running;
  }

  /** Once the last answers have ended, and before the database is closed. */
  async onApplicationShutdown(): Promise<void> {
    for (let waits = 0; waits < MOST_CLOSING_WAITS && this.unwritten.length > 0; waits++) {
      const before = this.written + this.dropped;
      await whileClosing(this.write());
      if (this.written + this.dropped === before) break;
    }
    clearTimeout(this.timer);
    const lost = this.unwritten.length;
    if (lost > 0) this.logger.error(`The database was away to the end: ${lost} rows of the usage ledger are lost`);
  }

  private standing(): LedgerStanding {
    const [oldest] = this.unwritten;
    return {
      lagSeconds: oldest ? Math.max(this.clock.now() - oldest.at, 0) / 1000 : 0,
      pending: this.unwritten.length,
      written: this.written,
      dropped: this.dropped,
    };
  }

  private writeIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.write(), milliseconds).unref();
  }

  /** What there is. Rows that come meanwhile wait for their own time: else small statements would follow each other. */
  private async writeAll(): Promise<void> {
    let left = this.unwritten.length;
    let size = BATCH_SIZE;
    let isTold = false;
    while (left > 0) {
      const batch = this.unwritten.slice(0, Math.min(size, left));
      try {
        await this.writeBatch(batch);
        this.written += batch.length;
      } catch (error) {
        if (!(error instanceof RefusedRow)) {
          this.failed(error);
          return;
        }
        // One of them is bad: the others are not held up by it.
        if (batch.length > 1) {
          size = Math.ceil(batch.length / 2);
          continue;
        }
        this.dropped++;
        if (!isTold) this.refused(error);
        isTold = true;
      }
      this.unwritten.splice(0, batch.length);
      left -= batch.length;
      size = Math.min(size * 2, BATCH_SIZE);
    }
    this.caughtUp();
    if (this.unwritten.length > 0) this.timer ??= this.writeIn(WRITE_AFTER_MS);
  }

  /** It can be repeated as a whole. */
  private async writeBatch(batch: readonly UsageRecord[]): Promise<void> {
    const times = batch.map(({ at }) => at);
    const late = this.lateRows.lateOf(times);
    if (late.length > 0) await this.lateRows.note(late);
    await this.records.insert(batch);
    // Of those that were not late before as well: a statement may take long.
    const written = this.lateRows.lateOf(times);
    if (written.length > 0) await this.lateRows.note(written);
  }

  private overflow(): void {
    this.dropped++;
    if (this.overflown++ > 0) return;
    this.logger.error(`${MOST_UNWRITTEN} rows of the usage ledger wait for the database: further ones are lost`);
  }

  private refused(error: unknown): void {
    this.logger.error({ msg: 'The database refuses rows of the usage ledger: they are lost', err: error });
  }

  private failed(error: unknown): void {
    this.timer ??= this.writeIn(TRY_AGAIN_AFTER_MS);
    if (this.isWritable) this.logger.warn({ msg: 'The usage ledger cannot be written; its rows are kept', err: error });
    this.isWritable = false;
  }

  private caughtUp(): void {
    if (!this.isWritable) this.logger.log(`The usage ledger is written again; ${this.overflown} rows are lost`);
    this.isWritable = true;
    this.overflown = 0;
  }
}
