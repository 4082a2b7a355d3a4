import { Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import { StoredItemEntity } from './stored-item.entity.js';
import { StoredResponseEntity } from './stored-response.entity.js';

/** A row by what it counts; `table` is its table's place in the order of going. */
interface AgedRow {
  table: number;
  id: string;
  size: number;
  expiresAt: number;
}

/** Rows of one statement: few enough that others get their turn soon, whatever they weigh. */
const ROWS_AT_ONCE = 100;

/**
 * Both tables by age and size. A response goes before its items: it never expires later than they do
 * (`StoredTimes`), and of the same age it comes first.
 */
@Injectable()
export class StoredAgeRepository {
  private readonly tables: readonly Repository<StoredResponseEntity | StoredItemEntity>[];

  constructor(dataSource: DataSource) {
    this.tables = [StoredResponseEntity, StoredItemEntity].map((entity) =>
      dataSource.getRepository<StoredResponseEntity | StoredItemEntity>(entity),
    );
  }

  /**
   * Deletes some of what is expired.
   * @returns rows that were deleted; 0 when nothing is left
   */
  async deleteExpired(now: number): Promise<number> {
    let deleted = 0;
    for (const rows of this.tables) {
      const { tableName } = rows.metadata;
      const oldest = `SELECT key_id, id FROM ${tableName} WHERE expires_at <= :now ORDER BY expires_at LIMIT ${ROWS_AT_ONCE}`;
      const { affected } = await rows
        .createQueryBuilder()
        .delete()
        // Once more: it may have been renewed since it was looked at.
        .where(`(key_id, id) IN (${oldest}) AND expires_at <= :now`, { now })
        .execute();
      deleted += affected ?? 0;
    }
    return deleted;
  }

  /** Bytes that count against a key's limit. */
  async sizeOf(keyId: string): Promise<number> {
    let bytes = 0;
    for (const rows of this.tables) {
      const found = await rows
        .createQueryBuilder('stored')
        .select('SUM(stored.size)', 'bytes')
        .where('stored.keyId = :keyId', { keyId })
        .getRawOne<{ bytes: number | string | null }>();
      bytes += Number(found?.bytes ?? 0);
    }
    return bytes;
  }

  /**
   * Deletes of a key what was not used for longest, until `bytes` are free or a statement has its rows.
   * @returns what is gone; no rows when nothing could be deleted
   */
  async deleteOldest(keyId: string, bytes: number): Promise<{ rows: number; bytes: number }> {
    const gone: AgedRow[] = [];
    let freed = 0;
    for (const row of await this.oldest(keyId)) {
      if (freed >= bytes) break;
      gone.push(row);
      freed += row.size;
    }
    let deleted = 0;
    for (const [table, rows] of this.tables.entries()) {
      const ids = gone.filter((row) => row.table === table).map(({ id }) => id);
      if (ids.length === 0) continue;
      const { affected } = await rows
        .createQueryBuilder()
        .delete()
        // One that was renewed since it was looked at is not old any more.
        .where('key_id = :keyId AND id IN (:...ids) AND expires_at <= :until', {
          keyId,
          ids,
          until: gone.at(-1)?.expiresAt,
        })
        .execute();
      deleted += affected ?? 0;
    }
    return { rows: deleted, bytes: freed };
  }

  /** Rows of a key, the oldest first: of each table as many as one statement takes, and none older left out. */
  private async oldest(keyId: string): Promise<AgedRow[]> {
    const all: AgedRow[] = [];
    let knownUntil = Number.POSITIVE_INFINITY;
    for (const [table, rows] of this.tables.entries()) {
      const found = await rows
        .createQueryBuilder('stored')
        .where('stored.keyId = :keyId', { keyId })
        .orderBy('stored.expiresAt')
        .addOrderBy('stored.id')
        .limit(ROWS_AT_ONCE)
        .getMany();
      const aged = found.map(({ id, size, expiresAt }) => ({ table, id, size, expiresAt: expiresAt.getTime() }));
      all.push(...aged);
      if (aged.length === ROWS_AT_ONCE) knownUntil = Math.min(knownUntil, aged.at(-1)?.expiresAt ?? knownUntil);
    }
    return all
      .filter((row) => row.expiresAt <= knownUntil)
      .sort((one, other) => one.expiresAt - other.expiresAt || one.table - other.table);
  }
}
