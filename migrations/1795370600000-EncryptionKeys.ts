import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const COLUMNS = [
  'generation integer NOT NULL DEFAULT 1',
  "state varchar NOT NULL DEFAULT 'settled'",
  'created_at bigint NOT NULL DEFAULT 0',
];

export class EncryptionKeys1795370600000 implements MigrationInterface {
  name = 'EncryptionKeys1795370600000';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) await runner.query(`ALTER TABLE encryption_keys ADD COLUMN ${column}`);
    // Two replicas, or two commands, that would each bring the next key: one of them does.
    await runner.query('CREATE UNIQUE INDEX encryption_keys_generation ON encryption_keys (generation)');
    await runner.createTable(
      new Table({
        name: 'encryption_key_wraps',
        columns: [
          { name: 'key_id', type: 'varchar', isPrimary: true },
          { name: 'wrapped_by', type: 'varchar', isPrimary: true },
          { name: 'wrapped', type: 'text' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('encryption_key_wraps');
    await runner.query('DROP INDEX encryption_keys_generation');
    for (const column of COLUMNS.toReversed()) {
      await runner.query(`ALTER TABLE encryption_keys DROP COLUMN ${column.split(' ', 1)[0]}`);
    }
  }
}
