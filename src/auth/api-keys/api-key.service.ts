import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { Clock } from '../../platform/clock.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { cutPage, positionOf } from '../input/page.js';
import type { ApiKey } from './api-key.entity.js';
import { displayPrefix, formatApiKey, KEY_RANDOM_BYTES } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyWrites } from './api-key-writes.service.js';
import { auditedKey } from './audited-key.js';
import { type Authentication, isRefused } from './authentication.js';
import { KeyLookUps } from './key-look-ups.service.js';
import { type KeySettings, refusePastExpiry, UNLIMITED } from './key-settings.js';
import { authenticationOf, type KnownKey } from './known-key.js';
import { LastUse } from './last-use.js';

/** Without any limit it does not name. */
export type NewApiKey = Pick<KeySettings, 'name' | 'scopes'> & Partial<KeySettings>;

/** Makes keys and knows them again. */
@Injectable()
export class ApiKeyService {
  constructor(
    private readonly repository: ApiKeyRepository,
    private readonly encryption: Encryption,
    private readonly lookUps: KeyLookUps,
    private readonly writes: ApiKeyWrites,
    private readonly lastUse: LastUse,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError when `expiresAt` is not in the future */
  async create(wanted: NewApiKey, actor: Actor): Promise<{ apiKey: ApiKey; secret: string }> {
    refusePastExpiry(wanted, this.clock.now());
    const secret = formatApiKey(randomBytes(KEY_RANDOM_BYTES));
    return { apiKey: await this.store(secret, wanted, actor, false), secret };
  }

  /** Stores a key whose secret is already known; `seeded` when it stands for `ADMIN_API_KEY`. */
  async store(secret: string, wanted: NewApiKey, actor: Actor, seeded: boolean): Promise<ApiKey> {
    const apiKey: ApiKey = {
      ...UNLIMITED,
      ...wanted,
      id: randomUUID(),
      prefix: displayPrefix(secret),
      digest: this.encryption.digest(secret),
      previousDigest: null,
      previousExpiresAt: null,
      seeded,
      lastUsedAt: null,
      createdAt: new Date(this.clock.now()),
    };
    await this.repository.insert(apiKey);
    await this.writes.done({ actor, action: 'api-key.create', target: apiKey.id, details: auditedKey(apiKey) });
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
   * Who presents this secret, or why nobody may with it. On the path of every request: a key that was seen lately is
   * answered at once, without a promise.
   * @throws GatewayError `unavailable` (the promise rejects) when the database must be asked and does not answer
   */
  authenticate(secret: string): Authentication | Promise<Authentication> {
    const key = this.lookUps.find(secret);
    return key instanceof Promise ? key.then((found) => this.judge(found)) : this.judge(key);
  }

  private judge(key: KnownKey | null): Authentication {
    const authentication = authenticationOf(key, this.clock.now());
    if (!isRefused(authentication)) this.lastUse.record(authentication.identity.keyId);
    return authentication;
  }
}
