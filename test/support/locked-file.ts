import sqlite3 from 'sqlite3';

/** Begins to write to a SQLite file, as a backup or somebody's shell may, and does not end. @returns what ends it */
export async function lockFile(path: string): Promise<() => Promise<void>> {
  const database = await new Promise<sqlite3.Database>((resolve, reject) => {
    const opened = new sqlite3.Database(path, (error) => (error ? reject(error) : resolve(opened)));
  });
  const run = (statement: string) =>
    new Promise<void>((resolve, reject) => database.exec(statement, (error) => (error ? reject(error) : resolve())));
  await run('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
  return async () => {
    await run('ROLLBACK');
    await new Promise<void>((resolve) => database.close(() => resolve()));
  };
}
