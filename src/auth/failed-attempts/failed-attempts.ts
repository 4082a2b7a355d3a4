import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.js';
import type { Clock } from '../../platform/clock.js';

const WINDOW_MS = 60_000;
const FIRST_BLOCK_MS = 1_000;
const LONGEST_BLOCK_MS = 60_000;
/** After so long without a failure a source begins anew. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const MAX_SOURCES = 10_000;

export interface Block {
  /** Milliseconds since the epoch. */
  readonly until: number;
  readonly lengthMs: number;
  /** Texts that were compared in vain while it lasted. */
  compared: number;
}

/**
 * Counts failures by where they come from. So many within a minute are free; the next brings a block of a second, and each
 * after it one twice as long, up to a minute.
 *
 * Both tables are bounded. Sources that were blocked have one of their own: somebody who fails once from each of many
 * can't push them out.
 */
export class FailedAttempts {
  /** Source → when its last failures were, at most `free` of them. */
  private readonly recent: LRUCache<string, readonly number[]>;
  private readonly blocks: LRUCache<string, Block>;

  constructor(
    private readonly clock: Clock,
    private readonly free: number,
  ) {
    const options = { ...atMost(MAX_SOURCES), ttlResolution: 0, perf: clock };
    this.recent = new LRUCache({ ...options, ttl: WINDOW_MS });
    this.blocks = new LRUCache({ ...options, ttl: FORGOTTEN_AFTER_MS });
  }

  /** Nobody is blocked, nor was lately. */
  get isQuiet(): boolean {
    return this.blocks.size === 0;
  }

  /** The block of a source that lasts. */
  blockOf(source: string): Block | undefined {
    const last = this.blocks.get(source);
    return last && this.lasts(last) ? last : undefined;
  }

  /**
   * Counts a failure. One that was under way when a block began brings no further block.
   * @returns the block it brings
   */
  record(source: string): Block | undefined {
    const now = this.clock.now();
    const last = this.blocks.get(source);
    if (last) return this.lasts(last) ? undefined : this.block(source, Math.min(last.lengthMs * 2, LONGEST_BLOCK_MS));
    const failures = (this.recent.get(source) ?? []).filter((at) => at <= now && now - at < WINDOW_MS);
    if (failures.length >= this.free) return this.block(source, FIRST_BLOCK_MS);
    this.recent.set(source, [...failures, now]);
    return undefined;
  }

  /** No longer than it was to, though the clock was put back. */
  private lasts({ until, lengthMs }: Block): boolean {
    const left = until - this.clock.now();
    return left > 0 && left <= lengthMs;
  }

  private block(source: string, lengthMs: number): Block {
    this.recent.delete(source);
    const block: Block = { until: this.clock.now() + lengthMs, lengthMs, compared: 0 };
    this.blocks.set(source, block);
    return block;
  }
}
