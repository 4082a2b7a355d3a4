import { randomBytes } from 'node:crypto';
import type { Settings } from '../config/settings.js';
import { KeyFile } from './key-file.js';
import { KEY_BYTES, RootKey } from './root-key.js';

/**
 * The master key: `ENCRYPTION_KEY`, or with SQLite a file next to the database, made once and readable by its owner
 * only (contract §2).
 */
export function masterKey(settings: Settings): Buffer {
  if (settings.ENCRYPTION_KEY) return settings.ENCRYPTION_KEY;
  const file = new KeyFile(settings.DATABASE_PATH);
  file.create(new RootKey(randomBytes(KEY_BYTES)));
  return file.read();
}
