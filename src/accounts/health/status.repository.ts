import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { StoredStatus } from '../../core/pool/status-transition.js';
import { AccountEntity } from '../account.entity.js';
import type { Account } from '../account.js';
import { toAccount } from '../account-row.js';

/** A status with everything that belongs to it. */
export interface StatusFields {
  status: StoredStatus;
  statusReason: string | undefined;
  statusSince: Date;
  statusUntil: Date | undefined;
}

/** Of an account's row, its status. Every method is one statement. */
@Injectable()
export class StatusRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  async read(id: string): Promise<Account | undefined> {
    const row = await this.rows.findOneBy({ id });
    return row ? toAccount(row) : undefined;
  }

  /** @returns false, and nothing is written, when the account is gone or its status is not `from` any more */
  async change(id: string, from: string, to: StatusFields, now: Date): Promise<boolean> {
    const { status, statusReason = null, statusSince, statusUntil = null } = to;
    const { affected } = await this.rows.update(
      { id, status: from },
      { status, statusReason, statusSince, statusUntil, updatedAt: now },
    );
    return affected === 1;
  }
}
