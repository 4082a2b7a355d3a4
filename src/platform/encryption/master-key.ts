import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Settings } from '../config/settings.js';
import { KeyFile } from './key-file.js';
import { KEY_BYTES } from './root-key.js';

/**
 * The master key: `ENCRYPTION_KEY`, or with SQLite a file next to the database, made once and readable by its owner
 * only (contract §2).
 */
export function masterKey(settings: Settings): Buffer {
  if (settings.ENCRYPTION_KEY) return settings.ENCRYPTION_KEY;
  const file = new KeyFile(settings.DATABASE_PATH);
  mkdirSync(dirname(file.path), { recursive: true });
  try {
    // `wx`: of two processes that start at once, one writes and the other reads what it wrote.
    writeFileSync(file.path, randomBytes(KEY_BYTES).toString('base64'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return file.read();
}
