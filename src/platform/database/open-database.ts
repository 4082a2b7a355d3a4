import { DataSource } from 'typeorm';
import type { Settings } from '../config/settings.js';
import type { Encryption } from '../encryption/encryption.js';
import { type DatabaseSchema, dataSourceOptions } from './data-source-options.js';

/** Any fixed number: it names our migrations among Postgres' advisory locks. */
const MIGRATION_LOCK = 4_170_616_357;

/**
 * Connects, refuses a database whose secrets another key encrypted, and migrates.
 * @throws when the database can't be reached, or `ENCRYPTION_KEY` is not the one its secrets were encrypted with; the
 *   database is then left as it was
 */
export async function openDatabase(
  settings: Settings,
  schema: DatabaseSchema,
  encryption: Encryption,
): Promise<DataSource> {
  const dataSource = await new DataSource(dataSourceOptions(settings, schema)).initialize();
  try {
    await refuseOtherKey(dataSource, encryption);
    await migrate(dataSource);
    await rememberKey(dataSource, encryption);
    return dataSource;
  } catch (error) {
    await dataSource.destroy();
    throw error;
  }
}

async function refuseOtherKey(dataSource: DataSource, encryption: Encryption): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    if (!(await runner.hasTable('encryption_keys'))) return;
    const keys: { id: string }[] = await runner.query('SELECT id FROM encryption_keys');
    if (keys.length === 0 || keys.some((key) => key.id === encryption.keyId)) return;
  } finally {
    await runner.release();
  }
  throw new Error(
    'ENCRYPTION_KEY is not the key this database was encrypted with. Nothing was changed; start again with the right key.',
  );
}

async function rememberKey(dataSource: DataSource, encryption: Encryption): Promise<void> {
  const placeholder = dataSource.options.type === 'postgres' ? '$1' : '?';
  await dataSource.query(`INSERT INTO encryption_keys (id) VALUES (${placeholder}) ON CONFLICT DO NOTHING`, [
    encryption.keyId,
  ]);
}

/** Several replicas may start at once: on Postgres one migrates and the others wait. SQLite has one writer anyway. */
async function migrate(dataSource: DataSource): Promise<void> {
  if (dataSource.options.type !== 'postgres') {
    // FULL: a rotated refresh token survives a power cut too (contract §8). TypeORM has no option for it.
    await dataSource.query('PRAGMA synchronous = FULL');
    await dataSource.runMigrations();
    return;
  }
  const runner = dataSource.createQueryRunner();
  await runner.connect();
  try {
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await dataSource.runMigrations();
  } finally {
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
    await runner.release();
  }
}
