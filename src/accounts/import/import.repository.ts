import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { Encryption } from '../../platform/encryption/encryption.js';
import { AccountEntity } from '../account.entity.js';
import { toAccount } from '../account-row.js';
import { parseSecrets } from '../account-secrets.js';
import type { StoredForImport } from './account-matches.js';

/** What the accounts of an import may be known by. */
export interface Lookup {
  ids: readonly string[];
  tokenDigests: readonly string[];
  clientDigests: readonly string[];
}

/** What an import asks the table of accounts. */
@Injectable()
export class ImportRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  /** Every account that any of these could mean, in one statement. */
  async find({ ids, tokenDigests, clientDigests }: Lookup): Promise<StoredForImport[]> {
    const conditions: string[] = [];
    if (ids.length > 0) conditions.push('account.id IN (:...ids)');
    if (tokenDigests.length > 0) {
      conditions.push('account.tokenDigest IN (:...tokenDigests)', 'account.givenDigest IN (:...tokenDigests)');
    }
    if (clientDigests.length > 0) conditions.push('account.clientDigest IN (:...clientDigests)');
    if (conditions.length === 0) return [];
    const rows = await this.rows
      .createQueryBuilder('account')
      .addSelect(['account.secrets', 'account.tokenDigest', 'account.givenDigest', 'account.clientDigest'])
      .where(conditions.join(' OR '), { ids, tokenDigests, clientDigests })
      .orderBy('account.createdAt')
      .addOrderBy('account.id')
      .getMany();
    return rows.map((row) => ({
      account: toAccount(row),
      secrets: this.read(row),
      version: row.secrets,
      tokenDigest: row.tokenDigest ?? undefined,
      givenDigest: row.givenDigest ?? undefined,
      clientDigest: row.clientDigest ?? undefined,
    }));
  }

  /** Secrets that can't be read any more are as good as none: new ones may take their place. */
  private read(row: AccountEntity): StoredForImport['secrets'] {
    try {
      return parseSecrets(this.encryption.decrypt(row.secrets, row.id));
    } catch {
      return undefined;
    }
  }
}
