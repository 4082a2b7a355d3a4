import { hash, randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import type { Identity } from '../access/identity.js';
import type { Scope } from '../access/scope.js';
import { invalidInput } from '../input/input-validation.pipe.js';
import { cutPage, positionOf } from '../input/page.js';
import { ActiveApiKeys } from './active-api-keys.service.js';
import type { ApiKey } from './api-key.entity.js';
import { displayPrefix, formatApiKey, isMistypedApiKey, KEY_RANDOM_BYTES } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';
import type { KeyLimits } from './key-limits.js';
import { type KnownKey, KnownKeys } from './known-keys.js';
import { LastUse } from './last-use.js';

/** Without any limit it does not name. */
export interface NewApiKey extends Partial<KeyLimits> {
  name: string;
  scopes: Scope[];
  expiresAt: Date | null;
  allowedModels?: string[] | null;
  allowedCidrs?: string[] | null;
}

const UNLIMITED = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  maxConcurrent: null,
  monthlyTokenBudget: null,
  monthlyCostBudget: null,
  allowedModels: null,
  allowedCidrs: null,
};

/** Makes keys and knows them again. A secret leaves this class once, in the answer to its creation. */
@Injectable()
export class ApiKeyService {
  private readonly known: KnownKeys;
  /** Digest → the query that runs for it: a burst of one key's requests asks the database once. */
  private readonly lookups = new Map<string, Promise<KnownKey | null>>();

  constructor(
    private readonly repository: ApiKeyRepository,
    private readonly encryption: Encryption,
    private readonly lastUse: LastUse,
    private readonly clock: Clock,
    private readonly activeKeys: ActiveApiKeys,
  ) {
    this.known = new KnownKeys(clock);
  }

  /** @throws GatewayError when `expiresAt` is not in the future */
  async create(wanted: NewApiKey): Promise<{ apiKey: ApiKey; secret: string }> {
    if (wanted.expiresAt && !(wanted.expiresAt.getTime() > this.clock.now())) {
      throw invalidInput([{ path: 'expiresAt', message: 'expiresAt must be a time in the future' }]);
    }
    const secret = formatApiKey(randomBytes(KEY_RANDOM_BYTES));
    return { apiKey: await this.store(secret, wanted, false), secret };
  }

  /** Stores a key whose secret is already known; `seeded` when it stands for `ADMIN_API_KEY`. */
  async store(secret: string, wanted: NewApiKey, seeded: boolean): Promise<ApiKey> {
    const apiKey: ApiKey = {
      ...UNLIMITED,
      ...wanted,
      previousDigest: null,
      previousExpiresAt: null,
      id: randomUUID(),
      prefix: displayPrefix(secret),
      digest: this.encryption.digest(secret),
      enabled: true,
      seeded,
      lastUsedAt: null,
      createdAt: new Date(this.clock.now()),
    };
    await this.repository.insert(apiKey);
    this.known.forget(fingerprint(secret));
    await this.activeKeys.refresh();
    return apiKey;
  }

  /**
   * A page of keys, the oldest first.
   * @throws GatewayError when `cursor` is not one of ours
   */
  async list(limit: number, cursor?: string): Promise<{ apiKeys: ApiKey[]; nextCursor: string | null }> {
    const found = await this.repository.listAfter(positionOf(cursor), limit + 1);
    const { items, nextCursor } = cutPage(found, limit);
    return { apiKeys: items, nextCursor };
  }

  /**
   * Who presents this secret; undefined when it is no key of ours, disabled or expired. On the path of every request:
   * a key that was seen lately is answered at once, without a promise.
   */
  authenticate(secret: string): Identity | undefined | Promise<Identity | undefined> {
    const known = this.known.get(fingerprint(secret));
    if (known !== undefined) return this.admit(known);
    if (isMistypedApiKey(secret)) return undefined;
    return this.lookUp(secret).then((key) => this.admit(key));
  }

  private admit(key: KnownKey | null): Identity | undefined {
    if (!key?.enabled || key.expiresAt <= this.clock.now()) return undefined;
    this.lastUse.record(key.identity.keyId);
    return key.identity;
  }

  private lookUp(secret: string): Promise<KnownKey | null> {
    const digest = this.encryption.digest(secret);
    const running = this.lookups.get(digest);
    if (running !== undefined) return running;
    const lookup = this.repository
      .findByDigest(digest)
      .then((apiKey) => {
        const key = apiKey && toKnownKey(apiKey);
        this.known.set(fingerprint(secret), key);
        return key;
      })
      .finally(() => this.lookups.delete(digest));
    this.lookups.set(digest, lookup);
    return lookup;
  }
}

/** Under what a secret is remembered in memory: a tenth of the work of the stored digest, which no request needs twice. */
function fingerprint(secret: string): string {
  return hash('sha256', secret, 'base64');
}

function toKnownKey({ id, name, scopes, enabled, expiresAt }: ApiKey): KnownKey {
  return {
    identity: { keyId: id, name, scopes: new Set(scopes) },
    enabled,
    expiresAt: expiresAt?.getTime() ?? Number.POSITIVE_INFINITY,
  };
}
