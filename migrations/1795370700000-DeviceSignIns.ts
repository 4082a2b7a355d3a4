import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';

export class DeviceSignIns1795370700000 implements MigrationInterface {
  name = 'DeviceSignIns1795370700000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({
        name: 'device_sign_ins',
        columns: [
          { name: 'id', type: 'varchar', isPrimary: true },
          { name: 'step', type: 'varchar' },
          { name: 'reason', type: 'text', isNullable: true },
          { name: 'account_id', type: 'varchar' },
          { name: 'renews_account', type: 'boolean' },
          { name: 'wanted', type: 'text' },
          { name: 'start_url', type: 'varchar' },
          { name: 'region', type: 'varchar' },
          { name: 'token_endpoint', type: 'varchar' },
          { name: 'profile_arn', type: 'varchar', isNullable: true },
          { name: 'user_code', type: 'varchar' },
          { name: 'verification_uri', type: 'varchar' },
          { name: 'verification_uri_complete', type: 'varchar' },
          { name: 'poll_interval', type: 'integer' },
          { name: 'next_step_at', type: 'bigint' },
          { name: 'failures', type: 'integer' },
          { name: 'expires_at', type: 'bigint' },
          { name: 'profiles', type: 'text', isNullable: true },
          { name: 'secrets', type: 'text', isNullable: true },
          { name: 'created_at', type: 'bigint' },
          { name: 'ended_at', type: 'bigint', isNullable: true },
        ],
        indices: [{ name: 'device_sign_ins_due', columnNames: ['step', 'next_step_at'] }],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('device_sign_ins');
  }
}
