import { Logger } from '@nestjs/common';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { AuditChain } from '../../src/audit/audit-chain.service.js';
import { AuditEndEntity } from '../../src/audit/audit-end.entity.js';
import { AuditEventEntity } from '../../src/audit/audit-event.entity.js';
import type { AuditEvent } from '../../src/audit/audit-event.js';
import { AuditLog } from '../../src/audit/audit-log.service.js';
import { AuditRetention } from '../../src/audit/audit-retention.job.js';
import { AuditSeal } from '../../src/audit/audit-seal.js';
import { AuditSearchRepository } from '../../src/audit/audit-search.repository.js';
import { AuditSearch } from '../../src/audit/audit-search.service.js';
import type { NotedHead } from '../../src/audit/chain-check.js';
import { verifyChain } from '../../src/audit/verify-chain.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import type { TestDatabase } from './databases.js';
import { TestClock } from './test-clock.js';

// What the room logs is what its tests provoke.
Logger.overrideLogger(false);

/** The audit room of one replica, on a test's own database. */
export async function openAuditRoom(database: TestDatabase, clock = new TestClock(), retentionDays = 30) {
  const dataSource = await database.open([AuditEndEntity, AuditEventEntity]);
  const repository = new AuditRepository(dataSource);
  const encryption = database.encryption();
  const chain = new AuditChain(repository, encryption);
  const log = new AuditLog(chain, clock);
  const configuration = readConfiguration({
    ...database.environment,
    AUDIT_RETENTION_DAYS: String(retentionDays),
  });
  const verify = (noted?: NotedHead) => verifyChain(repository, new AuditSeal(encryption), { noted });
  return {
    clock,
    dataSource,
    repository,
    chain,
    log,
    retention: new AuditRetention(repository, log, clock, encryption, configuration),
    search: new AuditSearch(new AuditSearchRepository(dataSource)),
    verify,
    /** As a short text. */
    found: async (noted?: NotedHead) => {
      const { problems } = await verify(noted);
      return problems.map(({ problem, sequence, to }) => `${problem} ${sequence}${to === undefined ? '' : `-${to}`}`);
    },
    query: (statement: string) => dataSource.query(statement),
    rows: (): Promise<AuditEventEntity[]> =>
      dataSource.getRepository(AuditEventEntity).find({ order: { sequence: 'ASC' } }),
  };
}

/** As if nothing had ever been recorded. */
export async function emptyAuditLog(database: TestDatabase): Promise<void> {
  const dataSource = await database.open([AuditEndEntity, AuditEventEntity]);
  for (const table of ['audit_events', 'audit_ends']) await dataSource.query(`DELETE FROM ${table}`);
  await dataSource.query('CREATE UNIQUE INDEX IF NOT EXISTS audit_events_sequence ON audit_events (sequence)');
  await dataSource.destroy();
}

export type AuditRoom = Awaited<ReturnType<typeof openAuditRoom>>;

export function auditEvent(target: string, more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    actor: { name: 'somebody', keyId: 'key-1', address: '192.0.2.7' },
    action: 'account.update',
    target,
    ...more,
  };
}
