import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { Encryption } from '../../platform/encryption/encryption.js';
import { AccountEntity } from '../account.entity.js';
import type { Account } from '../account.js';
import { toAccount } from '../account-row.js';
import { type AccountSecrets, parseSecrets } from '../account-secrets.js';

/** An account on its way out. */
export interface AccountToExport {
  account: Account;
  /** Undefined when nobody asked for them; `unreadable` when they can't be decrypted. */
  secrets?: AccountSecrets | 'unreadable';
}

/** What an export asks the table of accounts. */
@Injectable()
export class ExportRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(
    @Inject(DataSource) dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  count(): Promise<number> {
    return this.rows.count();
  }

  /** The oldest first, those after `position` only. */
  async page(position: Account | undefined, limit: number, withSecrets: boolean): Promise<AccountToExport[]> {
    const query = this.rows.createQueryBuilder('account');
    if (withSecrets) query.addSelect('account.secrets');
    if (position) {
      query.where('account.createdAt > :at OR (account.createdAt = :at AND account.id > :id)', {
        at: position.createdAt.getTime(),
        id: position.id,
      });
    }
    const rows = await query.orderBy('account.createdAt').addOrderBy('account.id').limit(limit).getMany();
    return rows.map((row) => ({ account: toAccount(row), ...(withSecrets && { secrets: this.read(row) }) }));
  }

  /** One that can't be read must not keep the others from being saved. */
  private read(row: AccountEntity): AccountSecrets | 'unreadable' {
    try {
      return parseSecrets(this.encryption.decrypt(row.secrets, row.id));
    } catch {
      return 'unreadable';
    }
  }
}
