import 'reflect-metadata';
import { databaseSchema } from '../database-schema.js';
import { readConfiguration } from '../platform/config/configuration.js';
import { openDatabase } from '../platform/database/open-database.js';
import { Encryption } from '../platform/encryption/encryption.js';
import { masterKey } from '../platform/encryption/master-key.js';

export interface MigratedDatabase {
  database: 'postgres' | 'sqlite';
  /** Names of those this process ran, in their order; none when there was nothing to do, or another replica did it. */
  migrations: string[];
}

/**
 * Brings the database of these settings to this version. A new SQLite file gets its key file, as at the first start.
 * @throws Error when a setting is wrong, the database can't be reached, or its secrets have another key; it is then
 *   left as it was
 */
export async function migrateDatabase(
  environment: Readonly<Record<string, string | undefined>>,
): Promise<MigratedDatabase> {
  const { settings } = readConfiguration(environment);
  const migrations: string[] = [];
  const dataSource = await openDatabase(settings, databaseSchema, new Encryption(masterKey(settings)), (names) =>
    migrations.push(...names),
  );
  await dataSource.destroy();
  return { database: settings.DATABASE_URL ? 'postgres' : 'sqlite', migrations };
}
