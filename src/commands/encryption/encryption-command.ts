import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { AuditRepository } from '../../audit/audit.repository.js';
import { AuditChain } from '../../audit/audit-chain.service.js';
import { COMMAND_LINE } from '../../audit/audit-event.js';
import { AuditLog } from '../../audit/audit-log.service.js';
import { databaseSchema } from '../../database-schema.js';
import { Clock } from '../../platform/clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { encryptionKey, type Settings } from '../../platform/config/settings.js';
import { KeyRotation, type RotationStep } from '../../platform/database/keys/key-rotation.js';
import { keyStatus } from '../../platform/database/keys/key-status.js';
import { KEY_WATCH_MS } from '../../platform/database/keys/key-watcher.service.js';
import { openUsedDatabase } from '../../platform/database/open-database.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { KeyFile } from '../../platform/encryption/key-file.js';
import { RootKey } from '../../platform/encryption/root-key.js';
import { printJson } from '../print-json.js';
import { type Surroundings, UsageError } from '../surroundings.js';
import { formatKeyStatus } from './format-key-status.js';
import { RotationProgress } from './rotation-progress.js';

/** Two looks of a running service, and some time for each. */
const WAIT_SECONDS = (2 * KEY_WATCH_MS) / 1000 + 2;
const LONGEST_WAIT_SECONDS = 3_600;

export interface RotateOptions {
  newKeyEnv?: string;
  newKeyFile?: string;
  retire?: boolean;
  wait?: string;
}

/** What the encryption commands work on. */
interface KeysRoom {
  dataSource: DataSource;
  encryption: Encryption;
  keyFile: KeyFile | undefined;
}

/**
 * `encryption rotate`: everything is encrypted with a new key.
 * @param onStep waited for, after each step was told
 * @throws Error in words for the operator; the command has failed then
 */
export async function rotateKey(options: RotateOptions, surroundings: Surroundings, onStep?: OnStep): Promise<void> {
  const waitMs = secondsOf(options.wait ?? String(WAIT_SECONDS)) * 1000;
  const given = await givenKey(options, surroundings);
  const { retire: isRetired = false } = options;
  await withKeys(surroundings.environment, async (room) => {
    const { encryption, keyFile } = room;
    const id = await rotationIn(room, waitMs, surroundings, onStep).rotate(given, isRetired || keyFile !== undefined);
    surroundings.output.tell(adviceAfter(id, encryption.masterKeyId, keyFile, isRetired));
  });
}

/** `encryption retire`: the key opens nothing any more. @throws Error in words for the operator */
export async function retireKey(keyId: string, surroundings: Surroundings, onStep?: OnStep): Promise<void> {
  await withKeys(surroundings.environment, (room) => rotationIn(room, 0, surroundings, onStep).retire(keyId));
}

/** `encryption status` @throws Error in words for the operator */
export async function showKeys({ json }: { json?: boolean }, { environment, output }: Surroundings): Promise<void> {
  await withKeys(environment, async ({ dataSource }) => {
    const keys = await keyStatus(dataSource);
    if (json) await printJson(output, { keys });
    else await output.print(`${formatKeyStatus(keys, output.columns)}\n`);
  });
}

/** Waited for, after each step was told. */
export type OnStep = (step: RotationStep) => Promise<void>;

async function withKeys(
  environment: Surroundings['environment'],
  work: (room: KeysRoom) => Promise<void>,
): Promise<void> {
  const { settings } = readConfiguration({ ...environment });
  const keyFile = settings.ENCRYPTION_KEY ? undefined : new KeyFile(settings.DATABASE_PATH);
  const encryption = new Encryption(settings.ENCRYPTION_KEY ?? readKeyFile(keyFile, settings));
  const dataSource = await openUsedDatabase(settings, databaseSchema, encryption);
  try {
    await work({ dataSource, encryption, keyFile });
  } finally {
    await dataSource.destroy();
  }
}

function rotationIn(
  { dataSource, encryption, keyFile }: KeysRoom,
  waitMs: number,
  { output }: Surroundings,
  onStep?: OnStep,
): KeyRotation {
  const progress = new RotationProgress((text) => output.tell(text));
  const audit = new AuditLog(new AuditChain(new AuditRepository(dataSource), encryption), new Clock());
  return new KeyRotation(dataSource, encryption, {
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
}

function secondsOf(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) <= LONGEST_WAIT_SECONDS) return Number(text);
  throw new UsageError(`--wait: a whole number of seconds, at most ${LONGEST_WAIT_SECONDS}`);
}

/** Never an argument: those are shown to everybody on the machine. */
async function givenKey(
  { newKeyEnv: name, newKeyFile: path }: RotateOptions,
  surroundings: Surroundings,
): Promise<RootKey | undefined> {
  if (name !== undefined && path !== undefined)
    throw new UsageError('Either --new-key-env or --new-key-file, not both');
  if (name === undefined && path === undefined) return undefined;
  const text = path === undefined ? surroundings.environment[name ?? ''] : await readKey(path, surroundings);
  const source = name ?? path;
  if (!text) throw new Error(`${source}: there is no key`);
  const parsed = encryptionKey.safeParse(text.trim());
  if (!parsed.success) throw new Error(`${source}: ${parsed.error.issues[0]?.message}`);
  return new RootKey(parsed.data);
}

function readKey(path: string, surroundings: Surroundings): Promise<string> {
  return path === '-' ? surroundings.readInput() : readFile(resolve(surroundings.folder, path), 'utf8');
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
    : `Set ENCRYPTION_KEY to the new key and restart the replicas, one by one, whenever you like. Then, with the new key set here too: amq-gateway encryption retire ${masterKeyId}`;
}
