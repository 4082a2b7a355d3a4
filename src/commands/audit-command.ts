import { parseArgs } from 'node:util';
import { AuditRepository } from '../audit/audit.repository.js';
import { AuditSeal } from '../audit/audit-seal.js';
import type { NotedHead } from '../audit/chain-check.js';
import { verifyChain } from '../audit/verify-chain.js';
import { databaseSchema } from '../database-schema.js';
import { readConfiguration } from '../platform/config/configuration.js';
import { openUsedDatabase } from '../platform/database/open-database.js';
import { Encryption } from '../platform/encryption/encryption.js';
import { masterKey } from '../platform/encryption/master-key.js';
import { formatFindings, formatHead } from './format-audit.js';

const HELP = `npm run audit -- COMMAND

  verify                finds entries of the audit log that were changed, removed, swapped or added
    --head SEQUENCE:HASH  compares with a head that was noted before; each log line of an audited event has one
    --json
  head                  the newest entry, as SEQUENCE:HASH: note it where whoever can write to the database can't
    --json
  --help

It reads the database of the service, whether that runs or not: settings are read as the service reads them
(DATABASE_URL or DATABASE_PATH, ENCRYPTION_KEY, .env of the working directory). The status is 1 when something is wrong.`;

const OPTIONS = {
  head: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface CommandOutput {
  /** The result: standard output. */
  print(text: string): void;
  /** Advice, a line each: standard error. */
  tell(text: string): void;
  /** Progress, each in the place of the last; nothing where nobody looks. */
  show(text: string): void;
}

/**
 * @param args what stands behind `npm run audit --`
 * @returns the process' status
 * @throws Error in words for the operator
 */
export async function auditCommand(
  args: readonly string[],
  environment: Record<string, string | undefined>,
  output: CommandOutput,
): Promise<number> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [command] = positionals;
  if (values.help || command === undefined) {
    output.print(HELP);
    return values.help ? 0 : 1;
  }
  if (!['verify', 'head'].includes(command) || positionals.length > 1)
    throw new Error(`There is no command \`${positionals.join(' ')}\`: verify or head (--help)`);
  if (values.head !== undefined && command !== 'verify') throw new Error('--head is for verify');
  const noted = values.head === undefined ? undefined : parseHead(values.head);

  const { settings } = readConfiguration(environment);
  const encryption = new Encryption(masterKey(settings));
  const dataSource = await openUsedDatabase(settings, databaseSchema, encryption);
  try {
    const repository = new AuditRepository(dataSource);
    const seal = new AuditSeal(encryption);
    return command === 'head'
      ? await showHead(repository, seal, values.json, output)
      : await verify(repository, seal, { noted, json: values.json }, output);
  } finally {
    await dataSource.destroy();
  }
}

/** @throws when it is none */
function parseHead(text: string): NotedHead {
  const [, sequence, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (!sequence || !hash) throw new Error('--head: SEQUENCE:HASH, as `npm run audit -- head` prints it');
  return { sequence: Number(sequence), hash };
}

async function showHead(
  repository: AuditRepository,
  seal: AuditSeal,
  json: boolean,
  output: CommandOutput,
): Promise<number> {
  const last = await repository.last();
  if (!last) {
    output.tell('There is no entry in the audit log');
    return 1;
  }
  if (!seal.isRight(last)) {
    output.tell(`Entry ${last.sequence} is not as it was written: npm run audit -- verify`);
    return 1;
  }
  const head = { sequence: last.sequence, hash: last.hash ?? '' };
  output.print(json ? JSON.stringify({ ...head, at: last.at }, null, 2) : formatHead(head));
  return 0;
}

async function verify(
  repository: AuditRepository,
  seal: AuditSeal,
  { noted, json }: { noted: NotedHead | undefined; json: boolean },
  output: CommandOutput,
): Promise<number> {
  const total = await repository.count();
  const findings = await verifyChain(repository, seal, {
    noted,
    onProgress: (entries) => output.show(`${entries} of ${total}`),
  });
  output.show('');
  const isRight = findings.problemCount === 0;
  output.print(json ? JSON.stringify({ isRight, ...findings }, null, 2) : formatFindings(findings, noted));
  return isRight ? 0 : 1;
}
