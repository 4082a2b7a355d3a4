import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { SYSTEM } from '../../audit/audit-event.js';
import { Configuration } from '../../platform/config/configuration.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { StateStore } from '../../platform/state/state-store.js';
import { ADMIN_KEY_LOCK } from './admin-keys.js';
import type { ApiKey } from './api-key.entity.js';
import { isMistypedApiKey } from './api-key.js';
import { ApiKeyRepository, type KeyValues } from './api-key.repository.js';
import { ApiKeyService, type NewApiKey } from './api-key.service.js';
import { ApiKeyWrites } from './api-key-writes.service.js';
import { auditedChanges } from './audited-key.js';
import { changedSettings } from './key-settings.js';

/** What a stored key becomes that stands for `ADMIN_API_KEY`. */
const AS_SEEDED = { enabled: true, seeded: true, scopes: ['admin' as const], expiresAt: null };

/** Sees to it at start that there is an admin key: the operator's `ADMIN_API_KEY`, or a generated one. */
@Injectable()
export class AdminKeySeeder implements OnApplicationBootstrap {
  private readonly logger = new Logger(AdminKeySeeder.name);
  private generated: string | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly apiKeys: ApiKeyService,
    private readonly repository: ApiKeyRepository,
    private readonly writes: ApiKeyWrites,
    private readonly encryption: Encryption,
    private readonly state: StateStore,
  ) {}

  /** Replicas that start at once take turns, and each looks at what the one before it left. */
  async onApplicationBootstrap(): Promise<void> {
    const given = this.configuration.settings.ADMIN_API_KEY;
    await this.state.withLock(ADMIN_KEY_LOCK.name, ADMIN_KEY_LOCK.times, () =>
      given ? this.seed(given) : this.generateFirst(),
    );
  }

  /** The key generated at this start, once: it is printed for the operator, stored nowhere and never logged. */
  takeGeneratedKey(): string | undefined {
    const key = this.generated;
    this.generated = undefined;
    return key;
  }

  /** The key before is disabled after the new one works, so that an operator is never without one (contract §10.5). */
  private async seed(secret: string): Promise<void> {
    if (isMistypedApiKey(secret)) {
      throw new Error(
        'ADMIN_API_KEY has the form of a generated key, but its checksum is wrong: a character is mistyped',
      );
    }
    const stored = (await this.find(secret)) ?? (await this.storeFirst(secret));
    if (!stored.seeded) await this.change(stored, AS_SEEDED);
    // Only an admin disables a key that is seeded still: that must outlast a restart.
    if (stored.seeded && !stored.enabled) this.logger.warn('ADMIN_API_KEY is a key that was disabled; it stays so');
    const earlier = (await this.repository.findSeeded()).filter(({ id }) => id !== stored.id);
    for (const key of earlier) await this.change(key, { enabled: false, seeded: false });
  }

  private find(secret: string): Promise<ApiKey | null> {
    return this.repository.findByDigest(this.encryption.digest(secret));
  }

  private async storeFirst(secret: string): Promise<ApiKey> {
    try {
      return await this.apiKeys.store(secret, adminKey('ADMIN_API_KEY'), SYSTEM, true);
    } catch (error) {
      // Replicas without a Redis take no turns: another may have been first.
      const stored = await this.find(secret).catch(() => null);
      if (!stored) throw error;
      return stored;
    }
  }

  private async change(key: ApiKey, values: KeyValues): Promise<void> {
    await this.repository.change(key.id, values);
    const details = auditedChanges(key, changedSettings(key, values));
    await this.writes.done({ actor: SYSTEM, action: 'api-key.update', target: key.id, details });
  }

  private async generateFirst(): Promise<void> {
    if (await this.repository.hasAdminKey()) return;
    this.generated = (await this.apiKeys.create(adminKey('first admin key'), SYSTEM)).secret;
  }
}

function adminKey(name: string): NewApiKey {
  return { name, scopes: ['admin'] };
}
