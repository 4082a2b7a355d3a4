import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { AccountEntity } from '../account.entity.js';

/** What an account did since it was last written down. */
export interface AttemptCount {
  requests: number;
  errors: number;
  lastUsedAt: Date;
}

/** Both databases can hold it; an account that got there counts no further. */
const LARGEST_COUNT = 2_000_000_000;

/** The counters of accounts. One statement each. */
@Injectable()
export class AttemptCountRepository {
  private readonly rows: Repository<AccountEntity>;

  constructor(@Inject(DataSource) dataSource: DataSource) {
    this.rows = dataSource.getRepository(AccountEntity);
  }

  /** Adds to what is stored, whoever stored it. Accounts that are gone are passed over. */
  async add(counts: ReadonlyMap<string, AttemptCount>): Promise<void> {
    const entries = Array.from(counts);
    const byId = (numberOf: (count: AttemptCount) => number) =>
      `CASE id ${entries.map(([, count], index) => `WHEN :id${index} THEN ${numberOf(count)}`).join(' ')} ELSE 0 END`;
    const usedAt = byId((count) => count.lastUsedAt.getTime());
    await this.rows
      .createQueryBuilder()
      .update()
      .set({
        requestCount: () => `request_count + ${byId((count) => count.requests)}`,
        errorCount: () => `error_count + ${byId((count) => count.errors)}`,
        // Another replica may have used it later.
        lastUsedAt: () => `CASE WHEN last_used_at > ${usedAt} THEN last_used_at ELSE ${usedAt} END`,
      })
      .where('id IN (:...ids) AND request_count < :largest', {
        ids: entries.map(([id]) => id),
        largest: LARGEST_COUNT,
      })
      .setParameters(Object.fromEntries(entries.map(([id], index) => [`id${index}`, id])))
      .execute();
  }

  async clearErrors(id: string): Promise<void> {
    await this.rows.update({ id }, { errorCount: 0 });
  }
}
