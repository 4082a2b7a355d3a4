import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import { LockTimeoutError, StateStore } from '../../platform/state/state-store.js';
import { whileClosing } from '../../platform/while-closing.js';
import { StoredAgeRepository } from './stored-age.repository.js';

const EVERY_MS = 60_000;
/** Statements of one run; what is left is left for the next. */
const MOST_STATEMENTS = 200;
/** An answer that ran while its key was deleted is stored after the first time. */
const TIMES_EMPTIED = 2;
const LOCK = { holdMs: EVERY_MS, waitMs: 0 };
/** A key's size is asked for once it wrote this share of its limit, or a run later. */
const UNCHECKED_SHARE = 1 / 16;

/**
 * Deletes what is expired, each minute, and what a key keeps over its limit, soon after it wrote. In small statements;
 * several replicas may do so at once.
 */
@Injectable()
export class StoredResponseCleaner implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('StoredResponses');
  private readonly largest: number;
  /** Bytes that keys wrote since their size was last asked for. */
  private readonly unchecked = new Map<string, number>();
  /** Deleted keys, and how often what they kept was deleted. */
  private readonly deletedKeys = new Map<string, number>();
  private timer?: NodeJS.Timeout;
  private running: Promise<void> = Promise.resolve();
  private isStopping = false;

  constructor(
    private readonly ages: StoredAgeRepository,
    private readonly stateStore: StateStore,
    private readonly clock: Clock,
    { settings }: Configuration,
  ) {
    this.largest = settings.STORED_RESPONSES_MAX_SIZE;
  }

  onApplicationBootstrap(): void {
    if (this.isStopping) return;
    this.timer = setTimeout(() => void this.clean().then(() => this.onApplicationBootstrap()), EVERY_MS).unref();
  }

  /** Before the database is closed; beside the answers that run, which have longer. */
  async beforeApplicationShutdown(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.timer);
    await whileClosing(this.running);
  }

  /** Told of what a key wrote; the key is cleaned up in the background. */
  wrote(keyId: string, bytes: number): void {
    const before = this.unchecked.get(keyId) ?? 0;
    this.unchecked.set(keyId, before + bytes);
    const enough = this.largest * UNCHECKED_SHARE;
    if (before < enough && before + bytes >= enough) void this.after(() => this.shrink(keyId));
  }

  /** Told that a key is deleted: what it kept goes now, and once more with the next run. */
  keyDeleted(keyId: string): void {
    this.deletedKeys.set(keyId, 0);
    void this.after(() => this.empty(keyId));
  }

  /** Everything that is due. Never rejects; what fails is tried again by the next run. */
  clean(): Promise<void> {
    return this.after(async () => {
      await this.deleteExpired();
      for (const keyId of this.deletedKeys.keys()) await this.empty(keyId);
      for (const keyId of this.unchecked.keys()) await this.shrink(keyId);
    });
  }

  /** One piece of work at a time. */
  private after(work: () => Promise<void>): Promise<void> {
    this.running = this.running.then(async () => {
      if (this.isStopping) return;
      try {
        await work();
      } catch (error) {
        const { message } = Error.isError(error) ? error : { message: String(error) };
        this.logger.warn(`Stored responses are not cleaned up: ${message}`);
      }
    });
    return this.running;
  }

  private async deleteExpired(): Promise<void> {
    try {
      await this.stateStore.withLock('stored-responses:expired', LOCK, () => this.deleteAllExpired());
    } catch (error) {
      // Another replica is at it.
      if (!(error instanceof LockTimeoutError)) throw error;
    }
  }

  private async deleteAllExpired(): Promise<void> {
    for (let statement = 0; statement < MOST_STATEMENTS && !this.isStopping; statement++) {
      if ((await this.ages.deleteExpired(this.clock.now())) === 0) return;
    }
  }

  private async empty(keyId: string): Promise<void> {
    for (let statement = 0; statement < MOST_STATEMENTS && !this.isStopping; statement++) {
      if ((await this.ages.deleteOldest(keyId, Number.POSITIVE_INFINITY)).rows > 0) continue;
      const times = (this.deletedKeys.get(keyId) ?? 0) + 1;
      if (times < TIMES_EMPTIED) this.deletedKeys.set(keyId, times);
      else this.deletedKeys.delete(keyId);
      return;
    }
  }

  private async shrink(keyId: string): Promise<void> {
    // Taken before it is asked: what is written meanwhile is counted for the next time.
    if (!this.unchecked.delete(keyId)) return;
    let excess = (await this.ages.sizeOf(keyId)) - this.largest;
    for (let statement = 0; statement < MOST_STATEMENTS && !this.isStopping && excess > 0; statement++) {
      const gone = await this.ages.deleteOldest(keyId, excess);
      if (gone.rows === 0) return;
      excess -= gone.bytes;
    }
    if (excess > 0) this.unchecked.set(keyId, this.unchecked.get(keyId) ?? 0);
  }
}
