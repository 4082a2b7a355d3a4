import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AuditRepository } from '../audit/audit.repository.js';
import { AuditChain } from '../audit/audit-chain.service.js';
import { COMMAND_LINE } from '../audit/audit-event.js';
import { AuditLog } from '../audit/audit-log.service.js';
import { databaseSchema } from '../database-schema.js';
import { Clock } from '../platform/clock.js';
import { readConfiguration } from '../platform/config/configuration.js';
import { encryptionKey, type Settings } from '../platform/config/settings.js';
import { KeyRotation, type RotationStep } from '../platform/database/keys/key-rotation.js';
import { keyStatus } from '../platform/database/keys/key-status.js';
import { KEY_WATCH_MS } from '../platform/database/keys/key-watcher.service.js';
import { openUsedDatabase } from '../platform/database/open-database.js';
import { Encryption } from '../platform/encryption/encryption.js';
import { KeyFile } from '../platform/encryption/key-file.js';
import { RootKey } from '../platform/encryption/root-key.js';
import { formatKeyStatus } from './format-key-status.js';
import { RotationProgress } from './rotation-progress.js';

const HELP = `npm run encryption -- COMMAND

Changes the key that stored secrets are encrypted with, while services run. Settings are read as the service reads
them: DATABASE_URL or DATABASE_PATH, ENCRYPTION_KEY, .env of the working directory.

  rotate              encrypts everything with a new key; run again after a crash, it finishes what was begun
    --new-key-env NAME   the new key is the value of this environment variable
    --new-key-file PATH  the new key stands in this file; - is standard input
                         (32 bytes, base64 or hex; with a key file beside SQLite a new one is made without either)
    --retire             the old key opens nothing afterwards (with a key file always so)
    --wait SECONDS       time running services get to learn of the key, twice; default 12, 0 when none is running
  retire KEY_ID       the old key opens nothing any more; when every replica has the new one
  status [--json]     the keys, by id, and how many values each encrypted
  --help`;

/** Two looks of a running service, and some time for each. */
const WAIT_SECONDS = (2 * KEY_WATCH_MS) / 1000 + 2;
const LONGEST_WAIT_SECONDS = 3_600;

const OPTIONS = {
  'new-key-env': { type: 'string' },
  'new-key-file': { type: 'string' },
  retire: { type: 'boolean', default: false },
  wait: { type: 'string', default: String(WAIT_SECONDS) },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

export interface CommandOutput {
  /** The result: standard output. */
  print(text: string): void;
  /** Progress and advice: standard error. */
  tell(text: string): void;
}

/**
 * @param args what stands behind `npm run encryption --`
 * @param onStep waited for, after each step was told
 * @throws Error in words for the operator; the command has failed then
 */
export async function encryptionCommand(
  args: readonly string[],
  environment: Record<string, string | undefined>,
  output: CommandOutput,
  onStep?: (step: RotationStep) => Promise<void>,
): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [command, keyId, ...more] = positionals;
  if (values.help || command === undefined) return output.print(HELP);
  if (!['rotate', 'retire', 'status'].includes(command) || more.length > 0 || (keyId && command !== 'retire'))
    throw new Error(`There is no command \`${positionals.join(' ')}\`: rotate, retire KEY_ID or status (--help)`);

  const waitMs = secondsOf(values.wait) * 1000;
  const given = givenKey(values['new-key-env'], values['new-key-file'], environment);
  const { settings } = readConfiguration(environment);
  const keyFile = settings.ENCRYPTION_KEY ? undefined : new KeyFile(settings.DATABASE_PATH);
  const encryption = new Encryption(settings.ENCRYPTION_KEY ?? readKeyFile(keyFile, settings));
  const dataSource = await openUsedDatabase(settings, databaseSchema, encryption);
  try {
    if (command === 'status') {
      const keys = await keyStatus(dataSource);
      return output.print(values.json ? JSON.stringify({ keys }, null, 2) : formatKeyStatus(keys));
    }
    const progress = new RotationProgress(output.tell);
    const audit = new AuditLog(new AuditChain(new AuditRepository(dataSource), encryption), new Clock());
    const rotation = new KeyRotation(dataSource, encryption, {
      keyFile,
      waitMs,
      now: () => Date.now(),
      pause: (ms) => delay(ms),
      report: async (step) => {
        progress.show(step);
        await record(audit, step);
        await onStep?.(step);
      },
    });
    if (command === 'retire') {
      if (!keyId) throw new Error('Which key? `npm run encryption -- status` shows their ids');
      return await rotation.retire(keyId);
    }
    const id = await rotation.rotate(given, values.retire || keyFile !== undefined);
    output.tell(adviceAfter(id, encryption.masterKeyId, keyFile, values.retire));
  } finally {
    await dataSource.destroy();
  }
}

function secondsOf(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= LONGEST_WAIT_SECONDS) return Number(text);
  throw new Error(`--wait: a whole number of seconds, at most ${LONGEST_WAIT_SECONDS}`);
}

/** Never an argument: those are shown to everybody on the machine. */
function givenKey(
  name: string | undefined,
  path: string | undefined,
  environment: Record<string, string | undefined>,
): RootKey | undefined {
  if (name !== undefined && path !== undefined) throw new Error('Either --new-key-env or --new-key-file, not both');
  if (name === undefined && path === undefined) return undefined;
  const text = name === undefined ? readFileSync(path === '-' ? 0 : (path ?? ''), 'utf8') : environment[name];
  const source = name ?? path;
  if (!text) throw new Error(`${source}: there is no key`);
  const parsed = encryptionKey.safeParse(text.trim());
  if (!parsed.success) throw new Error(`${source}: ${parsed.error.issues[0]?.message}`);
  return new RootKey(parsed.data);
}

function readKeyFile(file: KeyFile | undefined, settings: Settings): Buffer {
  if (file && existsSync(file.path)) return file.read();
  throw new Error(
    `There is no key: ENCRYPTION_KEY is not set, and there is no ${settings.DATABASE_PATH}.key. Give the settings that the service has.`,
  );
}

async function record(audit: AuditLog, step: RotationStep): Promise<void> {
  if (step.step === 'announced') {
    const details = { before: step.before, after: step.keyId, continued: step.isContinued };
    await audit.record({ actor: COMMAND_LINE, action: 'encryption.rotate', target: step.keyId, details });
  } else if (step.step === 'retired') {
    await audit.record({ actor: COMMAND_LINE, action: 'encryption.retire', target: step.keyId });
  }
}

function adviceAfter(id: string, masterKeyId: string, keyFile: KeyFile | undefined, isRetired: boolean): string {
  if (keyFile) return `The key is in ${keyFile.path}. Running services have it already.`;
  if (masterKeyId === id) return 'Done.';
  return isRetired
    ? 'Set ENCRYPTION_KEY to the new key before a service starts again: with the old one none does.'
    : `Set ENCRYPTION_KEY to the new key and restart the replicas, one by one, whenever you like. Then, with the new key set here too: npm run encryption -- retire ${masterKeyId}`;
}
