import { rm } from 'node:fs/promises';
import sqlite3 from 'sqlite3';
import type { DataSource } from 'typeorm';

/** Any fixed number: it names our rotations among Postgres' advisory locks. */
const ROTATION_LOCK = 4_170_616_358;

/**
 * Keeps a second command out while one runs. It is let go with the process, however that ends.
 * @returns what lets go; undefined when another process has it
 */
export function lockRotation(dataSource: DataSource): Promise<(() => Promise<void>) | undefined> {
  const { options } = dataSource;
  return options.type === 'postgres' ? lockOnPostgres(dataSource) : lockFile(`${options.database}.rotation`);
}

async function lockOnPostgres(dataSource: DataSource): Promise<(() => Promise<void>) | undefined> {
  const runner = dataSource.createQueryRunner();
  const [row] = await runner.query('SELECT pg_try_advisory_lock($1) AS locked', [ROTATION_LOCK]);
  if (!row?.locked) {
    await runner.release();
    return undefined;
  }
  return async () => {
    await runner.query('SELECT pg_advisory_unlock($1)', [ROTATION_LOCK]);
    await runner.release();
  };
}

/** SQLite's own lock on an empty file: Node has none, and a file that merely exists would outlive a crash. */
async function lockFile(path: string): Promise<(() => Promise<void>) | undefined> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(opened)));
  });
  const close = () => new Promise<void>((resolve) => database.close(() => resolve()));
  try {
    await new Promise<void>((resolve, reject) => {
      database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE', (error) => (error ? reject(error) : resolve()));
    });
  } catch (error) {
    await close();
    if ((error as NodeJS.ErrnoException).code === 'SQLITE_BUSY') return undefined;
    throw error;
  }
  return async () => {
    await rm(path, { force: true });
    await close();
  };
}
