import { existsSync } from 'node:fs';
import sqlite3 from 'sqlite3';
import { DataSource } from 'typeorm';
import { type Account, isUsable } from '../../accounts/account.js';
import { AccountRepository } from '../../accounts/account.repository.js';
import { databaseSchema } from '../../database-schema.js';
import type { Settings } from '../../platform/config/settings.js';
import { dataSourceOptions } from '../../platform/database/data-source-options.js';
import { EncryptionKeys } from '../../platform/database/keys/encryption-keys.js';
import { Encryption } from '../../platform/encryption/encryption.js';
import { KeyFile } from '../../platform/encryption/key-file.js';
import { opensAll, type StoredKey } from '../../platform/encryption/key-ring.js';
import { databaseAdvice } from './database-advice.js';
import { type Finding, open, right, wrong } from './finding.js';

export interface DatabaseFindings {
  findings: Finding[];
  /** Undefined where they can't be read. */
  accounts: Account[] | undefined;
}

/** Accounts that are out are named one by one, so many of them. */
const MOST_NAMED = 10;

/**
 * Whether the database answers, is of this version, and can be opened with the key; and its accounts. Only reads.
 * @param given accounts of the environment, which a start would take over
 */
export async function checkDatabase(settings: Settings, given: number): Promise<DatabaseFindings> {
  const findings: Finding[] = [];
  if (!settings.DATABASE_URL && !existsSync(settings.DATABASE_PATH)) {
    findings.push(open('database', `${settings.DATABASE_PATH} is not there yet; the first start makes it`));
    return { findings, accounts: undefined };
  }
  const dataSource = new DataSource(readOnlyOptions(settings));
  try {
    await dataSource.initialize();
    const stored = await new EncryptionKeys(dataSource).listBeforeMigration();
    const migrations = await checkMigrations(dataSource);
    const { finding, key } = checkKey(settings, stored);
    findings.push(migrations, finding);
    if (migrations.state !== 'right' || !key) return { findings, accounts: undefined };
    const accounts = await new AccountRepository(dataSource, new Encryption(key)).list();
    findings.push(checkAccounts(accounts, given, Date.now()));
    return { findings, accounts };
  } catch (error) {
    const says = Error.isError(error) ? error.message || (error as NodeJS.ErrnoException).code : String(error);
    findings.push(wrong('database', `${placeOf(settings)}: ${says}`, databaseAdvice(error)));
    return { findings, accounts: undefined };
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
  }
}

function readOnlyOptions(settings: Settings) {
  const options = dataSourceOptions(settings, databaseSchema);
  // A file that is in use is in WAL mode already; to say so again would be to write.
  return options.type === 'sqlite' ? { ...options, flags: sqlite3.OPEN_READONLY, enableWAL: false } : options;
}

function placeOf({ DATABASE_URL, DATABASE_PATH }: Settings): string {
  return DATABASE_URL ? new URL(DATABASE_URL).host : DATABASE_PATH;
}

/** By its own reading: TypeORM makes the table of migrations when it is asked for what is missing. */
async function checkMigrations(dataSource: DataSource): Promise<Finding> {
  const known = databaseSchema.migrations.map((Migration) => new Migration().name ?? Migration.name);
  const runner = dataSource.createQueryRunner();
  const isThere = await runner.hasTable('migrations').finally(() => runner.release());
  const done: { name: string }[] = isThere ? await dataSource.query('SELECT name FROM migrations') : [];
  const names = new Set(done.map(({ name }) => name));
  const missing = known.filter((name) => !names.has(name)).length;
  if (names.size > known.length - missing) {
    return wrong('database', 'it was used by a newer version', 'Run that version, or go back to a copy from before it');
  }
  if (names.size === 0) return open('database', 'it answers, and is empty; the first start prepares it');
  if (missing === 0) return right('database', `it answers; all ${known.length} migrations have run`);
  return open(
    'database',
    `it answers; ${missing} of ${known.length} migrations have not run`,
    'serve and migrate do that',
  );
}

function checkKey(settings: Settings, stored: readonly StoredKey[]): { finding: Finding; key?: Buffer } {
  const check = 'encryption key';
  let key: Buffer | undefined = settings.ENCRYPTION_KEY;
  if (!key) {
    const file = new KeyFile(settings.DATABASE_PATH);
    if (!existsSync(file.path)) {
      const advice = 'Bring the file back, or set ENCRYPTION_KEY to the key; without it nothing stored can be read';
      return {
        finding: stored.length > 0 ? wrong(check, `${file.path} is not there`, advice) : open(check, 'none yet'),
      };
    }
    try {
      key = file.read();
    } catch (error) {
      return { finding: wrong(check, Error.isError(error) ? error.message : String(error)) };
    }
  }
  const { masterKeyId } = new Encryption(key);
  if (stored.length === 0) return { finding: open(check, `${masterKeyId}; nothing is encrypted yet`), key };
  if (stored.some(({ id }) => id === masterKeyId) && opensAll(masterKeyId, stored)) {
    return { finding: right(check, `${masterKeyId} opens what is stored`), key };
  }
  const says = `${masterKeyId} does not open this database: it knows ${stored.map(({ id }) => id).join(', ')}`;
  return { finding: wrong(check, says, 'Set the ENCRYPTION_KEY the service had; `encryption status` shows the keys') };
}

function checkAccounts(accounts: readonly Account[], given: number, now: number): Finding {
  if (accounts.length === 0) {
    if (given > 0) return open('accounts', `none stored; the ${given} of the environment come with the next start`);
    return open('accounts', 'none yet: requests are refused', '`amq-gateway accounts login` signs one in');
  }
  const out = accounts.filter((account) => !isUsable(account, now));
  const says = `${accounts.length - out.length} of ${accounts.length} can be used`;
  const named = out.slice(0, MOST_NAMED).map(({ label, enabled, status, statusReason }) => {
    return `${label}: ${enabled ? status : 'disabled'}${enabled && statusReason ? `, ${statusReason}` : ''}`;
  });
  if (out.length > named.length) named.push(`… and ${out.length - named.length} more`);
  const text = [says, ...named].join('\n');
  if (out.length < accounts.length) return right('accounts', text);
  return wrong('accounts', text, '`accounts login --account ID` signs in again; `accounts probe` tries each');
}
