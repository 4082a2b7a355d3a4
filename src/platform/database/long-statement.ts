import type { DataSource } from 'typeorm';
import { allowLongStatement } from './postgres-connections.js';

/**
 * Runs one statement that goes through so many rows that it may take a minute where the database is well.
 * @throws as `DataSource.query`
 */
export async function runLongStatement(
  dataSource: DataSource,
  statement: string,
  parameters: readonly unknown[],
): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    const connection = await runner.connect();
    if (dataSource.options.type === 'postgres') allowLongStatement(connection);
    await runner.query(statement, [...parameters]);
  } finally {
    await runner.release();
  }
}
