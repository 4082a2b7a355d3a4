import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class ApiKeySpending1795543700000 implements MigrationInterface {
  name = 'ApiKeySpending1795543700000';

  async up(runner: QueryRunner): Promise<void> {
    // No reference to the key: what a deleted key spent stays told.
    await runner.createTable(
      new Table({
        name: 'api_key_spending',
        columns: [
          { name: 'month', type: 'varchar', isPrimary: true },
          { name: 'key_id', type: 'varchar', isPrimary: true },
          { name: 'requests', type: 'bigint' },
          { name: 'tokens', type: 'bigint' },
          { name: 'cost', type: 'double precision' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('api_key_spending');
  }
}
