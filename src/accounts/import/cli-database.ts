import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import sqlite3 from 'sqlite3';
import { isRecord, type UnknownRecord } from './fields.js';
import type { ImportSource } from './import-entry.js';
import { identityCenterUrl } from './start-url.js';

/** What a sign-in is read from: the first that is there counts, others may be left over (amazon-q.md §9.6). */
const TOKENS = ['kirocli:social:token', 'kirocli:odic:token', 'codewhisperer:odic:token'];
const CLIENTS = ['kirocli:odic:device-registration', 'codewhisperer:odic:device-registration'];
const PROFILE = 'api.codewhisperer.profile';
const REGION = 'auth.idc.region';

/** Beside the database: what is written and not yet in it. The shared memory is made anew. */
const COMPANIONS = ['', '-wal', '-journal'];
const COPIES_TRIED = 10;
const COPY_AGAIN_MS = 100;

/**
 * The sign-in of the Amazon Q CLI or the Kiro CLI from its `data.sqlite3`. The file itself is only copied: a command
 * line that runs is not disturbed.
 */
export async function readCliDatabase(path: string): Promise<ImportSource> {
  const file = basename(path);
  const folder = mkdtempSync(join(tmpdir(), `amq-gateway-import-${process.pid}-`)); // for its owner only
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  try {
    const copy = join(folder, 'copy');
    if (!(await copyUnchanged(path, copy))) return { file, problem: 'changes all the time: close what uses it' };
    const [values, state] = await readTables(copy);
    const content = signInOf(values, state);
    return content ? { file, content } : { file, problem: 'holds no sign-in of the Amazon Q CLI or the Kiro CLI' };
  } catch {
    return { file, problem: 'is not a database that can be read' };
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** A copy that was torn by a write would be of no use: only one during which nothing changed is taken. */
async function copyUnchanged(path: string, copy: string): Promise<boolean> {
  for (let attempt = 0; attempt < COPIES_TRIED; attempt++) {
    const before = stateOf(path);
    for (const companion of COMPANIONS) {
      rmSync(copy + companion, { force: true });
      if (existsSync(path + companion)) copyFileSync(path + companion, copy + companion);
    }
    if (stateOf(path) === before) return true;
    await delay(COPY_AGAIN_MS);
  }
  return false;
}

function stateOf(path: string): string {
  const stats = COMPANIONS.map((companion) => statSync(path + companion, { throwIfNoEntry: false, bigint: true }));
  return stats.map((stat) => `${stat?.ino}:${stat?.size}:${stat?.mtimeNs}`).join(' ');
}

type Values = ReadonlyMap<string, unknown>;

async function readTables(path: string): Promise<[values: Values, state: Values]> {
  const database = await open(path);
  try {
    return [
      await readTable(database, 'auth_kv', [...TOKENS, ...CLIENTS]),
      await readTable(database, 'state', [PROFILE, REGION]),
    ];
  } finally {
    await new Promise((resolve) => database.close(resolve));
  }
}

function open(path: string): Promise<sqlite3.Database> {
  return new Promise((resolve, reject) => {
    const database: sqlite3.Database = new sqlite3.Database(path, sqlite3.OPEN_READWRITE, (error) =>
      error ? reject(error) : resolve(database),
    );
  });
}

async function readTable(database: sqlite3.Database, table: string, keys: readonly string[]): Promise<Values> {
  const [found] = await all(database, "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]);
  if (!found) return new Map();
  const places = keys.map(() => '?').join(', ');
  const rows = await all(database, `SELECT key, value FROM ${table} WHERE key IN (${places})`, keys);
  return new Map(rows.map(({ key, value }) => [String(key), parse(value)]));
}

function all(database: sqlite3.Database, sql: string, values: readonly string[]): Promise<UnknownRecord[]> {
  return new Promise((resolve, reject) => {
    database.all<UnknownRecord>(sql, values, (error, rows) => (error ? reject(error) : resolve(rows)));
  });
}

function parse(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
}

/** One entry of everything that belongs together. */
function signInOf(values: Values, state: Values): UnknownRecord | undefined {
  const key = TOKENS.find((each) => isRecord(values.get(each)));
  const token = key === undefined ? undefined : values.get(key);
  if (key === undefined || !isRecord(token)) return undefined;
  if (key.includes(':social:')) return { auth_method: 'social', ...token };
  const ownClient = CLIENTS.find((each) => each.split(':', 1)[0] === key.split(':', 1)[0]);
  const client = [ownClient, ...CLIENTS].map((each) => values.get(each ?? '')).find(isRecord);
  // Builder ID has no profile; one that stands there is left from another sign-in (amazon-q.md §8.3).
  const startUrl = typeof token.start_url === 'string' ? token.start_url : undefined;
  const isOrganisation = identityCenterUrl(startUrl) !== undefined;
  const profile = isOrganisation ? state.get(PROFILE) : undefined;
  return {
    ...(isOrganisation && { region: state.get(REGION) }),
    ...(isRecord(profile) && { profile_arn: profile.arn, profile_name: profile.profile_name }),
    ...(client && {
      client_id: client.client_id,
      client_secret: client.client_secret,
      client_secret_expires_at: client.client_secret_expires_at,
    }),
    oauth_flow: 'unknown',
    ...withoutNull(token),
  };
}

function withoutNull(record: UnknownRecord): UnknownRecord {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
}
