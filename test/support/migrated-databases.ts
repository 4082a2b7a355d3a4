import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { AbstractLogger, DataSource } from 'typeorm';
import { databaseSchema } from '../../src/database-schema.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { dataSourceOptions } from '../../src/platform/database/data-source-options.js';
import { KeyFile } from '../../src/platform/encryption/key-file.js';
import { KEY_BYTES, RootKey } from '../../src/platform/encryption/root-key.js';

/**
 * Databases as the migrations leave them, for tests that are about something else: to migrate is half of what the start
 * of a gateway costs on SQLite, and a third of a second on Postgres. The migrations run once for each worker.
 */
let bytes: Promise<Buffer> | undefined;
let statements: Promise<string> | undefined;

/** Puts a migrated SQLite file, and the key that comes before it, where there is none. */
export async function createMigratedFile(path: string): Promise<void> {
  bytes ??= migratedFile();
  const file = await bytes;
  // In one go: somebody else may be about to do the same.
  if (existsSync(path)) return;
  new KeyFile(path).create(new RootKey(randomBytes(KEY_BYTES)));
  writeFileSync(path, file);
}

/** All that the migrations do in an empty schema of Postgres. The first one asked for is migrated by that. */
export async function migrateSchema(client: pg.Client, schema: string, url: string): Promise<void> {
  const isFirst = statements === undefined;
  statements ??= recordedStatements(schema, url);
  const recorded = await statements;
  if (!isFirst) await client.query(`SET search_path = ${schema}; ${recorded}`);
}

async function migratedFile(): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'amq-migrated-'));
  try {
    const path = join(folder, 'gateway.db');
    await migrate({ DATABASE_PATH: path });
    return await readFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function recordedStatements(schema: string, url: string): Promise<string> {
  const recorder = new Recorder(schema);
  await migrate({ DATABASE_URL: url, ENCRYPTION_KEY: Buffer.alloc(32).toString('base64') }, recorder);
  return recorder.statements.join(';\n');
}

async function migrate(environment: Record<string, string>, recorder?: Recorder): Promise<void> {
  const options = dataSourceOptions(readConfiguration(environment).settings, databaseSchema);
  const dataSource = new DataSource({ ...options, logger: recorder, logging: recorder && ['query'] });
  await dataSource.initialize();
  try {
    await dataSource.runMigrations();
  } finally {
    await dataSource.destroy();
  }
}

/** Keeps what changes something, with its parameters in it and without the name of its schema. */
class Recorder extends AbstractLogger {
  readonly statements: string[] = [];

  constructor(private readonly schema: string) {
    super(['query']);
  }

  override logQuery(query: string, parameters: unknown[] = []): void {
    if (/^\s*(SELECT|SHOW|START|COMMIT)\b/i.test(query)) return;
    this.statements.push(
      query
        .replaceAll(`"${this.schema}".`, '')
        .replace(/\$(\d+)/g, (_, place) => pg.escapeLiteral(String(parameters[Number(place) - 1]))),
    );
  }

  protected override writeLog(): void {}
}
