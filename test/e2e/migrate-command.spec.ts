import { existsSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { Command } from 'commander';
import { migrations } from '../../migrations/index.js';
import { registerMigrate } from '../../src/commands/migrate.js';
import { migrateDatabase } from '../../src/commands/migrate-database.js';
import type { Surroundings } from '../../src/commands/surroundings.js';
import { databaseSchema } from '../../src/database-schema.js';
import { describeOnEachEmptyDatabase } from '../support/databases.js';

/** What `amq-gateway migrate` prints. */
async function printed(environment: Record<string, string>, ...args: string[]): Promise<string> {
  let text = '';
  const print = async (more: string) => {
    text += more;
  };
  const program = new Command().exitOverride();
  registerMigrate(program, { environment, output: { print } } as unknown as Surroundings);
  await program.parseAsync(['migrate', ...args], { from: 'user' });
  return text;
}

describeOnEachEmptyDatabase('amq-gateway migrate', (database) => {
  it('prepares the database and tells with what, and does nothing a second time', async () => {
    const { kind, environment } = database();
    const { migrations: ran } = JSON.parse(await printed(environment, '--json')) as { migrations: string[] };
    expect(ran).toEqual(migrations.map(({ name }) => name));
    expect(await printed(environment)).toBe(`${kind}: nothing to do\n`);
    expect(JSON.parse(await printed(environment, '--json'))).toEqual({ database: kind, migrations: [] });
  });

  it('leaves a database that the service takes as it is', async () => {
    await migrateDatabase(database().environment);
    const dataSource = await database().open(databaseSchema.entities);
    expect(await dataSource.showMigrations()).toBe(false);
    expect(await dataSource.query('SELECT id FROM encryption_keys')).toHaveLength(1);
    expect(await dataSource.query('SELECT id FROM api_keys')).toEqual([]);
  });

  it('may be run by several replicas at once: each migration is run by one of them', async () => {
    // One SQLite file is one gateway's.
    const replicas = database().kind === 'postgres' ? 4 : 1;
    const results = await Promise.all(Array.from({ length: replicas }, () => migrateDatabase(database().environment)));
    expect(results.flatMap((each) => each.migrations)).toEqual(migrations.map(({ name }) => name));
  });

  it('refuses the database of another key, and leaves it as it was', async () => {
    await migrateDatabase(database().environment);
    const other = { ...database().environment, ENCRYPTION_KEY: 'ab'.repeat(32) };
    await expect(printed(other)).rejects.toThrow('ENCRYPTION_KEY is not the key this database was encrypted with');
    await migrateDatabase(database().environment);
  });

  it('names every setting that is not right, and makes no file', async () => {
    const wrong = { DATABASE_PATH: `${database().path || '/nowhere'}.other`, PORT: 'x', LOG_LEVEL: 'loud' };
    await expect(printed(wrong)).rejects.toThrow(/PORT[\s\S]*LOG_LEVEL/);
    expect(existsSync(wrong.DATABASE_PATH)).toBe(false);
  });
});
