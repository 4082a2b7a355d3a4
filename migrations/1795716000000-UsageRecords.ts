import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class UsageRecords1795716000000 implements MigrationInterface {
  name = 'UsageRecords1795716000000';

  async up(runner: QueryRunner): Promise<void> {
    // No references to keys and accounts: what they used stays told when they are gone.
    await runner.createTable(
      new Table({
        name: 'usage_records',
        columns: [
          { name: 'at', type: 'bigint', isPrimary: true },
          { name: 'request_id', type: 'varchar', isPrimary: true },
          { name: 'key_id', type: 'varchar' },
          { name: 'account_id', type: 'varchar', isNullable: true },
          { name: 'protocol', type: 'varchar' },
          { name: 'model', type: 'varchar', isNullable: true },
          { name: 'upstream_model', type: 'varchar', isNullable: true },
          { name: 'status', type: 'integer' },
          { name: 'outcome', type: 'varchar' },
          { name: 'error_class', type: 'varchar', isNullable: true },
          { name: 'is_stream', type: 'boolean' },
          { name: 'attempts', type: 'integer' },
          { name: 'input_tokens', type: 'bigint' },
          { name: 'output_tokens', type: 'bigint' },
          { name: 'cache_read_tokens', type: 'bigint' },
          { name: 'cache_write_tokens', type: 'bigint' },
          { name: 'reasoning_tokens', type: 'bigint' },
          { name: 'is_estimated', type: 'boolean' },
          { name: 'credits', type: 'double precision', isNullable: true },
          { name: 'cost', type: 'double precision' },
          { name: 'price_version', type: 'varchar', isNullable: true },
          { name: 'first_token_ms', type: 'integer', isNullable: true },
          { name: 'duration_ms', type: 'integer' },
          { name: 'duration_step', type: 'smallint' },
          { name: 'first_token_step', type: 'smallint', isNullable: true },
          { name: 'stop_reason', type: 'varchar', isNullable: true },
          { name: 'client', type: 'varchar' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('usage_records');
  }
}
