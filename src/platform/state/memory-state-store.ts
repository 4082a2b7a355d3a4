import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { atMost } from '../at-most.js';
import { Clock } from '../clock.js';
import type { AllowanceAnswer, AllowanceLimits, Amount, Spent } from './allowance.js';
import { LocalAllowances } from './local-allowances.js';
import { LocalPlaces } from './local-places.js';
import type { PlaceAnswer, PlaceLimits } from './places.js';
import { LockTimeoutError, type LockTimes, StateStore } from './state-store.js';

/** Of each kind. Values of some hundred bytes: a few megabytes at most. */
const MOST_REMEMBERED = 20_000;

/** State of one process. A lock here is a queue of promises: it cannot outlive its holder, so `holdMs` has no meaning. */
export class MemoryStateStore extends StateStore {
  private readonly logger = new Logger('StateStore');
  private readonly listeners = new Map<string, ((message: string) => void)[]>();
  private readonly tails = new Map<string, Promise<void>>();
  /** By kind, which is what a key says before its colon: many of one push out none of another. */
  private readonly remembered = new Map<string, LRUCache<string, string>>();
  private readonly places: LocalPlaces;
  private readonly allowances: LocalAllowances;

  constructor(private readonly clock = new Clock()) {
    super();
    this.places = new LocalPlaces(clock);
    this.allowances = new LocalAllowances(clock);
  }

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

  async remember(key: string, value: string, ttlSeconds: number): Promise<void> {
    this.like(key).set(key, value, { ttl: ttlSeconds * 1000 });
  }

  async recall(keys: readonly string[]): Promise<(string | undefined)[]> {
    return keys.map((key) => this.like(key).get(key));
  }

  async forget(keys: readonly string[]): Promise<void> {
    for (const key of keys) this.like(key).delete(key);
  }

  async takePlace(name: string, limits: PlaceLimits): Promise<PlaceAnswer> {
    return this.places.take(name, limits);
  }

  async takeAllowance(name: string, limits: AllowanceLimits, estimate: Amount, spent: Spent): Promise<AllowanceAnswer> {
    return this.allowances.take(name, limits, estimate, spent);
  }

  publish(channel: string, message: string): void {
    // Later, as if it came over a wire: who publishes in the middle of a change is not called back within it.
    for (const listener of this.listeners.get(channel) ?? [])
      queueMicrotask(() => this.tell(channel, listener, message));
  }

  subscribe(channel: string, listener: (message: string) => void): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Those of its kind; what was longest out of use goes first. */
  private like(key: string): LRUCache<string, string> {
    const kind = key.slice(0, Math.max(key.indexOf(':'), 0));
    const known = this.remembered.get(kind);
    if (known) return known;
    const added = new LRUCache<string, string>({ ...atMost(MOST_REMEMBERED), ttlResolution: 0, perf: this.clock });
    this.remembered.set(kind, added);
    return added;
  }

  private tell(channel: string, listener: (message: string) => void, message: string): void {
    try {
      listener(message);
    } catch (error) {
      this.logger.error(`a listener of '${channel}' failed: ${(error as Error).message}`);
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
