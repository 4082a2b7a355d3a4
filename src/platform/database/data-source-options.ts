import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import pg from 'pg';
import sqlite3 from 'sqlite3';
import type { DataSourceOptions, EntityTarget, MigrationInterface, ObjectLiteral } from 'typeorm';
import type { Settings } from '../config/settings.js';

/** What lies above this room: the tables of the upper rooms and how they came to be. */
export interface DatabaseSchema {
  entities: readonly EntityTarget<ObjectLiteral>[];
  migrations: readonly (new () => MigrationInterface)[];
}

/** How long a statement waits while somebody else writes to the file. */
const BUSY_TIMEOUT_MS = 5_000;
/** For a connection to Postgres, or for one of the pool's to become free. */
const CONNECT_TIMEOUT_MS = 5_000;
/** The system then asks a silent server whether it is still there. */
const KEEP_ALIVE_AFTER_MS = 10_000;

/** The one place that knows the drivers: Postgres with `DATABASE_URL`, else SQLite in WAL mode. */
export function dataSourceOptions(settings: Settings, schema: DatabaseSchema): DataSourceOptions {
  const shared = {
    entities: [...schema.entities] as EntityTarget<ObjectLiteral>[] as NonNullable<DataSourceOptions['entities']>,
    migrations: [...schema.migrations],
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each' as const,
  };
  if (settings.DATABASE_URL) {
    return {
      ...shared,
      type: 'postgres',
      url: settings.DATABASE_URL,
      driver: pg,
      applicationName: 'amq-gateway',
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      extra: { keepAlive: true, keepAliveInitialDelayMillis: KEEP_ALIVE_AFTER_MS },
    };
  }
  mkdirSync(dirname(settings.DATABASE_PATH), { recursive: true });
  return {
    ...shared,
    type: 'sqlite',
    database: settings.DATABASE_PATH,
    enableWAL: true,
    busyTimeout: BUSY_TIMEOUT_MS,
    // TypeORM switches on the driver's verbose(), which records a stack at every call: 70 % slower inserts.
    driver: { Database: sqlite3.Database, verbose: () => sqlite3 },
  };
}
