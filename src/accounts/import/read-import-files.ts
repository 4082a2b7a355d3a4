import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readCliDatabase } from './cli-database.js';
import { decodeEntries, UNUSED } from './decode-entries.js';
import { FOREIGN_TO_US } from './decode-entry.js';
import { type ImportSource, listEntries } from './import-entry.js';
import { isSqlite, readSource } from './read-source.js';

export interface ImportFiles {
  sources: ImportSource[];
  /** Files of a folder that have nothing to do with it, and why. */
  ignored: { file: string; reason: string }[];
}

/** A thousand accounts are a few megabytes. */
const LARGEST_FILE = 32 * 1024 ** 2;
const IN_FOLDERS = /\.(json|sqlite3)$/i;

/** Reads files of credentials, folders of such files, and databases of the CLIs. A file that can't be read is a problem. */
export async function readImportFiles(paths: readonly string[], now: Date): Promise<ImportFiles> {
  const sources: ImportSource[] = [];
  const ignored: ImportFiles['ignored'] = [];
  for (const path of paths) {
    if (isFolder(path)) {
      const names = readdirSync(path)
        .filter((name) => IN_FOLDERS.test(name))
        .sort();
      const files: ImportSource[] = [];
      for (const name of names) files.push(await readImportFile(join(path, name)));
      const folder = withoutForeign(files, now);
      sources.push(...folder.sources);
      ignored.push(...folder.ignored);
    } else {
      sources.push(await readImportFile(path));
    }
  }
  return { sources, ignored };
}

async function readImportFile(path: string): Promise<ImportSource> {
  const file = basename(path);
  try {
    if (isSqlite(firstBytes(path))) return await readCliDatabase(path);
    if (statSync(path).size > LARGEST_FILE) return { file, problem: `is larger than ${LARGEST_FILE} bytes` };
    return readSource(file, readFileSync(path));
  } catch (error) {
    return { file, problem: `can't be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown error'}` };
  }
}

/** AWS' command line keeps all its sign-ins and clients in one folder, most of which are not meant. */
function withoutForeign(files: readonly ImportSource[], now: Date): ImportFiles {
  const entries = Array.from(listEntries(files), ({ file, value, problem }) => ({ file, content: value, problem }));
  const { errors } = decodeEntries(entries, { now, allowPrivateEndpoints: true });
  const reasons = new Map(
    errors
      .filter(({ message }) => message === UNUSED || FOREIGN_TO_US.includes(message))
      .map(({ index, message }) => [index, message]),
  );
  return {
    sources: entries.filter((_, index) => !reasons.has(index)),
    ignored: Array.from(reasons, ([index, reason]) => ({ file: entries[index]?.file ?? '', reason })),
  };
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function firstBytes(path: string): Uint8Array {
  const bytes = Buffer.alloc(16);
  const file = openSync(path, 'r');
  try {
    return bytes.subarray(0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}
