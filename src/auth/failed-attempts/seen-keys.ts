import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.js';
import type { Clock } from '../../platform/clock.js';
import { Fingerprints } from '../api-keys/fingerprints.js';
import { addressGroup } from './address-group.js';

const REMEMBERED_MS = 24 * 3_600_000;
/** A key in steady use costs a digest so often. */
const RENEWED_AFTER_MS = 60_000;
const MAX_KEYS = 10_000;

/**
 * Which keys came from which address within the last day. Holds fingerprints, no key.
 */
export class SeenKeys {
  private readonly fingerprints = new Fingerprints();
  private readonly good: LRUCache<string, true>;
  /** Address and key id → its digest need not be made again so soon. */
  private readonly renewed: LRUCache<string, true>;
  private readonly wrong: LRUCache<string, true>;

  constructor(clock: Clock) {
    const options = { ...atMost(MAX_KEYS), ttlResolution: 0, perf: clock };
    this.good = new LRUCache({ ...options, ttl: REMEMBERED_MS });
    this.renewed = new LRUCache({ ...options, ttl: RENEWED_AFTER_MS });
    this.wrong = new LRUCache({ ...options, ttl: REMEMBERED_MS });
  }

  /** On the path of every request. */
  rememberGood(address: string, keyId: string, key: string): void {
    const user = `${address} ${keyId}`;
    if (this.renewed.has(user)) return;
    this.renewed.set(user, true);
    this.good.set(this.digest(address, key), true);
  }

  wasGood(address: string, key: string): boolean {
    return this.good.has(this.digest(address, key));
  }

  /** Says whether it came from there before. */
  rememberWrong(address: string, key: string): boolean {
    const digest = this.digest(address, key);
    if (this.wrong.get(digest)) return true;
    this.wrong.set(digest, true);
    return false;
  }

  /** Of an address and a key, for this process. */
  digest(address: string, key: string): string {
    return this.fingerprints.of(`${addressGroup(address)} ${key}`);
  }
}
