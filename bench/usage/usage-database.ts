import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { databaseSchema } from '../../src/database-schema.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { Encryption } from '../../src/platform/encryption/encryption.js';
import { masterKey } from '../../src/platform/encryption/master-key.js';

/** A database of the bench's own, as the service opens it; gone afterwards. */
export class UsageDatabase implements AsyncDisposable {
  private constructor(
    readonly name: 'SQLite' | 'Postgres',
    readonly dataSource: DataSource,
    private readonly drop: () => Promise<unknown>,
  ) {}

  /** In a folder for temporary files. */
  static async sqlite(): Promise<UsageDatabase> {
    const folder = await mkdtemp(join(tmpdir(), 'amq-bench-usage-'));
    const dataSource = await open({ DATABASE_PATH: join(folder, 'gateway.db') });
    return new UsageDatabase('SQLite', dataSource, () => rm(folder, { recursive: true, force: true }));
  }

  /** In a schema of its own. */
  static async postgres(url: string): Promise<UsageDatabase> {
    const schema = `bench_usage_${process.pid}`;
    await runOn(url, `CREATE SCHEMA ${schema}`);
    const inSchema = new URL(url);
    inSchema.searchParams.set('options', `-c search_path=${schema}`);
    const dataSource = await open({ DATABASE_URL: inSchema.href.replaceAll('+', '%20') });
    return new UsageDatabase('Postgres', dataSource, () => runOn(url, `DROP SCHEMA ${schema} CASCADE`));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dataSource.destroy();
    await this.drop();
  }
}

function open(environment: Record<string, string>): Promise<DataSource> {
  const { settings } = readConfiguration({ ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64'), ...environment });
  return openDatabase(settings, databaseSchema, new Encryption(masterKey(settings)));
}

async function runOn(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
