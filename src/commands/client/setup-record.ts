import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readSettingsFile, removeSettingsFile, textOf, writeSettingsFile } from './settings-file.js';

const SHA256 = z.string().regex(/^[0-9a-f]{64}$/);
const recordSchema = z.object({
  version: z.literal(1),
  /** Of the file as it was written, and as it was before that: nobody else changed it when it is either. */
  sha256: z.array(SHA256).max(2),
  /** Of the file before; null: there was none. */
  mode: z.number().int().min(0).max(0o777).nullable(),
  /** The uppermost folder that was made for it. */
  madeFolder: z.string().nullable(),
  keyFileSha256: SHA256.nullable(),
  values: z.record(z.string(), z.object({ sha256: SHA256, before: z.string().optional() })),
});

/** What is remembered of a setup, beside the file it wrote; no secret but what stood in the file before. */
export type SetupRecord = z.infer<typeof recordSchema>;

const recordPath = (path: string) => `${path}.amq-gateway.json`;

/** Where the file as it was before stands. */
export const backupPath = (path: string) => `${path}.before-amq-gateway`;

/** @param path of the file of settings. @throws Error in words for the user */
export async function readRecord(path: string): Promise<SetupRecord | undefined> {
  const file = await readSettingsFile(recordPath(path));
  if (!file.bytes) return undefined;
  const record = recordSchema.safeParse(parse(textOf(file)));
  if (record.success) return record.data;
  throw new Error(
    `${file.path} is not as this command wrote it: compare ${path} with ${backupPath(path)}, and remove both`,
  );
}

/** The backup comes first: what the record says of it holds at any moment. */
export async function keepRecord(path: string, record: SetupRecord, before: Buffer | undefined): Promise<void> {
  const backup = await readSettingsFile(backupPath(path));
  if (before) await writeSettingsFile(backup, before);
  else await removeSettingsFile(backup);
  await writeSettingsFile(
    await readSettingsFile(recordPath(path)),
    Buffer.from(`${JSON.stringify(record, null, 2)}\n`),
  );
}

/** @returns undefined when there was no file */
export async function readBackup(path: string): Promise<Buffer | undefined> {
  return (await readSettingsFile(backupPath(path))).bytes;
}

export async function forgetRecord(path: string): Promise<void> {
  for (const own of [recordPath(path), backupPath(path)]) await removeSettingsFile({ path: own, target: own });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
