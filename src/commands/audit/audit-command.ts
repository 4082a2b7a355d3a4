import { AuditRepository } from '../../audit/audit.repository.js';
import { AuditSeal } from '../../audit/audit-seal.js';
import type { NotedHead } from '../../audit/chain-check.js';
import { verifyChain } from '../../audit/verify-chain.js';
import { databaseSchema } from '../../database-schema.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { openUsedDatabase } from '../../platform/database/open-database.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { masterKey } from '../../platform/encryption/master-key.js';
import { printJson } from '../print-json.js';
import { FAILED } from '../statuses.js';
import { type Surroundings, UsageError } from '../surroundings.js';
import { formatFindings, formatHead } from './format-audit.js';

export interface VerifyOptions {
  head?: string;
  json?: boolean;
}

interface AuditRoom {
  repository: AuditRepository;
  seal: AuditSeal;
}

/** `audit verify`. @throws Error in words for the operator */
export async function verifyAudit({ head, json }: VerifyOptions, surroundings: Surroundings): Promise<void> {
  const noted = head === undefined ? undefined : parseHead(head);
  const { output } = surroundings;
  await withAudit(surroundings, async ({ repository, seal }) => {
    const total = await repository.count();
    const findings = await verifyChain(repository, seal, {
      noted,
      onProgress: (entries) => output.show(`${entries} of ${total}`),
    });
    output.show('');
    const isRight = findings.problemCount === 0;
    if (!isRight) surroundings.status = FAILED;
    if (json) await printJson(output, { isRight, ...findings });
    else await output.print(`${formatFindings(findings, noted)}\n`);
  });
}

/** `audit head`. @throws Error in words for the operator */
export async function auditHead({ json }: { json?: boolean }, surroundings: Surroundings): Promise<void> {
  const { output } = surroundings;
  await withAudit(surroundings, async ({ repository, seal }) => {
    const last = await repository.last();
    if (!last) throw new Error('There is no entry in the audit log');
    if (!seal.isRight(last))
      throw new Error(`Entry ${last.sequence} is not as it was written: audit verify tells more`);
    const head = { sequence: last.sequence, hash: last.hash ?? '' };
    if (json) await printJson(output, { ...head, at: last.at });
    else await output.print(`${formatHead(head)}\n`);
  });
}

async function withAudit({ environment }: Surroundings, work: (room: AuditRoom) => Promise<void>): Promise<void> {
  const { settings } = readConfiguration({ ...environment });
  const encryption = new Encryption(masterKey(settings));
  const dataSource = await openUsedDatabase(settings, databaseSchema, encryption);
  try {
    await work({ repository: new AuditRepository(dataSource), seal: new AuditSeal(encryption) });
  } finally {
    await dataSource.destroy();
  }
}

/** @throws UsageError when it is none */
function parseHead(text: string): NotedHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!sequence || !hash) throw new UsageError('--head: SEQUENCE:HASH, as `audit head` prints it');
  return { sequence: Number(sequence), hash };
}
