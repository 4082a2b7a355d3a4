import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * One for each thing the request log is searched by that has many values: each costs every row some microseconds. They go by `-at`, which the primary key can't: no planner takes
 * that one instead, and reads all that came since for the few rows that were meant. Failed requests are few, and have
 * indexes of their own.
 */
const INDEXES: readonly (readonly [name: string, columns: string])[] = [
  ['usage_records_by_key', '(key_id, (-at))'],
  ['usage_records_by_account', '(account_id, (-at))'],
  ['usage_records_by_model', '(model, (-at))'],
  ['usage_records_by_upstream_model', '(upstream_model, (-at))'],
  ['usage_records_by_request', '(request_id)'],
  ['usage_records_by_status', '(status, (-at)) WHERE status >= 400'],
  ['usage_records_by_error', '(error_class, (-at)) WHERE error_class IS NOT NULL'],
  ['usage_records_by_outcome', `(outcome, (-at)) WHERE outcome <> 'success'`],
];

export class UsageIndexes1795716200000 implements MigrationInterface {
  name = 'UsageIndexes1795716200000';

  async up(runner: QueryRunner): Promise<void> {
    // The schema API has no expressions; both databases read these alike.
    for (const [name, columns] of INDEXES) await runner.query(`CREATE INDEX ${name} ON usage_records ${columns}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [name] of INDEXES) await runner.query(`DROP INDEX ${name}`);
  }
}
