import { Inject, Injectable } from '@nestjs/common';
import { DataSource, In, type Repository } from 'typeorm';
import { Encryption } from '../platform/encryption/encryption.js';
import { AccountEntity } from './account.entity.js';
import type { Account, AccountStatus } from './account.js';
import { toAccount } from './account-row.js';
import { type AccountSecrets, formatSecrets, parseSecrets } from './account-secrets.js';
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

export interface NewAccount extends EnvironmentFields {
  id: string;
  label: string;
  environment?: string;
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

  /** Does nothing when there is an account of that id already, such as from a replica that started a moment before. */
  async insert(account: NewAccount, secrets: AccountSecrets, now: Date): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .insert()
      .values({
        ...account,
        provider: 'amazonq',
        status: 'active',
        statusSince: now,
        secrets: this.seal(account.id, secrets),
        createdAt: now,
        updatedAt: now,
      })
      .orIgnore()
      .execute();
  }

  /**
   * Stores a renewed token: access token, expiry and, where it was rotated, the refresh token at once. It proves that
   * the sign-in works, so `needs_login` ends with it.
   * @returns false, and nothing is written, when the secrets changed since `version` was read
   */
  async storeToken(id: string, version: string, token: StoredToken, now: Date): Promise<boolean> {
    const secrets = this.seal(id, token.secrets);
    const { affected } = await this.rows
      .createQueryBuilder()
      .update()
      .set({
        secrets,
        tokenExpiresAt: token.tokenExpiresAt,
        lastRefreshAt: now,
        status: () => "CASE WHEN status IN ('needs_login', 'refreshing') THEN 'active' ELSE status END",
        statusReason: () => "CASE WHEN status IN ('needs_login', 'refreshing') THEN NULL ELSE status_reason END",
        statusSince: () =>
          `CASE WHEN status IN ('needs_login', 'refreshing') THEN ${now.getTime()} ELSE status_since END`,
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
        ...(change.secrets && {
          secrets: this.seal(id, change.secrets),
          tokenExpiresAt: null,
          lastRefreshAt: null,
          status: () => "CASE WHEN status = 'needs_login' THEN 'active' ELSE status END",
          statusReason: () => "CASE WHEN status = 'needs_login' THEN NULL ELSE status_reason END",
          statusSince: () => `CASE WHEN status = 'needs_login' THEN ${now.getTime()} ELSE status_since END`,
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

  private seal(id: string, secrets: AccountSecrets): string {
    return this.encryption.encrypt(formatSecrets(secrets), id);
  }
}
