import { Inject, Injectable } from '@nestjs/common';
import { DataSource, IsNull, type Repository } from 'typeorm';
import { AccountEntity } from '../account.entity.js';

/** Of an account's row, its profile. */
@Injectable()
export class ProfileRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  /** @returns false, and nothing is written, when the account is gone or somebody gave it another profile meanwhile */
  async change(id: string, from: string | undefined, to: string, now: Date): Promise<boolean> {
    const { affected } = await this.rows.update(
      { id, profileArn: from ?? IsNull() },
      { profileArn: to, revision: () => 'revision + 1', updatedAt: now },
    );
    return affected === 1;
  }
}
