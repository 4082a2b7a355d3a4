import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.js';
import type { Clock } from '../../platform/clock.js';
import type { Identity } from '../access/identity.js';

/** What authentication must know of a stored key, kept so that a request costs no query. */
export interface KnownKey {
  readonly identity: Identity;
  readonly enabled: boolean;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** A change made on another replica is seen after this long. */
const TIME_TO_LIVE_MS = 5_000;
const MAX_ENTRIES = 10_000;

/**
 * What the database said of a secret lately, by the secret's fingerprint. Those it does not know are remembered apart, so that somebody who
 * guesses keys can't push the good ones out.
 */
export class KnownKeys {
  private readonly stored: LRUCache<string, KnownKey>;
  private readonly unknown: LRUCache<string, true>;

  constructor(clock: Clock) {
    const options = { ...atMost(MAX_ENTRIES), ttl: TIME_TO_LIVE_MS, ttlResolution: 0, perf: clock };
    this.stored = new LRUCache(options);
    this.unknown = new LRUCache(options);
  }

  /** The key; null when the database does not have it; undefined when it must be asked. */
  get(fingerprint: string): KnownKey | null | undefined {
    return this.stored.get(fingerprint) ?? (this.unknown.has(fingerprint) ? null : undefined);
  }

  set(fingerprint: string, key: KnownKey | null): void {
    if (key) this.stored.set(fingerprint, key);
    else this.unknown.set(fingerprint, true);
  }

  forget(fingerprint: string): void {
    this.stored.delete(fingerprint);
    this.unknown.delete(fingerprint);
  }
}
