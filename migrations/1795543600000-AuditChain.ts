import { type MigrationInterface, type QueryRunner, Table, TableIndex } from 'typeorm';

const BEFORE = 'audit_events_before_chain';
const FIELDS = [
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
];
const NAMES = FIELDS.map(({ name }) => name).join(', ');

/** A page of one filter is read in the order of the answer: each index ends in it. */
const INDICES = [
  { name: 'audit_events_at', columnNames: ['at', 'sequence'] },
  { name: 'audit_events_actor', columnNames: ['actor', 'at', 'sequence'] },
  { name: 'audit_events_key', columnNames: ['key_id', 'at', 'sequence'] },
  { name: 'audit_events_address', columnNames: ['address', 'at', 'sequence'] },
  { name: 'audit_events_action', columnNames: ['action', 'at', 'sequence'] },
  { name: 'audit_events_target', columnNames: ['target', 'at', 'sequence'] },
  { name: 'audit_events_outcome', columnNames: ['outcome', 'at', 'sequence'] },
  { name: 'audit_events_request', columnNames: ['request_id', 'at', 'sequence'] },
];

/** Entries from before the chain get the sequences below 1: the newest of them -1. */
export class AuditChain1795543600000 implements MigrationInterface {
  name = 'AuditChain1795543600000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.dropIndex('audit_events', 'audit_events_at');
    await runner.renameTable('audit_events', BEFORE);
    await runner.createTable(
      new Table({
        name: 'audit_events',
        columns: [
          ...FIELDS,
          { name: 'sequence', type: 'bigint' },
          { name: 'previous_hash', type: 'varchar', isNullable: true },
          { name: 'hash', type: 'varchar', isNullable: true },
        ],
      }),
    );
    await runner.query(
      `INSERT INTO audit_events (${NAMES}, sequence) SELECT ${NAMES}, -row_number() OVER (ORDER BY at DESC, id DESC) FROM ${BEFORE}`,
    );
    await runner.dropTable(BEFORE);
    await runner.createIndex(
      'audit_events',
      new TableIndex({ name: 'audit_events_sequence', columnNames: ['sequence'], isUnique: true }),
    );
    for (const index of INDICES) await runner.createIndex('audit_events', new TableIndex(index));
    await runner.createTable(
      new Table({
        name: 'audit_ends',
        columns: [
          { name: 'name', type: 'varchar', isPrimary: true },
          { name: 'sequence', type: 'bigint' },
          { name: 'hash', type: 'varchar' },
          { name: 'mac', type: 'varchar' },
        ],
      }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('audit_ends');
    for (const { name } of INDICES) await runner.dropIndex('audit_events', name);
    await runner.dropIndex('audit_events', 'audit_events_sequence');
    for (const name of ['sequence', 'previous_hash', 'hash']) await runner.dropColumn('audit_events', name);
    await runner.createIndex('audit_events', new TableIndex({ name: 'audit_events_at', columnNames: ['at', 'id'] }));
  }
}
