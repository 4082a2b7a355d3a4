import type { Encryption } from '../../encryption/encryption.js';
import type { OutdatedRow, Replacement, RowId, SealedColumn } from './sealed-column.js';

/** Rows that are looked for at a time. */
const PAGE_ROWS = 500;
/** What one statement writes: on SQLite the service waits for it. */
const BATCH_ROWS = 250;
const BATCH_BYTES = 1024 ** 2;

/** What one pass over a column found. */
export interface Pass {
  replaced: number;
  /** Rows that changed while they were re-encrypted: the next pass finds what is left of them. */
  missed: number;
  /** Rows whose value no known key opens, such as a damaged one. They stay as they are. */
  unreadable: number;
  /** The first of them. */
  unreadableRow?: RowId;
}

/**
 * Re-encrypts what is not encrypted with the newest key, once over the column.
 * @param onBatch called after each statement with the rows it wrote and how long it took; waited for
 */
export async function reEncrypt(
  column: SealedColumn,
  encryption: Encryption,
  onBatch: (rows: number, tookMs: number) => Promise<void>,
): Promise<Pass> {
  const pass: Pass = { replaced: 0, missed: 0, unreadable: 0 };
  for (let page = await column.outdated(encryption.keyId, undefined, PAGE_ROWS); page.length > 0; ) {
    for (const batch of batches(page)) {
      const { replacements, unreadable } = await sealAnew(column, encryption, batch);
      const started = performance.now();
      const replaced = replacements.length > 0 ? await column.replace(replacements) : 0;
      pass.replaced += replaced;
      pass.missed += replacements.length - replaced;
      pass.unreadable += unreadable.length;
      pass.unreadableRow ??= unreadable[0];
      await onBatch(replaced, performance.now() - started);
    }
    page = page.length < PAGE_ROWS ? [] : await column.outdated(encryption.keyId, page.at(-1)?.id, PAGE_ROWS);
  }
  return pass;
}

async function sealAnew(column: SealedColumn, encryption: Encryption, rows: readonly OutdatedRow[]) {
  const replacements: Replacement[] = [];
  const unreadable: RowId[] = [];
  for (const { id, value } of await column.read(rows.map((row) => row.id))) {
    const owner = column.ownerOf(id);
    try {
      const plain = encryption.decrypt(value, owner, column.content);
      replacements.push({ id, before: value, value: encryption.encrypt(plain, owner, column.content) });
    } catch {
      unreadable.push(id);
    }
  }
  return { replacements, unreadable };
}

/** A value that is larger than a batch has one of its own. */
function* batches(rows: readonly OutdatedRow[]): Generator<OutdatedRow[]> {
  let batch: OutdatedRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (batch.length === BATCH_ROWS || (batch.length > 0 && bytes + row.bytes > BATCH_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += row.bytes;
  }
  if (batch.length > 0) yield batch;
}
