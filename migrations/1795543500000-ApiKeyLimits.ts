import { type MigrationInterface, type QueryRunner, TableColumn, TableIndex } from 'typeorm';

const COLUMNS = [
  { name: 'requests_per_minute', type: 'integer' },
  { name: 'tokens_per_minute', type: 'bigint' },
  { name: 'max_concurrent', type: 'integer' },
  { name: 'monthly_token_budget', type: 'bigint' },
  { name: 'monthly_cost_budget', type: 'double precision' },
  { name: 'allowed_models', type: 'text' },
  { name: 'allowed_cidrs', type: 'text' },
  { name: 'previous_digest', type: 'varchar' },
  { name: 'previous_expires_at', type: 'bigint' },
];

export class ApiKeyLimits1795543500000 implements MigrationInterface {
  name = 'ApiKeyLimits1795543500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns(
      'api_keys',
      COLUMNS.map((column) => new TableColumn({ ...column, isNullable: true })),
    );
    const index = new TableIndex({
      name: 'api_keys_previous_digest',
      columnNames: ['previous_digest'],
      isUnique: true,
    });
    await runner.createIndex('api_keys', index);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('api_keys', 'api_keys_previous_digest');
    for (const { name } of COLUMNS) await runner.dropColumn('api_keys', name);
  }
}
