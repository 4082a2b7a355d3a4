import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

const instant = { type: 'bigint' };

export class FirstTables1795197600000 implements MigrationInterface {
  name = 'FirstTables1795197600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({ name: 'encryption_keys', columns: [{ name: 'id', type: 'varchar', isPrimary: true }] }),
    );
    await runner.createTable(
      new Table({
        name: 'api_keys',
        columns: [
          { name: 'id', type: 'varchar', isPrimary: true },
          { name: 'name', type: 'varchar' },
          { name: 'prefix', type: 'varchar' },
          { name: 'digest', type: 'varchar' },
          { name: 'scopes', type: 'text' },
          { name: 'enabled', type: 'boolean' },
          { name: 'seeded', type: 'boolean' },
          { name: 'expires_at', ...instant, isNullable: true },
          { name: 'last_used_at', ...instant, isNullable: true },
          { name: 'created_at', ...instant },
        ],
        indices: [{ name: 'api_keys_digest', columnNames: ['digest'], isUnique: true }],
      }),
    );
    await runner.createTable(
      new Table({
        name: 'accounts',
        columns: [
          { name: 'id', type: 'varchar', isPrimary: true },
          { name: 'label', type: 'varchar' },
          { name: 'provider', type: 'varchar' },
          { name: 'enabled', type: 'boolean' },
          { name: 'status', type: 'varchar' },
          { name: 'status_reason', type: 'text', isNullable: true },
          { name: 'status_since', ...instant },
          { name: 'weight', type: 'integer' },
          { name: 'region', type: 'varchar', isNullable: true },
          { name: 'sso_region', type: 'varchar', isNullable: true },
          { name: 'profile_arn', type: 'varchar', isNullable: true },
          { name: 'api_endpoint', type: 'varchar', isNullable: true },
          { name: 'token_endpoint', type: 'varchar', isNullable: true },
          { name: 'binding', type: 'varchar', isNullable: true },
          { name: 'origin', type: 'varchar', isNullable: true },
          { name: 'secrets', type: 'text' },
          { name: 'token_expires_at', ...instant, isNullable: true },
          { name: 'last_refresh_at', ...instant, isNullable: true },
          { name: 'last_used_at', ...instant, isNullable: true },
          { name: 'environment', type: 'text', isNullable: true },
          { name: 'created_at', ...instant },
          { name: 'updated_at', ...instant },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('accounts');
    await runner.dropTable('api_keys');
    await runner.dropTable('encryption_keys');
  }
}
