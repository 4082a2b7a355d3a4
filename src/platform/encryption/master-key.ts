import { randomBytes } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import type { Settings } from '../config/settings.js';
import { KeyFile } from './key-file.js';
import { KEY_BYTES, RootKey } from './root-key.js';

/**
 * The master key: `ENCRYPTION_KEY`, or with SQLite a file next to the database, made once and readable by its owner
 * only (contract §2).
 * @throws Error in words for the operator when that file is gone and the database is not
 */
export function masterKey(settings: Settings): Buffer {
  if (settings.ENCRYPTION_KEY) return settings.ENCRYPTION_KEY;
  const { DATABASE_PATH } = settings;
  const file = new KeyFile(DATABASE_PATH);
  // In this order: somebody who starts at the same time makes the key first.
  const hasDatabase = (statSync(DATABASE_PATH, { throwIfNoEntry: false })?.size ?? 0) > 0;
  if (hasDatabase && !existsSync(file.path))
    throw new Error(
      `${file.path} is gone, and what ${DATABASE_PATH} holds is encrypted with the key in it. Nothing was changed. Put the file back, or set ENCRYPTION_KEY to what it held.`,
    );
  file.create(new RootKey(randomBytes(KEY_BYTES)));
  return file.read();
}
