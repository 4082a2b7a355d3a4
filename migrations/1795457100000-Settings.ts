import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class Settings1795457100000 implements MigrationInterface {
  name = 'Settings1795457100000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'settings',
        columns: [
          { name: 'name', type: 'varchar', isPrimary: true },
          { name: 'document', type: 'text' },
          { name: 'revision', type: 'integer' },
          { name: 'updated_at', type: 'bigint', isNullable: true },
        ],
      }),
    );
    // There from the start: every change is an update of one row at the revision it was read at.
    await runner.query(`INSERT INTO settings (name, document, revision) VALUES ('live', '{}', 0)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('settings');
  }
}
