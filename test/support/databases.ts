import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { migrations } from '../../migrations/index.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import type { DatabaseSchema } from '../../src/platform/database/data-source-options.js';
import { openDatabase } from '../../src/platform/database/open-database.js';
import { Encryption } from '../../src/platform/encryption/encryption.js';
import { masterKey } from '../../src/platform/encryption/master-key.js';
import { describeWith } from './services.js';

/** A database of one test's own, empty at its start and gone after it. */
export class TestDatabase {
  private readonly opened: DataSource[] = [];
  private ownEncryption?: Encryption;

  constructor(
    readonly kind: 'sqlite' | 'postgres',
    /** The settings that lead to it, for a gateway of one's own. */
    readonly environment: Record<string, string>,
    private readonly drop: () => Promise<void>,
  ) {}

  /** The SQLite file. */
  get path(): string {
    return this.environment.DATABASE_PATH ?? '';
  }

  /** One for all who open the database: it learns the keys that are there. */
  encryption(): Encryption {
    this.ownEncryption ??= new Encryption(masterKey(readConfiguration(this.environment).settings));
    return this.ownEncryption;
  }

  /** Connects and migrates; called again, it is what a second replica would do. Closed after the test. */
  async open(entities: DatabaseSchema['entities']): Promise<DataSource> {
    const { settings } = readConfiguration(this.environment);
    const dataSource = await openDatabase(settings, { entities, migrations }, this.encryption());
    this.opened.push(dataSource);
    return dataSource;
  }

  async remove(): Promise<void> {
    await Promise.all(this.opened.filter((each) => each.isInitialized).map((each) => each.destroy()));
    await this.drop();
  }
}

/** The same suite on SQLite and, where TEST_DATABASE_URL answers, on Postgres; `database()` is the test's own. */
export function describeOnEachDatabase(name: string, suite: (database: () => TestDatabase) => void): void {
  describeOnSqlite(name, suite);
  describeOnPostgres(name, suite);
}

/** The same, with one database for all tests of the suite: for what need not begin with an empty one. */
export function describeOnEachSharedDatabase(name: string, suite: (database: () => TestDatabase) => void): void {
  describe(`${name}, on SQLite`, () => withWholeSuite(createSqlite, suite));
  describeWith('postgres', `${name}, on Postgres`, (url) => withWholeSuite(() => createPostgres(url), suite));
}

export function describeOnSqlite(name: string, suite: (database: () => TestDatabase) => void): void {
  describe(`${name}, on SQLite`, () => withEachTest(createSqlite, suite));
}

export function describeOnPostgres(name: string, suite: (database: () => TestDatabase) => void): void {
  describeWith('postgres', `${name}, on Postgres`, (url) => withEachTest(() => createPostgres(url), suite));
}

function withEachTest(create: () => Promise<TestDatabase>, suite: (database: () => TestDatabase) => void): void {
  let current: TestDatabase | undefined;
  beforeEach(async () => {
    current = await create();
  });
  suite(() => {
    if (!current) throw new Error('There is a database within a test only');
    return current;
  });
  // After the suite's own: jest runs them in this order, and what uses the database has to stop first.
  afterEach(() => current?.remove());
}

function withWholeSuite(create: () => Promise<TestDatabase>, suite: (database: () => TestDatabase) => void): void {
  let current: TestDatabase | undefined;
  beforeAll(async () => {
    current = await create();
  });
  suite(() => {
    if (!current) throw new Error('There is a database within a test only');
    return current;
  });
  afterAll(() => current?.remove());
}

const newKey = () => randomBytes(32).toString('base64');

async function createSqlite(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'amq-database-'));
  const environment = { DATABASE_PATH: join(folder, 'gateway.db'), ENCRYPTION_KEY: newKey() };
  return new TestDatabase('sqlite', environment, () => rm(folder, { recursive: true, force: true }));
}

/** A schema, not a database: the role of the tests need not be allowed to create those. */
async function createPostgres(url: string): Promise<TestDatabase> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`;
  await runOn(url, `CREATE SCHEMA ${schema}`);
  const inSchema = new URL(url);
  inSchema.searchParams.set('options', `-c search_path=${schema}`);
  // `+` for a space is for forms; the driver reads it as a plus.
  const environment = { DATABASE_URL: inSchema.href.replaceAll('+', '%20'), ENCRYPTION_KEY: newKey() };
  return new TestDatabase('postgres', environment, () => runOn(url, `DROP SCHEMA ${schema} CASCADE`));
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
