import type { AuditRepository } from './audit.repository.js';
import type { AuditSeal } from './audit-seal.js';
import { ChainCheck, type ChainFindings, type NotedHead } from './chain-check.js';
import { newEnds } from './chain-end.js';

/** Entries read, and held in memory, at a time. */
const BATCH = 1_000;

export interface VerifyOptions {
  noted?: NotedHead;
  /** Called after each batch with how many entries were looked at; waited for. */
  onProgress?(entries: number): void | Promise<void>;
}

/** Checks the whole chain, beside those that append to it and delete what is old. */
export async function verifyChain(
  repository: AuditRepository,
  seal: AuditSeal,
  { noted, onProgress }: VerifyOptions = {},
): Promise<ChainFindings> {
  const rows = await repository.readEnds();
  const isEmpty = rows.length === 0 && !(await repository.last());
  // No service of this version has recorded anything yet.
  const ends = isEmpty ? newEnds(await repository.countBefore()) : seal.openEnds(rows);
  const check = new ChainCheck(seal, ends, noted);
  let entries = 0;
  for (let place = { sequence: 1, id: '' }, more = true; more; ) {
    const batch = await repository.readAfter(place, BATCH);
    for (const entry of batch) check.push(entry);
    entries += batch.length;
    const last = batch.at(-1);
    more = last !== undefined && batch.length === BATCH;
    if (last) place = { sequence: last.sequence, id: last.id };
    await onProgress?.(entries);
  }
  return check.finish(seal.openEnds(await repository.readEnds())?.first, await repository.countBefore());
}
