import { randomBytes } from 'node:crypto';
import { lstat, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { codeOf, inWords } from '../file-error.js';

/** Settings that people write are smaller by far. */
const LARGEST_FILE = 1024 * 1024;
const ONLY_OWNER = 0o600;

/** A file of settings as it is now. */
export interface SettingsFile {
  /** As the client knows it. */
  readonly path: string;
  /** Where a link leads; the path itself without one. */
  readonly target: string;
  /** Undefined: there is none. */
  readonly bytes: Buffer | undefined;
  readonly mode: number | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
}

/** @throws Error in words for the user, when it is there and can't be read */
export async function readSettingsFile(path: string): Promise<SettingsFile> {
  const target = await targetOf(path);
  try {
    const found = await stat(target);
    if (!found.isFile()) throw new Error(`${path} is no file`);
    if (found.size > LARGEST_FILE) throw new Error(`${path} is larger than ${LARGEST_FILE} bytes`);
    const { mode, uid, gid } = found;
    return { path, target, bytes: await readFile(target), mode: mode & 0o777, owner: { uid, gid } };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return { path, target, bytes: undefined, mode: undefined, owner: undefined };
    throw inWords(error, path, 'read');
  }
}

/** @throws Error when it is no UTF-8, which could not be written back as it was */
export function textOf({ bytes, path }: SettingsFile): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes ?? new Uint8Array());
  } catch {
    throw new Error(`${path} is not written in UTF-8`);
  }
}

/**
 * Puts new content in its place in one step: who reads finds the old or the new, whole. A link stays a link, and the
 * file its owner's.
 * @param mode default: only its owner may read
 * @throws Error in words for the user; also when somebody else changed the file since it was read
 */
export async function writeSettingsFile(file: SettingsFile, bytes: Uint8Array, mode = ONLY_OWNER): Promise<void> {
  const { path, target, owner } = file;
  const partial = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    {
      await using handle = await open(partial, 'wx', mode);
      await handle.writeFile(bytes);
      await handle.chmod(mode);
      const { uid, gid } = await handle.stat();
      if (owner && (owner.uid !== uid || owner.gid !== gid)) await handle.chown(owner.uid, owner.gid);
      await handle.sync();
    }
    const { bytes: now } = await readSettingsFile(path);
    if (!isSame(now, file.bytes)) throw new Error(`${path} was changed at this moment: do it once more`);
    await rename(partial, target);
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw inWords(error, path, 'written');
  }
}

/** @throws Error in words for the user */
export async function removeSettingsFile({ path, target }: Pick<SettingsFile, 'path' | 'target'>): Promise<void> {
  await rm(target, { force: true }).catch((error) => {
    throw inWords(error, path, 'removed');
  });
}

/** A link to nothing is where a new file shall be. */
async function targetOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw inWords(error, path, 'read');
    const link = await lstat(path).catch(() => undefined);
    if (link?.isSymbolicLink()) throw new Error(`${path} is a link that leads nowhere`);
    return path;
  }
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
