import type { UnstoredReason } from '../../metrics/metrics.service.js';
import { TooSlowError, withinTime } from './within-time.js';

/** What may wait for the database at once, in all answers together. */
const MOST_WAITING_BYTES = 64 * 1024 ** 2;

/** How a write ended. */
export type WriteEnd = { stored: true } | { stored: false; reason: UnstoredReason; error?: unknown };

/**
 * Writes that nobody waits for too long, and of which not too much waits: one that takes too long still counts until
 * the database is done with it, so that a database that hangs costs no more memory than that, and then no waiting.
 */
export class BoundedWrites {
  private waiting = 0;

  /** Never rejects. @param bytes about what the write holds in memory */
  async run(bytes: number, write: () => Promise<void>): Promise<WriteEnd> {
    if (this.waiting > 0 && this.waiting + bytes > MOST_WAITING_BYTES) return { stored: false, reason: 'busy' };
    this.waiting += bytes;
    const written = write().finally(() => {
      this.waiting -= bytes;
    });
    try {
      await withinTime(written);
      return { stored: true };
    } catch (error) {
      return error instanceof TooSlowError
        ? { stored: false, reason: 'too_slow' }
        : { stored: false, reason: 'failed', error };
    }
  }
}
