import type { DataSource } from 'typeorm';
import { KEY_STATES, type KeyState, type StoredKey, type WrappedKey } from '../../encryption/key-ring.js';

interface KeyRow {
  id: string;
  generation: number;
  state: string;
  /** A text on Postgres. */
  created_at: number | string;
  wrapped_by: string | null;
  wrapped: string | null;
}

const KEYS = `SELECT keys.id, keys.generation, keys.state, keys.created_at, wraps.wrapped_by, wraps.wrapped
  FROM encryption_keys keys LEFT JOIN encryption_key_wraps wraps ON wraps.key_id = keys.id
  ORDER BY keys.generation, wraps.wrapped_by`;

/** The tables of encryption keys. What a row holds of a key is encrypted with another one. */
export class EncryptionKeys {
  constructor(private readonly dataSource: DataSource) {}

  /** The oldest first. */
  async list(): Promise<StoredKey[]> {
    const rows: KeyRow[] = await this.dataSource.query(KEYS);
    const keys = new Map<string, StoredKey & { wraps: WrappedKey[] }>();
    for (const row of rows) {
      const key = keys.get(row.id) ?? { ...toKey(row), wraps: [] };
      keys.set(row.id, key);
      if (row.wrapped_by !== null && row.wrapped !== null)
        key.wraps.push({ keyId: row.id, wrappedBy: row.wrapped_by, wrapped: row.wrapped });
    }
    return [...keys.values()];
  }

  /** The keys of a database that may be empty, or of an earlier version, which knew one key only. */
  async listBeforeMigration(): Promise<StoredKey[]> {
    const runner = this.dataSource.createQueryRunner();
    try {
      if (await runner.hasTable('encryption_key_wraps')) return await this.list();
      if (!(await runner.hasTable('encryption_keys'))) return [];
      const rows: { id: string }[] = await runner.query('SELECT id FROM encryption_keys');
      return rows.map(({ id }) => ({ id, generation: 1, state: 'settled', createdAt: new Date(0), wraps: [] }));
    } finally {
      await runner.release();
    }
  }

  /** The key of a new database. Does nothing when there is one already. */
  async insertFirst(id: string, now: Date): Promise<void> {
    await this.insert(id, 1, 'settled', now, 'ON CONFLICT DO NOTHING');
  }

  /**
   * A further key, and what makes it and the others open each other. The key comes last, so that it is never there
   * without: what opens a key that never came is of no use, and does no harm.
   * @throws when there is a key of this generation
   */
  async announce(id: string, generation: number, wraps: readonly WrappedKey[], now: Date): Promise<void> {
    for (const { keyId, wrappedBy, wrapped } of wraps) {
      await this.dataSource.query(
        `INSERT INTO encryption_key_wraps (key_id, wrapped_by, wrapped) VALUES (${this.parameters(3)})
          ON CONFLICT (key_id, wrapped_by) DO UPDATE SET wrapped = excluded.wrapped`,
        [keyId, wrappedBy, wrapped],
      );
    }
    await this.insert(id, generation, 'announced', now);
  }

  async setState(id: string, state: KeyState): Promise<void> {
    const [first, second] = [this.parameter(1), this.parameter(2)];
    await this.dataSource.query(`UPDATE encryption_keys SET state = ${first} WHERE id = ${second}`, [state, id]);
  }

  /** The key of this id opens no other one any more. */
  async deleteWrapsBy(id: string): Promise<void> {
    await this.dataSource.query(`DELETE FROM encryption_key_wraps WHERE wrapped_by = ${this.parameter(1)}`, [id]);
  }

  private async insert(id: string, generation: number, state: KeyState, now: Date, conflict = ''): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO encryption_keys (id, generation, state, created_at) VALUES (${this.parameters(4)}) ${conflict}`,
      [id, generation, state, now.getTime()],
    );
  }

  private parameters(count: number): string {
    return Array.from({ length: count }, (_, index) => this.parameter(index + 1)).join(', ');
  }

  private parameter(number: number): string {
    return `${this.dataSource.options.type === 'postgres' ? '$' : '?'}${number}`;
  }
}

function toKey({ id, generation, state, created_at }: KeyRow): Omit<StoredKey, 'wraps'> {
  // A state of a later version of the service: whatever it means, nothing is to be encrypted with the key.
  const known = KEY_STATES.find((each) => each === state) ?? 'announced';
  return { id, generation, state: known, createdAt: new Date(Number(created_at)) };
}
