import { Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { Item } from '../../core/protocols/openai-responses/responses-request.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { inBatches } from './in-batches.js';
import { itemOwner } from './sealed-owners.js';
import { StoredItemEntity } from './stored-item.entity.js';

/** An item on its way into the table. */
export interface NewItem {
  id: string;
  json: string;
  size: number;
}

/** What is known of a stored item without reading it. */
export interface ItemState {
  size: number;
  expiresAt: number;
}

/** Of a digest in an id: 160 bits. */
const DIGEST_CHARACTERS = 40;
const IDS_AT_ONCE = 500;
const ROWS_AT_ONCE = 100;
const BYTES_AT_ONCE = 4 * 1024 ** 2;

/**
 * The table of items. Single statements only, as everywhere: on SQLite all requests share one connection. The `+` in
 * front of a time keeps SQLite from walking through all that a key has by age, where it is to look up ids.
 */
@Injectable()
export class StoredItemRepository {
  private readonly rows: Repository<StoredItemEntity>;

  constructor(
    dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(StoredItemEntity);
  }

  /** Names a content without telling it; the same content of another key has another name. */
  digest(keyId: string, content: string): string {
    return this.encryption.digest(`${keyId} ${content}`, 'items').slice(0, DIGEST_CHARACTERS);
  }

  /** Those of the ids that are there and not expired. */
  async states(keyId: string, ids: readonly string[], now: number): Promise<Map<string, ItemState>> {
    const states = new Map<string, ItemState>();
    for (const batch of inBatches(ids, IDS_AT_ONCE)) {
      const found = await this.unexpired(keyId, batch, now).getMany();
      for (const { id, size, expiresAt } of found) states.set(id, { size, expiresAt: expiresAt.getTime() });
    }
    return states;
  }

  /**
   * Those of the ids that are there and not expired, with all they hold.
   * @throws when one does not decrypt
   */
  async read(keyId: string, ids: readonly string[], now: number): Promise<Map<string, Item>> {
    const items = new Map<string, Item>();
    for (const batch of inBatches(ids, IDS_AT_ONCE)) {
      const found = await this.unexpired(keyId, batch, now).addSelect('item.body').getMany();
      for (const { id, body } of found) items.set(id, this.open(keyId, id, body));
    }
    return items;
  }

  /** An item that is there already, such as an expired one that was not deleted yet, is replaced. */
  async insert(keyId: string, items: readonly NewItem[], expiresAt: number): Promise<void> {
    // In one order always: two statements that lock the same rows in different orders wait for each other.
    const sorted = items.toSorted((one, other) => (one.id < other.id ? -1 : 1));
    for (const batch of inBatches(sorted, ROWS_AT_ONCE, ({ size }) => size, BYTES_AT_ONCE)) {
      const values = batch.map(({ id, json, size }) => {
        const body = this.encryption.encrypt(json, itemOwner({ keyId, id }), 'responses');
        return { keyId, id, size, expiresAt: new Date(expiresAt), body };
      });
      await this.rows
        .createQueryBuilder()
        .insert()
        .values(values)
        .orUpdate(['size', 'expires_at', 'body'], ['key_id', 'id'])
        .updateEntity(false)
        .execute();
    }
  }

  /** They expire then, unless they do later anyway. */
  async renew(keyId: string, ids: readonly string[], expiresAt: number): Promise<void> {
    for (const batch of inBatches(ids.toSorted(), IDS_AT_ONCE)) {
      await this.rows
        .createQueryBuilder()
        .update()
        .set({ expiresAt: new Date(expiresAt) })
        .where('key_id = :keyId AND id IN (:...batch) AND + expires_at < :expiresAt', { keyId, batch, expiresAt })
        .execute();
    }
  }

  /** Deletes those of the items that no stored response has. */
  async deleteUnused(keyId: string, ids: readonly string[], now: number): Promise<void> {
    for (const batch of inBatches(ids.toSorted(), IDS_AT_ONCE)) {
      await this.rows
        .createQueryBuilder()
        .delete()
        .where('key_id = :keyId AND id IN (:...batch)', { keyId, batch })
        .andWhere(
          `NOT EXISTS (SELECT 1 FROM stored_item_uses used
            JOIN stored_responses response ON response.key_id = used.key_id AND response.id = used.response_id
            WHERE used.key_id = stored_items.key_id AND used.item_id = stored_items.id AND + response.expires_at > :now)`,
          { now },
        )
        .execute();
    }
  }

  private unexpired(keyId: string, ids: string[], now: number) {
    return this.rows
      .createQueryBuilder('item')
      .where('item.keyId = :keyId AND item.id IN (:...ids) AND + item.expiresAt > :now', { keyId, ids, now });
  }

  private open(keyId: string, id: string, body: string): Item {
    return JSON.parse(this.encryption.decrypt(body, itemOwner({ keyId, id }), 'responses'));
  }
}
