import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Webhooks1795716300000 implements MigrationInterface {
  name = 'Webhooks1795716300000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'webhooks',
        columns: [
          { name: 'id', type: 'varchar', isPrimary: true },
          { name: 'url', type: 'text' },
          { name: 'events', type: 'text' },
          { name: 'enabled', type: 'boolean' },
          { name: 'description', type: 'varchar', isNullable: true },
          { name: 'secret', type: 'text' },
          { name: 'previous_secret', type: 'text', isNullable: true },
          { name: 'previous_expires_at', type: 'bigint', isNullable: true },
          { name: 'last_at', type: 'bigint', isNullable: true },
          { name: 'last_status', type: 'integer', isNullable: true },
          { name: 'last_error', type: 'varchar', isNullable: true },
          { name: 'created_at', type: 'bigint' },
          { name: 'updated_at', type: 'bigint' },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'webhook_deliveries',
        columns: [
          { name: 'event_id', type: 'varchar', isPrimary: true },
          { name: 'webhook_id', type: 'varchar', isPrimary: true },
          { name: 'type', type: 'varchar' },
          { name: 'body', type: 'text' },
          { name: 'state', type: 'varchar' },
          { name: 'attempts', type: 'integer' },
          { name: 'next_at', type: 'bigint' },
          { name: 'status', type: 'integer', isNullable: true },
          { name: 'error', type: 'varchar', isNullable: true },
          { name: 'created_at', type: 'bigint' },
          { name: 'ended_at', type: 'bigint', isNullable: true },
        ],
        indices: [
          { name: 'webhook_deliveries_due', columnNames: ['state', 'webhook_id', 'next_at'] },
          { name: 'webhook_deliveries_newest', columnNames: ['webhook_id', 'created_at', 'event_id'] },
        ],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'webhook_subjects',
        columns: [
          { name: 'id', type: 'varchar', isPrimary: true },
          { name: 'standing', type: 'varchar' },
          { name: 'version', type: 'integer' },
          { name: 'told_at', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('webhook_subjects');
    await runner.dropTable('webhook_deliveries');
    await runner.dropTable('webhooks');
  }
}
