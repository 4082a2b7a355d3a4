import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.js';
import type { Clock } from '../../platform/clock.js';
import type { KnownKey } from './known-key.js';

/** A key as the database had it. Times are milliseconds since the epoch. */
export interface HeldKey {
  readonly key: KnownKey;
  /** When the database was asked for what is held. */
  readonly readAt: number;
  /** When it was asked last, whether it answered or not. */
  askedAt: number;
}

const MAX_ENTRIES = 10_000;
/** A key that the database did not confirm for so long is none any more. */
export const LONGEST_HELD_MS = 300_000;
/** A secret that is no key may become one on another replica, without a word where replicas share no Redis. */
const UNKNOWN_FOR_MS = 5_000;

/**
 * What the database said of a secret, by the secret's fingerprint. Those it does not know are remembered apart, so that
 * somebody who guesses keys can't push the good ones out.
 */
export class KnownKeys {
  private readonly held = new LRUCache<string, HeldKey>(atMost(MAX_ENTRIES));
  private readonly unknown: LRUCache<string, true>;

  constructor(private readonly clock: Clock) {
    this.unknown = new LRUCache({ ...atMost(MAX_ENTRIES), ttl: UNKNOWN_FOR_MS, ttlResolution: 0, perf: clock });
  }

  get(fingerprint: string): HeldKey | undefined {
    const held = this.held.get(fingerprint);
    if (!held) return undefined;
    const age = this.clock.now() - held.readAt;
    // A clock that was put back says nothing of age.
    if (age >= 0 && age <= LONGEST_HELD_MS) return held;
    this.held.delete(fingerprint);
    return undefined;
  }

  isUnknown(fingerprint: string): boolean {
    return this.unknown.has(fingerprint);
  }

  /** @param key null: the database does not have it */
  set(fingerprint: string, key: KnownKey | null, readAt: number): void {
    if (key) {
      this.unknown.delete(fingerprint);
      this.held.set(fingerprint, { key, readAt, askedAt: readAt });
    } else {
      this.held.delete(fingerprint);
      this.unknown.set(fingerprint, true);
    }
  }

  /** Forgets a key that was changed, and all that were none: one of them may be a key now. */
  forget(keyId: string): void {
    const changed = [...this.held.entries()].filter(([, { key }]) => key.id === keyId);
    for (const [fingerprint] of changed) this.held.delete(fingerprint);
    this.unknown.clear();
  }
}
