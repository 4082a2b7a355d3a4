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
import { createMigratedFile, migrateSchema } from './migrated-databases.js';
import { describeWith } from './services.js';

/** A database of one test's own, gone after it. */
export class TestDatabase {
  private readonly opened: DataSource[] = [];
  private readonly ends: (() => void)[] = [];
  private ownEncryption?: Encryption;

  constructor(
    readonly kind: 'sqlite' | 'postgres',
    /** The settings that lead to it, for a gateway of one's own. */
    readonly environment: Record<string, string>,
    private readonly drop: () => Promise<void>,
    /** To be migrated by the test. */
    private readonly isEmpty = false,
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
    if (this.kind === 'sqlite' && !this.isEmpty) await createMigratedFile(this.path);
    const dataSource = await openDatabase(settings, { entities, migrations }, this.encryption());
    this.opened.push(dataSource);
    return dataSource;
  }

  /** For what a test builds on the database and nobody closes. */
  whenRemoved(end: () => void): void {
    this.ends.push(end);
  }

  async remove(): Promise<void> {
    for (const end of this.ends) end();
    await Promise.all(this.opened.filter((each) => each.isInitialized).map((each) => each.destroy()));
    await this.drop();
  }
}

/** The same suite on SQLite and, where TEST_DATABASE_URL answers, on Postgres; `database()` is the test's own. */
export function describeOnEachDatabase(name: string, suite: (database: () => TestDatabase) => void): void {
  describeOnSqlite(name, suite);
  describeOnPostgres(name, suite);
}

/** The same, with a database that nobody has migrated yet. */
export function describeOnEachEmptyDatabase(name: string, suite: (database: () => TestDatabase) => void): void {
  describe(`${name}, on SQLite`, () => withEachTest(() => createSqlite({ isEmpty: true }), suite));
  describeWith('postgres', `${name}, on Postgres`, (url) =>
    withEachTest(() => createPostgres(url, { isEmpty: true }), suite),
  );
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

/** There is no file before it is opened: it may belong to somebody whose key is not there yet. */
async function createSqlite({ isEmpty = false } = {}): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'amq-database-'));
  const environment = { DATABASE_PATH: join(folder, 'gateway.db'), ENCRYPTION_KEY: newKey() };
  return new TestDatabase('sqlite', environment, () => rm(folder, { recursive: true, force: true }), isEmpty);
}

/** A schema, not a database: the role of the tests need not be allowed to create those. */
async function createPostgres(url: string, { isEmpty = false } = {}): Promise<TestDatabase> {
  const schema = `test_${randomUUID().replaceAll('-', '')}`;
  const inSchema = new URL(url);
  // No test pulls the plug of its Postgres: none has to wait for the disk.
  inSchema.searchParams.set('options', `-c search_path=${schema} -c synchronous_commit=off`);
  // `+` for a space is for forms; the driver reads it as a plus.
  const environment = { DATABASE_URL: inSchema.href.replaceAll('+', '%20'), ENCRYPTION_KEY: newKey() };
  const client = await clientOf(url);
  await client.query(`CREATE SCHEMA ${schema}`);
  if (!isEmpty) await migrateSchema(client, schema, environment.DATABASE_URL);
  const drop = async () => void (await (await clientOf(url)).query(`DROP SCHEMA ${schema} CASCADE`));
  return new TestDatabase('postgres', environment, drop, isEmpty);
}

/** One for the life of a worker: a new one learns the catalog anew, which takes as long as to make the tables. */
let connection: Promise<pg.Client> | undefined;

function clientOf(url: string): Promise<pg.Client> {
  connection ??= connect(url).catch((error) => {
    connection = undefined;
    throw error;
  });
  return connection;
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {
    connection = undefined;
  });
  await client.connect();
  // It need not be closed for the worker to end. The types do not know it.
  (client as pg.Client & { unref(): void }).unref();
  return client;
}
