import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../audit/audit-event.js';
import { GatewayError } from '../../core/errors.js';
import { Clock } from '../../platform/clock.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { LockTimeoutError, StateStore } from '../../platform/state/state-store.js';
import { ADMIN_KEY_LOCK, adminUntil } from './admin-keys.js';
import type { ApiKey } from './api-key.entity.js';
import { displayPrefix, formatApiKey, KEY_RANDOM_BYTES } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyWrites } from './api-key-writes.service.js';
import { auditedChanges } from './audited-key.js';
import { changedSettings, type KeySettings, refusePastExpiry } from './key-settings.js';

/** What the path of a request holds may be anything; an id never is. */
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Changes, rotates and deletes keys as an administrator says. One change at a time, over all replicas: two of them
 * together could take away the last key of an administrator, though none of them alone does.
 */
@Injectable()
export class ApiKeyEditor {
  private readonly deletionListeners: ((keyId: string) => void)[] = [];

  constructor(
    private readonly repository: ApiKeyRepository,
    private readonly writes: ApiKeyWrites,
    private readonly encryption: Encryption,
    private readonly state: StateStore,
    private readonly clock: Clock,
  ) {}

  /** Called with the id of each key that is deleted in this process, for what was kept for it. */
  onDelete(listener: (keyId: string) => void): void {
    this.deletionListeners.push(listener);
  }

  /** @throws GatewayError `not_found` */
  async get(id: string): Promise<ApiKey> {
    const key = ID.test(id) ? await this.repository.find(id) : null;
    if (!key) throw notFound(id);
    return key;
  }

  /**
   * What is as wanted already is no change: nothing is written then.
   * @throws GatewayError `not_found`; `invalid_request` for an expiry that is not in the future; `conflict` when nobody would be left to administer
   */
  update(id: string, wanted: Partial<KeySettings>, actor: Actor): Promise<ApiKey> {
    return this.alone(async () => {
      const before = await this.get(id);
      const changes = changedSettings(before, wanted);
      if (Object.keys(changes).length === 0) return before;
      refusePastExpiry(changes, this.clock.now());
      const after = { ...before, ...changes };
      await this.refuseLastAdmin(before, adminUntil(after, this.clock.now()));
      if (!(await this.repository.change(id, changes))) throw notFound(id);
      await this.writes.done({ actor, action: 'api-key.update', target: id, details: auditedChanges(before, changes) });
      return after;
    });
  }

  /**
   * Gives the key another secret.
   * @param overlapSeconds for so long the one before stays good; one that was before that ends now
   * @throws GatewayError `not_found`; `conflict` for the key that stands for `ADMIN_API_KEY`
   */
  rotate(id: string, overlapSeconds: number, actor: Actor): Promise<{ apiKey: ApiKey; secret: string }> {
    return this.alone(async () => {
      const before = await this.get(id);
      if (before.seeded) {
        throw new GatewayError('conflict', 'This key is the setting ADMIN_API_KEY: it is changed there, at a restart.');
      }
      const secret = formatApiKey(randomBytes(KEY_RANDOM_BYTES));
      const previous =
        overlapSeconds > 0
          ? { previousDigest: before.digest, previousExpiresAt: new Date(this.clock.now() + overlapSeconds * 1000) }
          : { previousDigest: null, previousExpiresAt: null };
      const values = { digest: this.encryption.digest(secret), prefix: displayPrefix(secret), ...previous };
      if (!(await this.repository.change(id, values))) throw notFound(id);
      const details = { prefix: { from: before.prefix, to: values.prefix }, overlapSeconds };
      await this.writes.done({ actor, action: 'api-key.rotate', target: id, details });
      return { apiKey: { ...before, ...values }, secret };
    });
  }

  /** @throws GatewayError `not_found`; `conflict` when nobody would be left to administer */
  delete(id: string, actor: Actor): Promise<void> {
    return this.alone(async () => {
      const before = await this.get(id);
      await this.refuseLastAdmin(before, this.clock.now());
      if (!(await this.repository.delete(id))) throw notFound(id);
      for (const listener of this.deletionListeners) listener(id);
      const { name, prefix, scopes } = before;
      await this.writes.done({ actor, action: 'api-key.delete', target: id, details: { name, prefix, scopes } });
    });
  }

  /** When the key ends to be an administrator's sooner than it would have, another has to outlast it. */
  private async refuseLastAdmin(before: ApiKey, until: number): Promise<void> {
    if (until >= adminUntil(before, this.clock.now())) return;
    if (await this.repository.hasOtherAdmin(before.id, until)) return;
    throw new GatewayError(
      'conflict',
      "This is the last enabled key with the scope 'admin': nobody could administer the gateway any more. Make another one first.",
    );
  }

  /** @throws GatewayError `unavailable` when the changes before it take too long */
  private async alone<T>(change: () => Promise<T>): Promise<T> {
    try {
      return await this.state.withLock(ADMIN_KEY_LOCK.name, ADMIN_KEY_LOCK.times, change);
    } catch (cause) {
      if (!(cause instanceof LockTimeoutError)) throw cause;
      const message = 'Another change of an API key is under way. Nothing was changed.';
      throw new GatewayError('unavailable', message, { cause });
    }
  }
}

function notFound(id: string): GatewayError {
  return new GatewayError('not_found', `There is no API key '${id.slice(0, 100)}'.`);
}
