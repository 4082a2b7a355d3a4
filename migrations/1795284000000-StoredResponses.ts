import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const key = { type: 'varchar', isPrimary: true };
const instant = { type: 'bigint' };

export class StoredResponses1795284000000 implements MigrationInterface {
  name = 'StoredResponses1795284000000';

  async up(runner: QueryRunner): Promise<void> {
    // Bodies stand last: SQLite reads a row from its front, and sizes are asked for far more often.
    await runner.createTable(
      new Table({
        name: 'stored_items',
        columns: [
          { name: 'key_id', ...key },
          { name: 'id', ...key },
          { name: 'size', type: 'integer' },
          { name: 'expires_at', ...instant },
          { name: 'body', type: 'text' },
        ],
        indices: [
          { name: 'stored_items_expiry', columnNames: ['expires_at'] },
          { name: 'stored_items_age', columnNames: ['key_id', 'expires_at', 'size'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'stored_responses',
        columns: [
          { name: 'key_id', ...key },
          { name: 'id', ...key },
          { name: 'previous_id', type: 'varchar', isNullable: true },
          { name: 'size', type: 'integer' },
          { name: 'created_at', ...instant },
          { name: 'expires_at', ...instant },
          { name: 'items', type: 'text' },
          { name: 'body', type: 'text' },
        ],
        indices: [
          { name: 'stored_responses_expiry', columnNames: ['expires_at'] },
          { name: 'stored_responses_age', columnNames: ['key_id', 'expires_at', 'size'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'stored_item_uses',
        columns: [
          { name: 'key_id', ...key },
          { name: 'response_id', ...key },
          { name: 'item_id', ...key },
        ],
        indices: [{ name: 'stored_item_uses_item', columnNames: ['key_id', 'item_id', 'response_id'] }],
        foreignKeys: [
          {
            name: 'stored_item_uses_response',
            columnNames: ['key_id', 'response_id'],
            referencedTableName: 'stored_responses',
            referencedColumnNames: ['key_id', 'id'],
            onDelete: 'CASCADE',
          },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('stored_item_uses');
    await runner.dropTable('stored_responses');
    await runner.dropTable('stored_items');
  }
}
