import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from '../config/settings.js';

/**
 * The master key: `ENCRYPTION_KEY`, or with SQLite a file next to the database, made once and readable by its owner
 * only (contract §2).
 */
export function masterKey(settings: Settings): Buffer {
  if (settings.ENCRYPTION_KEY) return settings.ENCRYPTION_KEY;
  const path = `${settings.DATABASE_PATH}.key`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    // `wx`: of two processes that start at once, one writes and the other reads what it wrote.
    writeFileSync(path, randomBytes(32).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const key = Buffer.from(readFileSync(path, 'utf8'), 'base64');
  if (key.length !== 32) throw new Error(`${path} does not hold a key of 32 bytes`);
  return key;
}
