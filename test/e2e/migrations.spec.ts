import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { migrations } from '../../migrations/index.js';
import { databaseSchema } from '../../src/database-schema.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { Encryption } from '../../src/platform/encryption/encryption.js';
import { describeOnEachEmptyDatabase } from '../support/databases.js';

const { entities } = databaseSchema;

describeOnEachEmptyDatabase('the migrations', (database) => {
  it('make the tables that the entities describe, to the letter', async () => {
    const dataSource = await database().open(entities);
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('are run once', async () => {
    await database().open(entities);
    const again = await database().open(entities);
    expect(await again.showMigrations()).toBe(false);
    expect(await again.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
  });

  it('can be taken back, one by one, down to nothing', async () => {
    const dataSource = await database().open(entities);
    for (const _migration of migrations) await dataSource.undoLastMigration();
    const runner = dataSource.createQueryRunner();
    for (const table of ['encryption_keys', ...dataSource.entityMetadatas.map(({ tableName }) => tableName)])
      expect(await runner.hasTable(table)).toBe(false);
    await runner.release();
  });

  it('are run once, and wholly, by three that start at once', async () => {
    const started = await Promise.allSettled([1, 2, 3].map(() => database().open(entities)));
    const refused = started.flatMap((each) => (each.status === 'rejected' ? [each.reason] : []));
    // One SQLite file is one gateway's: it may refuse the others, but must come out whole.
    if (database().kind === 'postgres') expect(refused).toEqual([]);
    const after = await database().open(entities);
    expect(await after.query('SELECT name FROM migrations')).toHaveLength(migrations.length);
    expect(await after.query('SELECT id FROM encryption_keys')).toHaveLength(1);
  });
});

describeOnEachEmptyDatabase('a database', (database) => {
  const openWith = (key: string) => {
    const { settings } = readConfiguration({ ...database().environment, ENCRYPTION_KEY: key });
    return openDatabase(settings, { entities, migrations }, new Encryption(Buffer.from(key, 'hex')));
  };

  it('opens again with the key it was encrypted with', async () => {
    await (await openWith('ab'.repeat(32))).destroy();
    const again = await openWith('ab'.repeat(32));
    expect(await again.query('SELECT id FROM encryption_keys')).toHaveLength(1);
    await again.destroy();
  });

  it('refuses another key, says why, and is left as it was', async () => {
    await (await openWith('ab'.repeat(32))).destroy();
    const before = database().kind === 'sqlite' && readFileSync(database().path);
    await expect(openWith('cd'.repeat(32))).rejects.toThrow(
      'ENCRYPTION_KEY is not the key this database was encrypted with. Nothing was changed; start again with the right key.',
    );
    if (before) expect(readFileSync(database().path).equals(before)).toBe(true);
    const right = await openWith('ab'.repeat(32));
    expect(await right.query('SELECT id FROM encryption_keys')).toEqual([
      { id: new Encryption(Buffer.alloc(32, 0xab)).keyId },
    ]);
    await right.destroy();
  });
});
