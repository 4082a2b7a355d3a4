import { Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { PagePosition } from '../input/page-cursor.js';
import { ApiKey } from './api-key.entity.js';

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

  findByDigest(digest: string): Promise<ApiKey | null> {
    return this.rows.findOneBy({ digest });
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
  async hasAdminKey(): Promise<boolean> {
    // Scopes are a JSON list, so that the quotes keep `admin:read` out.
    return this.rows.createQueryBuilder('key').where('key.scopes LIKE :admin', { admin: '%"admin"%' }).getExists();
  }

  /** Makes a stored key the one that stands for `ADMIN_API_KEY`. */
  async seed(id: string): Promise<void> {
    await this.rows.update(id, { enabled: true, seeded: true, scopes: ['admin'], expiresAt: null });
  }

  /** Disables the keys that stood for an earlier `ADMIN_API_KEY`. */
  async disableSeededExcept(id: string): Promise<void> {
    await this.rows
      .createQueryBuilder()
      .update({ enabled: false, seeded: false })
      .where('seeded = :seeded AND id <> :id', { seeded: true, id })
      .execute();
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
}
