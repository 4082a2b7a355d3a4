import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Plain SQL that both databases know: the Table API would copy the whole table on SQLite. */
const COLUMNS = [
  'priority integer NOT NULL DEFAULT 0',
  'requests_per_minute integer',
  'max_concurrent integer',
  'base_url varchar',
  'start_url varchar',
  'registration_expires_at bigint',
  'status_until bigint',
  'enabled_since bigint',
  'quota_used double precision',
  'quota_limit double precision',
  'quota_resets_at bigint',
  'quota_read_at bigint',
  'request_count integer NOT NULL DEFAULT 0',
  'error_count integer NOT NULL DEFAULT 0',
  'credentials_since bigint',
  'client_digest varchar',
  'given_digest varchar',
  'token_digest varchar',
  'revision integer NOT NULL DEFAULT 1',
];

export class AccountFields1795370400000 implements MigrationInterface {
  name = 'AccountFields1795370400000';

  async up(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS) await runner.query(`ALTER TABLE accounts ADD COLUMN ${column}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const column of COLUMNS.toReversed()) {
      await runner.query(`ALTER TABLE accounts DROP COLUMN ${column.split(' ', 1)[0]}`);
    }
  }
}
