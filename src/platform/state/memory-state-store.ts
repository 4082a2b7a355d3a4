import { setTimeout as delay } from 'node:timers/promises';
import { LockTimeoutError, type LockTimes, StateStore } from './state-store.js';

/** State of one process. A lock here is a queue of promises: it cannot outlive its holder, so `holdMs` has no meaning. */
export class MemoryStateStore extends StateStore {
  private readonly tails = new Map<string, Promise<void>>();

  async withLock<T>(name: string, times: LockTimes, task: () => Promise<T>): Promise<T> {
    const before = this.tails.get(name) ?? Promise.resolve();
    const { promise: mine, resolve: release } = Promise.withResolvers<void>();
    const tail = before.then(() => mine);
    this.tails.set(name, tail);
    try {
      await within(before, times.waitMs, name);
      return await task();
    } finally {
      release();
      if (this.tails.get(name) === tail) this.tails.delete(name);
    }
  }
}

async function within(before: Promise<void>, waitMs: number, name: string): Promise<void> {
  const timer = new AbortController();
  const timeout = delay(waitMs, 'late', { signal: timer.signal, ref: false }).catch(() => undefined);
  const first = await Promise.race([before, timeout]);
  timer.abort();
  if (first === 'late') throw new LockTimeoutError(name, waitMs);
}
