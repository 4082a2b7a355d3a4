import { Injectable } from '@nestjs/common';
import { DataSource, type Repository } from 'typeorm';
import type { JsonObject } from '../../core/protocols/openai-responses/responses-request.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { inBatches } from './in-batches.js';
import { responseItemsOwner, responseOwner } from './sealed-owners.js';
import { StoredItemUseEntity } from './stored-item-use.entity.js';
import { StoredResponseEntity } from './stored-response.entity.js';

/** Ids of a response's items, in order, each once. */
export interface ResponseItems {
  input: readonly string[];
  output: readonly string[];
}

export interface NewResponse {
  id: string;
  previousId: string | undefined;
  items: ResponseItems;
  /** The response object without its output. */
  json: string;
  size: number;
}

/** A response as a place in a conversation. */
export interface ChainLink {
  id: string;
  previousId: string | undefined;
  items: ResponseItems;
  expiresAt: number;
}

export interface StoredResponse {
  /** The response object without its output. */
  body: JsonObject;
  items: ResponseItems;
}

interface ChainRow {
  id: string;
  previous_id: string | null;
  items: string;
  /** A text on Postgres. */
  expires_at: number | string;
}

const IDS_AT_ONCE = 500;

/** The tables of responses and of what they use. Single statements only, and `+`, as in `StoredItemRepository`. */
@Injectable()
export class StoredResponseRepository {
  private readonly rows: Repository<StoredResponseEntity>;
  private readonly uses: Repository<StoredItemUseEntity>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly encryption: Encryption,
  ) {
    this.rows = dataSource.getRepository(StoredResponseEntity);
    this.uses = dataSource.getRepository(StoredItemUseEntity);
  }

  /**
   * A response and those before it, the newest first; ends where one is not there any more.
   * @param longest at most so many
   */
  async chain(keyId: string, id: string, longest: number, now: number): Promise<ChainLink[]> {
    const parameter = this.dataSource.options.type === 'postgres' ? '$' : '?';
    const columns = ['id', 'previous_id', 'items', 'expires_at'];
    const of = (table: string) => columns.map((column) => `${table}.${column}`).join(', ');
    const rows: ChainRow[] = await this.dataSource.query(
      `WITH RECURSIVE chain AS (
        SELECT ${of('response')}, 1 AS depth FROM stored_responses response
        WHERE response.key_id = ${parameter}1 AND response.id = ${parameter}2 AND + response.expires_at > ${parameter}3
        UNION ALL
        SELECT ${of('response')}, chain.depth + 1 FROM chain
        JOIN stored_responses response ON response.id = chain.previous_id
        WHERE response.key_id = ${parameter}1 AND + response.expires_at > ${parameter}3 AND chain.depth < ${parameter}4
      ) SELECT ${columns.join(', ')} FROM chain ORDER BY depth`,
      [keyId, id, now, longest],
    );
    return rows.map((row) => ({
      id: row.id,
      previousId: row.previous_id ?? undefined,
      items: this.openItems(keyId, row.id, row.items),
      expiresAt: Number(row.expires_at),
    }));
  }

  /** @throws when it does not decrypt */
  async read(keyId: string, id: string, now: number): Promise<StoredResponse | undefined> {
    const row = await this.rows
      .createQueryBuilder('response')
      .addSelect('response.body')
      .where('response.keyId = :keyId AND response.id = :id AND + response.expiresAt > :now', { keyId, id, now })
      .getOne();
    if (!row) return undefined;
    const body = JSON.parse(this.encryption.decrypt(row.body, responseOwner({ keyId, id }), 'responses'));
    return { body, items: this.openItems(keyId, id, row.items) };
  }

  /** Undefined: there is no such response. */
  async readItems(keyId: string, id: string, now: number): Promise<ResponseItems | undefined> {
    const row = await this.rows
      .createQueryBuilder('response')
      .where('response.keyId = :keyId AND response.id = :id AND + response.expiresAt > :now', { keyId, id, now })
      .getOne();
    return row ? this.openItems(keyId, id, row.items) : undefined;
  }

  async insert(keyId: string, response: NewResponse, now: number, expiresAt: number): Promise<void> {
    const { id, previousId, items, json, size } = response;
    await this.rows
      .createQueryBuilder()
      .insert()
      .values({
        keyId,
        id,
        previousId: previousId ?? null,
        size,
        createdAt: new Date(now),
        expiresAt: new Date(expiresAt),
        items: this.encryption.encrypt(JSON.stringify(items), responseItemsOwner({ keyId, id }), 'responses'),
        body: this.encryption.encrypt(json, responseOwner({ keyId, id }), 'responses'),
      })
      .updateEntity(false)
      .execute();
    const used = [...new Set([...items.input, ...items.output])];
    for (const batch of inBatches(used, IDS_AT_ONCE)) {
      const values = batch.map((itemId) => ({ keyId, responseId: id, itemId }));
      await this.uses.createQueryBuilder().insert().values(values).orIgnore().updateEntity(false).execute();
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

  /** Whether it was there. What it used goes unused with it, in the same statement. */
  async delete(keyId: string, id: string): Promise<boolean> {
    const { affected } = await this.rows.delete({ keyId, id });
    return affected === 1;
  }

  private openItems(keyId: string, id: string, sealed: string): ResponseItems {
    return JSON.parse(this.encryption.decrypt(sealed, responseItemsOwner({ keyId, id }), 'responses'));
  }
}
