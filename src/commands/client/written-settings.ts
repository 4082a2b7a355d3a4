import { mkdir, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inWords } from '../file-error.js';
import type { ClientSettings, Merged } from './client-settings.js';
import { readSettingsFile, removeSettingsFile, type SettingsFile, textOf, writeSettingsFile } from './settings-file.js';
import {
  backupPath,
  forgetRecord,
  keepRecord,
  readBackup,
  readRecord,
  type SetupRecord,
  sha256,
} from './setup-record.js';

const ONLY_OWNER = 0o600;
const OTHERS = 0o077;

/** What became of a file, or would become of it. */
export interface FileChange {
  readonly path: string;
  readonly change: 'created' | 'changed' | 'unchanged' | 'removed' | 'restored';
  /** The file as it was before. */
  readonly backup?: string;
}

/** What writing would do. */
export interface SetupPlan {
  readonly changes: readonly FileChange[];
  readonly notes: readonly string[];
  /** @throws Error in words for the user */
  write(): Promise<void>;
}

/**
 * Puts a client's settings into its file in mind: nothing is written, and whatever forbids it is found.
 * @param replace whether what somebody else set is put aside
 * @throws Error in words for the user
 */
export async function planSetup(settings: ClientSettings, replace: boolean): Promise<SetupPlan> {
  const file = await readSettingsFile(settings.path);
  const record = await readRecord(settings.path);
  const { bytes: before, notes } = await withoutSettings(settings, file, record);
  const merged = settings.merge(textOf({ ...file, bytes: before }), replace);
  const bytes = Buffer.from(merged.text);
  const mode = settings.isSecret ? (file.mode ?? ONLY_OWNER) & ~OTHERS : (file.mode ?? ONLY_OWNER);
  const keyFile = await planKeyFile(settings, record);
  const isUnchanged = file.bytes?.equals(bytes) === true && file.mode === mode;
  const change: FileChange = {
    path: settings.path,
    change: isUnchanged ? 'unchanged' : file.bytes ? 'changed' : 'created',
    ...(before && !isUnchanged && { backup: backupPath(settings.path) }),
  };
  return {
    changes: [change, ...keyFile.changes],
    notes: [...notes, ...merged.notes, ...notesOn(file, mode)],
    write: async () => {
      if (!isUnchanged) await write({ settings, file, record, before, merged, bytes, mode, keyFile });
      else await keyFile.write();
    },
  };
}

interface Writing {
  settings: ClientSettings;
  file: SettingsFile;
  record: SetupRecord | undefined;
  before: Buffer | undefined;
  merged: Merged;
  bytes: Buffer;
  mode: number;
  keyFile: { write(): Promise<void> };
}

async function write({ settings, file, record, before, merged, bytes, mode, keyFile }: Writing): Promise<void> {
  const { path } = settings;
  const folder = dirname(path);
  const made = await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => {
    throw inWords(error, folder, 'made');
  });
  await keepRecord(
    path,
    {
      version: 1,
      sha256: [bytes, ...(file.bytes ? [file.bytes] : [])].map(sha256),
      mode: before === undefined ? null : record ? (record.mode ?? file.mode ?? null) : (file.mode ?? null),
      madeFolder: made ?? record?.madeFolder ?? null,
      keyFileSha256: settings.keyFile ? sha256(keyBytes(settings.keyFile.key)) : null,
      values: { ...merged.values },
    },
    before,
  );
  await keyFile.write();
  await writeSettingsFile(file, bytes, mode);
}

/**
 * Takes the settings out again. A file that nobody else changed since is as it was, byte by byte.
 * @param settings those without a gateway will do
 * @returns undefined when there is nothing to undo
 * @throws Error in words for the user
 */
export async function undoSetup(
  settings: ClientSettings,
  keyFilePath: string | undefined,
  isDry: boolean,
): Promise<{ changes: FileChange[]; notes: readonly string[] } | undefined> {
  const { path } = settings;
  const record = await readRecord(path);
  if (!record) return undefined;
  const file = await readSettingsFile(path);
  const { bytes, notes } = await withoutSettings(settings, file, record);
  const changes: FileChange[] = [{ path, change: bytes ? 'restored' : 'removed' }];
  const keyFile = keyFilePath === undefined ? undefined : await readSettingsFile(keyFilePath);
  const isOwnKey = keyFile?.bytes !== undefined && sha256(keyFile.bytes) === record.keyFileSha256;
  if (keyFile && isOwnKey) changes.push({ path: keyFile.path, change: 'removed' });
  if (isDry) return { changes, notes };

  if (bytes) await writeSettingsFile(file, bytes, record.mode ?? file.mode);
  else await removeSettingsFile(file);
  if (keyFile && isOwnKey) await removeSettingsFile(keyFile);
  await forgetRecord(path);
  await removeFolders(dirname(path), record.madeFolder);
  return { changes, notes };
}

/** The file as it would be if this command had never written into it. */
async function withoutSettings(
  settings: ClientSettings,
  file: SettingsFile,
  record: SetupRecord | undefined,
): Promise<{ bytes: Buffer | undefined; notes: readonly string[] }> {
  if (!record) return { bytes: file.bytes, notes: [] };
  if (!file.bytes || record.sha256.includes(sha256(file.bytes))) {
    return { bytes: await readBackup(settings.path), notes: [] };
  }
  const { text, notes } = settings.takeOut(textOf(file), record.values);
  const isEmpty = text === '' && record.mode === null;
  return { bytes: isEmpty ? undefined : Buffer.from(text), notes };
}

async function planKeyFile(
  { keyFile }: ClientSettings,
  record: SetupRecord | undefined,
): Promise<{ changes: FileChange[]; write(): Promise<void> }> {
  if (!keyFile) return { changes: [], write: async () => undefined };
  const file = await readSettingsFile(keyFile.path);
  const bytes = keyBytes(keyFile.key);
  if (file.bytes?.equals(bytes))
    return { changes: [{ path: file.path, change: 'unchanged' }], write: async () => undefined };
  if (file.bytes && sha256(file.bytes) !== record?.keyFileSha256) {
    throw new Error(`${file.path} is there already, and this command did not write it: remove it first`);
  }
  const change: FileChange = { path: file.path, change: file.bytes ? 'changed' : 'created' };
  return { changes: [change], write: () => writeSettingsFile(file, bytes) };
}

function keyBytes(key: string): Buffer {
  return Buffer.from(`${key}\n`);
}

function notesOn(file: SettingsFile, mode: number): string[] {
  const notes: string[] = [];
  if (file.target !== file.path) notes.push(`${file.path} is a link: ${file.target} is what is written`);
  if (file.mode !== undefined && file.mode !== mode)
    notes.push(`${file.path} holds a key now: only its owner may read it`);
  return notes;
}

/** From the innermost to the one that was made first, as far as nothing else is in them. */
async function removeFolders(folder: string, madeFolder: string | null): Promise<void> {
  if (madeFolder === null || !folder.startsWith(madeFolder)) return;
  for (let next = folder; next.length >= madeFolder.length; next = dirname(next)) {
    const isGone = await rmdir(next).then(
      () => true,
      () => false,
    );
    if (!isGone) return;
  }
}
