import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Configuration } from '../../platform/config/configuration.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { StateStore } from '../../platform/state/state-store.js';
import { isMistypedApiKey } from './api-key.js';
import { ApiKeyRepository } from './api-key.repository.js';
import { ApiKeyService, type NewApiKey } from './api-key.service.js';

const LOCK_TIMES = { holdMs: 10_000, waitMs: 20_000 };

/** Sees to it at start that there is an admin key: the operator's `ADMIN_API_KEY`, or a generated one. */
@Injectable()
export class AdminKeySeeder implements OnApplicationBootstrap {
  private readonly logger = new Logger(AdminKeySeeder.name);
  private generated: string | undefined;

  constructor(
    private readonly configuration: Configuration,
    private readonly apiKeys: ApiKeyService,
    private readonly repository: ApiKeyRepository,
    private readonly encryption: Encryption,
    private readonly state: StateStore,
  ) {}

  /** Replicas that start at once take turns, and each looks at what the one before it left. */
  async onApplicationBootstrap(): Promise<void> {
    const given = this.configuration.settings.ADMIN_API_KEY;
    await this.state.withLock('admin-key', LOCK_TIMES, () => (given ? this.seed(given) : this.generateFirst()));
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
    const stored = await this.repository.findByDigest(this.encryption.digest(secret));
    const id = stored?.id ?? (await this.apiKeys.store(secret, adminKey('ADMIN_API_KEY'), true)).id;
    if (stored && !stored.seeded) await this.repository.seed(id);
    // Only an admin disables a key that is seeded still: that must outlast a restart.
    if (stored?.seeded && !stored.enabled) this.logger.warn('ADMIN_API_KEY is a key that was disabled; it stays so');
    await this.repository.disableSeededExcept(id);
  }

  private async generateFirst(): Promise<void> {
    if (await this.repository.hasAdminKey()) return;
    this.generated = (await this.apiKeys.create(adminKey('first admin key'))).secret;
  }
}

function adminKey(name: string): NewApiKey {
  return { name, scopes: ['admin'], expiresAt: null };
}
