import { Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { PagePosition } from '../input/page-cursor.js';
import { ApiKey } from './api-key.entity.js';

/** What of a row changes. */
export type KeyValues = Partial<Omit<ApiKey, 'id' | 'createdAt' | 'lastUsedAt'>>;

/** The stored keys. Single statements only: SQLite has one connection for everybody, so a transaction is nobody's own. */
@Injectable()
export class ApiKeyRepository {
  private readonly rows: Repository<ApiKey>;

  constructor(dataSource: DataSource) {
    this.rows = dataSource.getRepository(ApiKey);
  }

  async insert(key: ApiKey): Promise<void> {
    await this.rows.insert(key);
  }

  find(id: string): Promise<ApiKey | null> {
    return this.rows.findOneBy({ id });
  }

  findByDigest(digest: string): Promise<ApiKey | null> {
    return this.rows.findOneBy({ digest });
  }

  /** Whose digest it is now or was before the last rotation: at most one of each. */
  findBySecret(digest: string): Promise<ApiKey[]> {
    return this.rows.findBy([{ digest }, { previousDigest: digest }]);
  }

  findSeeded(): Promise<ApiKey[]> {
    return this.rows.findBy({ seeded: true });
  }

  /** Whether it is there still. */
  async change(id: string, values: KeyValues): Promise<boolean> {
    const { affected } = await this.rows.update(id, values);
    return affected === 1;
  }

  /** Whether it was there. */
  async delete(id: string): Promise<boolean> {
    const { affected } = await this.rows.delete(id);
    return affected === 1;
  }

  /** Whether another key with the scope `admin` is enabled, and good after this time. */
  async hasOtherAdmin(id: string, after: number): Promise<boolean> {
    return this.admins()
      .andWhere('key.id <> :id AND key.enabled = :enabled', { id, enabled: true })
      .andWhere('(key.expiresAt IS NULL OR key.expiresAt > :after)', { after })
      .getExists();
  }

  /** The oldest first, those after `position` only. */
  listAfter(position: PagePosition | undefined, limit: number): Promise<ApiKey[]> {
    const query = this.rows.createQueryBuilder('key');
    if (position) {
      query.where('key.createdAt > :at OR (key.createdAt = :at AND key.id > :id)', {
        at: position.createdAt.getTime(),
        id: position.id,
      });
    }
    return query.orderBy('key.createdAt').addOrderBy('key.id').limit(limit).getMany();
  }

  /** Whether any key, usable or not, has the scope `admin`. */
  hasAdminKey(): Promise<boolean> {
    return this.admins().getExists();
  }

  /** Remembers a use of the key, unless one is stored that is not older than `unlessSince`. */
  async recordUse(id: string, usedAt: Date, unlessSince: Date): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .update({ lastUsedAt: usedAt })
      .where('id = :id AND (last_used_at IS NULL OR last_used_at <= :since)', { id, since: unlessSince.getTime() })
      .execute();
  }

  /** Keys that are enabled and not expired. */
  countActive(now: Date): Promise<number> {
    return this.rows
      .createQueryBuilder('key')
      .where('key.enabled = :enabled', { enabled: true })
      .andWhere('(key.expiresAt IS NULL OR key.expiresAt > :now)', { now: now.getTime() })
      .getCount();
  }

  private admins() {
    // Scopes are a JSON list, so that the quotes keep `admin:read` out.
    return this.rows.createQueryBuilder('key').where('key.scopes LIKE :admin', { admin: '%"admin"%' });
  }
}
