import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { AccountEntity } from '../account.entity.js';
import type { Quota } from '../account.js';

/** Of an account's row, its quota. */
@Injectable()
export class QuotaRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  async store(id: string, { used, limit, resetsAt, readAt }: Quota): Promise<void> {
    await this.rows.update(
      { id },
      { quotaUsed: used, quotaLimit: limit, quotaResetsAt: resetsAt ?? null, quotaReadAt: readAt },
    );
  }
}
