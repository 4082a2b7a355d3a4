import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
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
  /** What the token endpoint knew better than we did. */
  corrected?: Pick<AccountSettings, 'profileArn' | 'ssoRegion'>;
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

  /**
   * All in one statement. An id that is there already, such as from a replica that started a moment before, stays.
   * @returns by id the `version` its secrets have if the account is one of these and not the one that was there
   */
  async insert(accounts: readonly NewAccount[], now: Date): Promise<ReadonlyMap<string, string>> {
    const rows = accounts.map((account) => this.newRow(account, now));
    if (rows.length > 0) {
      // TypeORM would read the rows again, and mix up their ids with those of others.
      await this.rows.createQueryBuilder().insert().values(rows).orIgnore().updateEntity(false).execute();
    }
    return new Map(rows.map(({ id, secrets }) => [id, secrets]));
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
          enabledSince: sinceChanged(now),
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

  /**
   * @param ifRevision the revision the caller knows; undefined: any
   * @returns false when there was none, or not at that revision any more
   */
  async delete(id: string, ifRevision?: number): Promise<boolean> {
    const { affected } = await this.rows.delete(ifRevision === undefined ? { id } : { id, revision: ifRevision });
    return affected === 1;
  }

  /**
   * Stores a renewed token: access token, expiry and, where it was rotated, the refresh token at once. It proves that
   * the sign-in works, so `needs_login` ends with it. The status before is the caller's to know, so that its end is told.
   * @returns false, and nothing is written, when the secrets changed since `version` was read, or the status since
   *   `from` was
   */
  async storeToken(id: string, version: string, from: AccountStatus, token: StoredToken, now: Date): Promise<boolean> {
    const { affected } = await this.rows
      .createQueryBuilder()
      .update()
      .set({
        secrets: this.seal(id, token.secrets),
        tokenDigest: this.digest(recognisableIn(token.secrets).token),
        tokenExpiresAt: token.tokenExpiresAt,
        lastRefreshAt: now,
        ...(token.corrected && { ...token.corrected, revision: () => 'revision + 1', updatedAt: now }),
        ...signedIn(['needs_login', 'refreshing'], now),
      })
      .where({ id, secrets: version, status: from })
      .execute();
    return affected === 1;
  }

  /**
   * What the environment changed about an account; with `secrets`, new credentials: the old access token goes, and
   * `needs_login` ends.
   * @returns false, and nothing is written, when somebody changed the account since it was read
   */
  async updateFromEnvironment(
    { account: { id, revision }, version }: StoredAccount,
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
        enabledSince: sinceChanged(now),
        environment: change.environment,
        updatedAt: now,
        revision: () => 'revision + 1',
        ...(change.secrets && {
          ...this.credentialColumns(id, { secrets: change.secrets }, now),
          ...signedIn(['needs_login'], now),
        }),
      })
      .where({ id, secrets: version, revision })
      .setParameters({ enabled })
      .execute();
    return affected === 1;
  }

  /**
   * Only a new sign-in helps this account. Its status before is the caller's to know, so that a change is told once.
   * @returns false, and nothing is written, when the secrets changed since `version` was read, or the status since
   *   `from` was
   */
  async markNeedsLogin(id: string, version: string, from: AccountStatus, reason: string, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id, secrets: version, status: from },
      { status: 'needs_login', statusReason: reason, statusSince: now, statusUntil: null, updatedAt: now },
    );
    return affected === 1;
  }

  private newRow(account: NewAccount, now: Date) {
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

/** For `enabledSince`, beside a new value of `enabled` that is the parameter of this name. */
function sinceChanged(now: Date) {
  return () => `CASE WHEN enabled = :enabled THEN enabled_since ELSE ${now.getTime()} END`;
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
