import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class UsageSums1795716100000 implements MigrationInterface {
  name = 'UsageSums1795716100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'usage_periods',
        columns: [
          { name: 'period', type: 'varchar', isPrimary: true },
          { name: 'start', type: 'bigint', isPrimary: true },
          { name: 'changes', type: 'integer' },
          { name: 'summed', type: 'integer' },
          { name: 'is_pruned', type: 'boolean' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'usage_sums',
        columns: [
          { name: 'period', type: 'varchar', isPrimary: true },
          { name: 'dimension', type: 'varchar', isPrimary: true },
          { name: 'start', type: 'bigint', isPrimary: true },
          { name: 'member', type: 'varchar', isPrimary: true },
          { name: 'revision', type: 'integer' },
          { name: 'requests', type: 'bigint' },
          { name: 'errors', type: 'bigint' },
          { name: 'cancelled', type: 'bigint' },
          { name: 'input_tokens', type: 'bigint' },
          { name: 'output_tokens', type: 'bigint' },
          { name: 'cache_read_tokens', type: 'bigint' },
          { name: 'cache_write_tokens', type: 'bigint' },
          { name: 'reasoning_tokens', type: 'bigint' },
          { name: 'credits', type: 'double precision' },
          { name: 'cost', type: 'double precision' },
          { name: 'durations', type: 'text' },
          { name: 'first_tokens', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('usage_sums');
    await runner.dropTable('usage_periods');
  }
}
