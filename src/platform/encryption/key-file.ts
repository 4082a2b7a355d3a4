import {
  chownSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { KEY_BYTES, RootKey } from './root-key.js';

/** The master key beside a SQLite database: one line of base64, for its owner only. */
export class KeyFile {
  readonly path: string;
  /** The key before, until nothing needs it any more. */
  readonly oldPath: string;

  constructor(databasePath: string) {
    this.path = `${databasePath}.key`;
    this.oldPath = `${this.path}.old`;
  }

  /** @throws when it can't be read, or holds something else */
  read(): Buffer {
    return readKey(this.path);
  }

  /**
   * Puts another key in its place, whole or not at all, whenever the machine stops; the one before is kept in `.old`.
   * Nothing happens when it is there already.
   */
  replace(key: RootKey): void {
    if (new RootKey(this.read()).id === key.id) return;
    const { uid, gid } = statSync(this.path);
    const newPath = `${this.path}.new`;
    rmSync(newPath, { force: true });
    writeFileSync(newPath, key.text, { flag: 'wx', mode: 0o600 });
    // Run by root, it still belongs to the service.
    if (process.getuid?.() !== uid) chownSync(newPath, uid, gid);
    copyFileSync(this.path, this.oldPath);
    for (const path of [newPath, this.oldPath]) flush(path);
    renameSync(newPath, this.path);
    flush(dirname(this.path));
  }

  /** Removes `.old` if it holds the key of this id. */
  forgetOld(id: string): void {
    if (existsSync(this.oldPath) && new RootKey(readKey(this.oldPath)).id === id) rmSync(this.oldPath);
  }
}

function readKey(path: string): Buffer {
  const key = Buffer.from(readFileSync(path, 'utf8'), 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${path} does not hold a key of ${KEY_BYTES} bytes`);
  return key;
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
