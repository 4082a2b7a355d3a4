import type { ImportResult } from '../../accounts/import/import-run.js';
import { formatTable } from '../format-table.js';

/** What an import did, for a terminal. */
export function formatImport({ created, updated, skipped, errors }: ImportResult, columns?: number): string {
  const counts = formatTable([
    ['created', 'updated', 'skipped', 'errors'],
    [created, updated, skipped, errors.length].map(String),
  ]);
  if (errors.length === 0) return counts;
  const rows = errors.map(({ index, file = '', message }) => [String(index), file, message]);
  return `${counts}\n${formatTable([['entry', 'file', 'error'], ...rows], columns)}`;
}
