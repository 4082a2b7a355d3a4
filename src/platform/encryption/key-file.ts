import {
  accessSync,
  chownSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
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

  /**
   * Writes the key of a new database, unless there is one: of two processes that start at once, both read the same.
   * It is on the disk before anything is encrypted with it.
   */
  create(key: RootKey): void {
    if (existsSync(this.path)) return;
    mkdirSync(dirname(this.path), { recursive: true });
    const draft = `${this.path}.${process.pid}`;
    try {
      rmSync(draft, { force: true });
      writeKey(draft, key);
      putInPlace(draft, this.path, key);
      flush(dirname(this.path));
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /** @throws when it can't be read, or holds something else */
  read(): Buffer {
    return readKey(this.path);
  }

  /** @throws Error in words for the operator when another key can't be put in its place */
  assertReplaceable(): void {
    for (const folder of new Set([dirname(this.path), dirname(realpathSync(this.path))])) {
      try {
        accessSync(folder, constants.W_OK);
      } catch (error) {
        throw new Error(`The key file can't be replaced: nothing can be written to ${folder}`, { cause: error });
      }
    }
  }

  /**
   * Puts another key in its place, whole or not at all, whenever the machine stops; the one before is kept in `.old`.
   * Nothing happens when it is there already. A link stays one: what it leads to is replaced.
   */
  replace(key: RootKey): void {
    if (new RootKey(this.read()).id === key.id) return;
    const target = realpathSync(this.path);
    const { uid, gid } = statSync(target);
    const newPath = `${target}.new`;
    rmSync(newPath, { force: true });
    writeKey(newPath, key);
    copyFileSync(target, this.oldPath);
    // Run by root, they still belong to the service.
    for (const path of [newPath, this.oldPath]) if (process.getuid?.() !== uid) chownSync(path, uid, gid);
    flush(this.oldPath);
    renameSync(newPath, target);
    for (const folder of new Set([dirname(target), dirname(this.path)])) flush(folder);
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

/** For its owner only, and on the disk. @throws when the file is there */
function writeKey(path: string, key: RootKey): void {
  writeFileSync(path, key.text, { flag: 'wx', mode: 0o600, flush: true });
}

/** A link is made whole or not at all, and never over another file; some mounts know none. */
function putInPlace(draft: string, path: string, key: RootKey): void {
  try {
    linkSync(draft, path);
  } catch {
    if (!existsSync(path)) writeKey(path, key);
  }
}

function flush(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
