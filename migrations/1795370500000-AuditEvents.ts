import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class AuditEvents1795370500000 implements MigrationInterface {
  name = 'AuditEvents1795370500000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'audit_events',
        columns: [
          { name: 'id', type: 'varchar', isPrimary: true },
          { name: 'at', type: 'bigint' },
          { name: 'actor', type: 'varchar' },
          { name: 'key_id', type: 'varchar', isNullable: true },
          { name: 'address', type: 'varchar', isNullable: true },
          { name: 'action', type: 'varchar' },
          { name: 'target', type: 'varchar', isNullable: true },
          { name: 'outcome', type: 'varchar' },
          { name: 'details', type: 'text', isNullable: true },
          { name: 'request_id', type: 'varchar', isNullable: true },
        ],
        indices: [{ name: 'audit_events_at', columnNames: ['at', 'id'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_events');
  }
}
