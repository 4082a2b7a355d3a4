import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type Repository } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import { Encryption } from '../platform/encryption/encryption.js';
import { AccountEntity } from './account.entity.js';
import type { Account, AccountSettings, AccountStatus, Provider } from './account.js';
import { toAccount } from './account-row.js';
import { type AccountSecrets, formatSecrets, parseSecrets, recognisableIn } from './account-secrets.js';
import type { EnvironmentFields } from './environment/environment-snapshot.js';

/** An account with its secrets, as read at one moment. */
export interface StoredAccount {
  account: Account;
  secrets: AccountSecrets;
  /**
   * Names this reading of the secrets. A write that replaces them names it too, and does nothing when somebody else
   * wrote since: a rotated refresh token is never overwritten by an older one.
   */
  version: string;
  /** What the environment said last. */
  environment?: string;
}

/** Credentials as an operator gave them, or as a sign-in brought them. */
export interface GivenCredentials {
  secrets: AccountSecrets;
  /** Of the access token among them. */
  tokenExpiresAt?: Date;
  registrationExpiresAt?: Date;
}

export interface NewAccount extends Partial<AccountSettings>, GivenCredentials {
  id: string;
  label: string;
  provider: Provider;
  environment?: string;
}

/** What of an account changes; null takes a field away. */
export interface AccountChange {
  settings?: { [Field in keyof AccountSettings]?: AccountSettings[Field] | null };
  /** They take the place of the old ones; `needs_login` ends. */
  credentials?: GivenCredentials;
}

export interface StoredToken {
  secrets: AccountSecrets;
  tokenExpiresAt: Date;
}

/**
 * The table of accounts. Every method is one statement: on SQLite all requests share one connection, and a
 * transaction would take others' statements into it.
 */
@Injectable()
export class AccountRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  /** All accounts, oldest first. */
  async list(): Promise<Account[]> {
    const rows = await this.rows.find({ order: { createdAt: 'ASC', id: 'ASC' } });
    return rows.map(toAccount);
  }

  /** @throws when the secrets were encrypted with another key */
  async findWithSecrets(id: string): Promise<StoredAccount | undefined> {
    const row = await this.rows
      .createQueryBuilder('account')
      .addSelect('account.secrets')
      .where('account.id = :id', { id })
      .getOne();
    if (!row) return undefined;
    return {
      account: toAccount(row),
      secrets: parseSecrets(this.encryption.decrypt(row.secrets, row.id)),
      version: row.secrets,
      environment: row.environment ?? undefined,
    };
  }

  /** All in one statement. An id that is there already, such as from a replica that started a moment before, stays. */
  async insert(accounts: readonly NewAccount[], now: Date): Promise<void> {
    if (accounts.length === 0) return;
    await this.rows
      .createQueryBuilder()
      .insert()
      .values(accounts.map((account) => this.newRow(account, now)))
      .orIgnore()
      .execute();
  }

  /**
   * Changes what an admin decides, in one statement.
   * @param ifRevision the revision the caller knows; undefined: any
   * @returns false, and nothing is written, when there is no such account, or not at that revision any more
   */
  async change(id: string, { settings = {}, credentials }: AccountChange, now: Date, ifRevision?: number) {
    const { affected } = await this.rows
      .createQueryBuilder()
      .update()
      .set({
        ...(settings as QueryDeepPartialEntity<AccountEntity>),
        ...(settings.enabled !== undefined && {
          enabledSince: () => `CASE WHEN enabled = :enabled THEN enabled_since ELSE ${now.getTime()} END`,
        }),
        ...(credentials && { ...this.credentialColumns(id, credentials, now), ...signedIn(['needs_login'], now) }),
        revision: () => 'revision + 1',
        updatedAt: now,
      })
      .where(ifRevision === undefined ? { id } : { id, revision: ifRevision })
      .setParameters(settings.enabled === undefined ? {} : { enabled: settings.enabled })
      .execute();
    return affected === 1;
  }

  /** @returns false when there was none */
  async delete(id: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ id });
    return affected === 1;
  }

  /**
   * Stores a renewed token: access token, expiry and, where it was rotated, the refresh token at once. It proves that
   * the sign-in works, so `needs_login` ends with it.
   * @returns false, and nothing is written, when the secrets changed since `version` was read
   */
  async storeToken(id: string, version: string, token: StoredToken, now: Date): Promise<boolean> {
    const { affected } = await this.rows
      .createQueryBuilder()
      .update()
      .set({
        secrets: this.seal(id, token.secrets),
        tokenDigest: this.digest(recognisableIn(token.secrets).token),
        tokenExpiresAt: token.tokenExpiresAt,
        lastRefreshAt: now,
        ...signedIn(['needs_login', 'refreshing'], now),
      })
      .where({ id, secrets: version })
      .execute();
    return affected === 1;
  }

  /**
   * What the environment changed about an account; with `secrets`, new credentials: the old access token goes, and
   * `needs_login` ends.
   * @returns false, and nothing is written, when the secrets changed since `version` was read
   */
  async updateFromEnvironment(
    id: string,
    version: string,
    change: { fields: EnvironmentFields; environment: string; secrets?: AccountSecrets },
    now: Date,
  ): Promise<boolean> {
    const { profileArn = null, region = null, weight, enabled } = change.fields;
    const { affected } = await this.rows
      .createQueryBuilder()
      .update()
      .set({
        profileArn,
        region,
        weight,
        enabled,
        environment: change.environment,
        updatedAt: now,
        revision: () => 'revision + 1',
        ...(change.secrets && {
          ...this.credentialColumns(id, { secrets: change.secrets }, now),
          ...signedIn(['needs_login'], now),
        }),
      })
      .where({ id, secrets: version })
      .execute();
    return affected === 1;
  }

  /**
   * Only a new sign-in helps this account.
   * @returns false, and nothing is written, when the secrets changed since `version` was read
   */
  async markNeedsLogin(id: string, version: string, reason: string, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id, secrets: version },
      { status: 'needs_login', statusReason: reason, statusSince: now, updatedAt: now },
    );
    return affected === 1;
  }

  /** Takes an account out of use; one that is out already keeps the first reason. */
  async takeOut(id: string, status: AccountStatus, reason: string, now: Date): Promise<void> {
    await this.rows.update(
      { id, status: In(['active', 'refreshing']) },
      { status, statusReason: reason, statusSince: now, updatedAt: now },
    );
  }

  async touch(id: string, lastUsedAt: Date): Promise<void> {
    await this.rows.update({ id }, { lastUsedAt });
  }

  private newRow(account: NewAccount, now: Date): QueryDeepPartialEntity<AccountEntity> {
    const { secrets, tokenExpiresAt, registrationExpiresAt, ...fields } = account;
    return {
      enabled: true,
      weight: 1,
      priority: 0,
      ...fields,
      status: 'active',
      statusSince: now,
      createdAt: now,
      updatedAt: now,
      ...this.credentialColumns(account.id, { secrets, tokenExpiresAt, registrationExpiresAt }, now),
      credentialsSince: null,
    };
  }

  private credentialColumns(
    id: string,
    { secrets, tokenExpiresAt, registrationExpiresAt }: GivenCredentials,
    now: Date,
  ) {
    const { token, client } = recognisableIn(secrets);
    const tokenDigest = this.digest(token);
    return {
      secrets: this.seal(id, secrets),
      clientDigest: client === undefined ? null : this.digest(client),
      givenDigest: tokenDigest,
      tokenDigest,
      tokenExpiresAt: tokenExpiresAt ?? null,
      registrationExpiresAt: registrationExpiresAt ?? null,
      lastRefreshAt: null,
      credentialsSince: now,
    };
  }

  private digest(credential: string): string {
    return this.encryption.digest(credential, 'credentials');
  }

  private seal(id: string, secrets: AccountSecrets): string {
    return this.encryption.encrypt(formatSecrets(secrets), id);
  }
}

/** A sign-in that works ends each of these statuses. */
function signedIn(endedStatuses: readonly AccountStatus[], now: Date) {
  const ended = `status IN (${endedStatuses.map((status) => `'${status}'`).join(', ')})`;
  return {
    status: () => `CASE WHEN ${ended} THEN 'active' ELSE status END`,
    statusReason: () => `CASE WHEN ${ended} THEN NULL ELSE status_reason END`,
    statusSince: () => `CASE WHEN ${ended} THEN ${now.getTime()} ELSE status_since END`,
  };
}
