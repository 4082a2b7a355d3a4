import { timingSafeEqual } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { StateStore } from '../../platform/state/state-store.js';
import { isMistypedApiKey } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { Fingerprints } from './fingerprints.js';
import { type KnownKey, toKnownKey } from './known-key.js';
import { type HeldKey, KnownKeys } from './known-keys.js';

/** The id of a key that was changed is told here. */
const CHANNEL = 'api-keys';

/** Held for longer, a key in use is looked up again while its requests go on. */
const FRESH_MS = 2_000;
/** Held for longer, a key is looked up before its request goes on. */
const GOOD_MS = 5_000;
/** Who can go by what is held waits so long for the database. */
const LONGEST_DOUBT_MS = 1_000;
/** Who can't waits so long; then the query is given up. */
const LONGEST_QUERY_MS = 5_000;
/** Queries that may be out at the same time: those to come are refused rather than lined up. */
const MOST_QUERIES = 1_000;

/**
 * Knows whose a secret is, and asks the database as rarely as it can. A key in use costs no request a query. While the
 * database does not answer, what it said at most five minutes ago goes on to hold, so that an outage stops
 * nobody who was let in before; a key of which a change was told meanwhile is not among them. A change is told
 * to every replica at once, and where that fails it is seen within five seconds.
 */
@Injectable()
export class KeyLookUps {
  private readonly logger = new Logger('ApiKeys');
  private readonly fingerprints = new Fingerprints();
  private readonly known: KnownKeys;
  /** Fingerprint → the query that runs for it: a burst of one key's requests asks the database once. */
  private readonly running = new Map<string, Promise<KnownKey | null>>();
  private queries = 0;
  private failedAt = Number.NEGATIVE_INFINITY;
  private isAway = false;

  constructor(
    private readonly repository: ApiKeyRepository,
    private readonly encryption: Encryption,
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {
    this.known = new KnownKeys(clock);
    state.subscribe(CHANNEL, (keyId) => this.forget(keyId));
  }

  /**
   * The key a secret belongs to, null where there is none. At once, without a promise, where that is known.
   * @throws GatewayError `unavailable` (the promise rejects) when the database must be asked and does not answer
   */
  find(secret: string): KnownKey | null | Promise<KnownKey | null> {
    const fingerprint = this.fingerprints.of(secret);
    const held = this.known.get(fingerprint);
    if (held) return this.confirmed(held, fingerprint, secret);
    if (this.known.isUnknown(fingerprint) || isMistypedApiKey(secret)) return null;
    return this.lookUp(fingerprint, secret).catch((error: unknown) => {
      throw notAnswered(error);
    });
  }

  /** After a change of a key: no replica goes by what it was any more, this one right after what runs now. */
  changed(keyId: string): void {
    this.state.publish(CHANNEL, keyId);
  }

  private forget(keyId: string): void {
    this.known.forget(keyId);
    // What is being read may be what was before: it is neither kept nor waited for by those who come from now on.
    this.running.clear();
  }

  private confirmed(held: HeldKey, fingerprint: string, secret: string): KnownKey | null | Promise<KnownKey | null> {
    const now = this.clock.now();
    const age = now - held.readAt;
    if (age < FRESH_MS) return held.key;
    if (age < GOOD_MS || now - this.failedAt < GOOD_MS) {
      // Nobody waits, and a failure is its own business: it is counted there.
      if (now - held.askedAt >= FRESH_MS) this.lookUp(fingerprint, secret, held).catch(() => undefined);
      return held.key;
    }
    return this.confirm(held, fingerprint, secret);
  }

  private async confirm(held: HeldKey, fingerprint: string, secret: string): Promise<KnownKey | null> {
    try {
      return await within(this.lookUp(fingerprint, secret, held), LONGEST_DOUBT_MS);
    } catch (error) {
      this.failed(error);
      // Not when it was changed meanwhile.
      if (this.known.get(fingerprint) !== held) throw notAnswered(error);
      return held.key;
    }
  }

  /** What the database says of a secret; rejects when it does not answer in time. */
  private lookUp(fingerprint: string, secret: string, held?: HeldKey): Promise<KnownKey | null> {
    const running = this.running.get(fingerprint);
    if (running !== undefined) return running;
    if (this.queries >= MOST_QUERIES) return Promise.reject(new Error(`${MOST_QUERIES} keys are being looked up`));
    const readAt = this.clock.now();
    if (held) held.askedAt = readAt;
    const lookUp = within(this.read(secret, held?.key), LONGEST_QUERY_MS)
      .then(
        (key) => {
          this.answered();
          if (this.running.get(fingerprint) === lookUp) this.known.set(fingerprint, key, readAt);
          return key;
        },
        (error: unknown) => {
          this.failed(error);
          throw error;
        },
      )
      .finally(() => {
        if (this.running.get(fingerprint) === lookUp) this.running.delete(fingerprint);
      });
    this.running.set(fingerprint, lookUp);
    return lookUp;
  }

  private async read(secret: string, known: KnownKey | undefined): Promise<KnownKey | null> {
    this.queries++;
    try {
      const digest = this.encryption.digest(secret);
      const rows = await this.repository.findBySecret(digest);
      const current = rows.find((row) => isSame(row.digest, digest));
      if (current) return toKnownKey(current, false, known);
      const rotated = rows.find((row) => row.previousDigest !== null && isSame(row.previousDigest, digest));
      return rotated ? toKnownKey(rotated, true, known) : null;
    } finally {
      this.queries--;
    }
  }

  private answered(): void {
    this.failedAt = Number.NEGATIVE_INFINITY;
    if (this.isAway) this.logger.log('API keys are looked up again');
    this.isAway = false;
  }

  private failed(error: unknown): void {
    this.failedAt = this.clock.now();
    if (this.isAway) return;
    this.isAway = true;
    const { message } = Error.isError(error) ? error : { message: String(error) };
    this.logger.warn(`API keys cannot be looked up; those seen in the last five minutes stay good: ${message}`);
  }
}

/** By what the database found, a digest is the same; how long it takes to see that tells nothing of where they part. */
function isSame(stored: string, digest: string): boolean {
  return stored.length === digest.length && timingSafeEqual(Buffer.from(stored), Buffer.from(digest));
}

function notAnswered(cause: unknown): GatewayError {
  return new GatewayError('unavailable', 'API keys cannot be checked at the moment.', { shouldRetry: true, cause });
}

/** @throws when the work takes too long; the work itself goes on, and how it ends then is nobody's business */
async function within<T>(work: Promise<T>, longestMs: number): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${longestMs} ms`)), longestMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
