import { existsSync } from 'node:fs';
import { DataSource, type Migration } from 'typeorm';
import type { Settings } from '../config/settings.js';
import type { Encryption } from '../encryption/encryption.js';
import { newest, opensAll, type StoredKey } from '../encryption/key-ring.js';
import { type DatabaseSchema, dataSourceOptions } from './data-source-options.js';
import { EncryptionKeys } from './keys/encryption-keys.js';

/** Any fixed number: it names our migrations among Postgres' advisory locks. */
const MIGRATION_LOCK = 4_170_616_357;

/**
 * Connects, refuses a database whose secrets another key encrypted, and migrates. The encryption learns what keys the
 * database has.
 * @param migrated told which migrations this process ran; none where another replica was first
 * @throws when the database can't be reached, or `ENCRYPTION_KEY` does not open its keys; the database is then left as
 *   it was
 */
export async function openDatabase(
  settings: Settings,
  schema: DatabaseSchema,
  encryption: Encryption,
  migrated: (names: string[]) => void = () => undefined,
): Promise<DataSource> {
  const dataSource = await new DataSource(dataSourceOptions(settings, schema)).initialize();
  try {
    const keys = new EncryptionKeys(dataSource);
    refuseOtherKey(await keys.listBeforeMigration(), encryption);
    migrated((await migrate(dataSource)).map(({ name }) => name));
    await keys.insertFirst(encryption.masterKeyId, new Date());
    // Once more: another replica may have been the first, with another key.
    const stored = await keys.list();
    refuseOtherKey(stored, encryption);
    encryption.learn(stored);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/**
 * Connects to a database that a service of this version has used, beside that service.
 * @throws as `openDatabase`, and when there is no such database
 */
export async function openUsedDatabase(
  settings: Settings,
  schema: DatabaseSchema,
  encryption: Encryption,
): Promise<DataSource> {
  if (!settings.DATABASE_URL && !existsSync(settings.DATABASE_PATH))
    throw new Error(`There is no database ${settings.DATABASE_PATH}`);
  const dataSource = await new DataSource(dataSourceOptions(settings, schema)).initialize();
  try {
    const stored = await new EncryptionKeys(dataSource).listBeforeMigration();
    refuseOtherKey(stored, encryption);
    if (stored.length === 0 || (await dataSource.showMigrations()))
      throw new Error('The service has to be started with this version once: it prepares the database');
    await becomeDurable(dataSource);
    encryption.learn(stored);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

/** The key has to open every other one: the newest encrypts, the oldest makes digests. */
function refuseOtherKey(stored: readonly StoredKey[], encryption: Encryption): void {
  if (stored.length === 0) return;
  const { masterKeyId } = encryption;
  if (stored.every(({ id }) => id !== masterKeyId)) {
    throw new Error(
      'ENCRYPTION_KEY is not the key this database was encrypted with. Nothing was changed; start again with the right key.',
    );
  }
  if (!opensAll(masterKeyId, stored)) {
    throw new Error(
      `ENCRYPTION_KEY (key ${masterKeyId}) was retired: this database is encrypted with key ${newest(stored)?.id} now. Nothing was changed; start again with that key.`,
    );
  }
}

/** Several replicas may start at once: on Postgres one migrates and the others wait. SQLite has one writer anyway. */
async function migrate(dataSource: DataSource): Promise<Migration[]> {
  if (dataSource.options.type !== 'postgres') {
    await becomeDurable(dataSource);
    return await dataSource.runMigrations();
  }
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await dataSource.runMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}

/** A rotated refresh token survives a power cut too (contract §8). TypeORM has no option for it. */
async function becomeDurable(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type !== 'postgres') await dataSource.query('PRAGMA synchronous = FULL');
}
