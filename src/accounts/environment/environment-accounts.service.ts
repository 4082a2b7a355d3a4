import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/clock.js';
import { Configuration } from '../../platform/config/configuration.js';
import type { EnvironmentAccount } from '../../platform/config/environment-accounts.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { AccountRepository, type StoredAccount } from '../account.repository.js';
import type { OidcSecrets } from '../account-secrets.js';
import { shownChange } from '../shown-status.js';
import { StatusLog } from '../status-log.service.js';
import { type EnvironmentSnapshot, formatSnapshot, parseSnapshot } from './environment-snapshot.js';
import { reconcileEnvironment } from './reconcile-environment.js';

/** Each further attempt needs somebody else's write in between. */
const MAX_ATTEMPTS = 3;
const FROM_ENVIRONMENT = 'The environment has new credentials';

/** Brings the environment's accounts into the database at start. Accounts it no longer names stay. */
@Injectable()
export class EnvironmentAccounts {
  private readonly logger = new Logger('Accounts');

  constructor(
    private readonly repository: AccountRepository,
    private readonly encryption: Encryption,
    private readonly configuration: Configuration,
    private readonly statusLog: StatusLog,
    private readonly clock: Clock,
  ) {}

  async sync(): Promise<void> {
    for (const account of this.configuration.accounts) await this.syncOne(account);
  }

  private async syncOne(account: EnvironmentAccount): Promise<void> {
    const snapshot = this.snapshotOf(account);
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      const stored = await this.repository.findWithSecrets(account.id);
      if (!stored) return this.insert(account, snapshot);
      if (stored.account.provider !== 'amazonq') {
        this.logger.warn(`Account ${account.id} is of another provider; it does not follow the environment`);
        return;
      }
      if (await this.update(stored, account, snapshot)) return;
    }
    this.logger.warn(`Account ${account.id} changes while the environment is read; it stays as it is`);
  }

  private async insert(account: EnvironmentAccount, snapshot: EnvironmentSnapshot): Promise<void> {
    const environment = formatSnapshot(snapshot);
    const { id } = account;
    const secrets = credentialsOf(account);
    await this.repository.insert(
      [{ id, label: id, provider: 'amazonq', ...snapshot.fields, secrets, environment }],
      new Date(this.clock.now()),
    );
  }

  /** False: somebody wrote meanwhile, such as another replica that renewed the token. */
  private async update(
    stored: StoredAccount,
    account: EnvironmentAccount,
    snapshot: EnvironmentSnapshot,
  ): Promise<boolean> {
    const environment = formatSnapshot(snapshot);
    if (stored.environment === environment) return true;
    const seen = parseSnapshot(stored.environment);
    const { fields, replacesCredentials } = reconcileEnvironment(stored.account, seen, snapshot);
    if (replacesCredentials) this.logger.log(`Account ${account.id} takes its credentials from the environment`);
    const secrets = replacesCredentials ? credentialsOf(account) : undefined;
    const now = new Date(this.clock.now());
    const isWritten = await this.repository.updateFromEnvironment(stored, { fields, environment, secrets }, now);
    const decision = { enabled: fields.enabled, hasNewCredentials: replacesCredentials, reason: FROM_ENVIRONMENT };
    const change = isWritten ? shownChange(stored.account, decision, now.getTime()) : undefined;
    if (change) this.statusLog.changed(account.id, change);
    return isWritten;
  }

  private snapshotOf(account: EnvironmentAccount): EnvironmentSnapshot {
    const { profileArn, region, weight, enabled } = account;
    const { clientId, clientSecret, refreshToken } = credentialsOf(account);
    return {
      fields: { profileArn, region, weight, enabled },
      credentials: this.encryption.digest(JSON.stringify([clientId, clientSecret, refreshToken])),
    };
  }
}

function credentialsOf({ refreshToken, clientId, clientSecret }: EnvironmentAccount): OidcSecrets {
  return { kind: 'oidc', refreshToken, clientId, clientSecret };
}
