import type { KeyStatus } from '../platform/database/keys/key-status.js';

/** The keys as a table, and what each is there for. */
export function formatKeyStatus(keys: readonly KeyStatus[]): string {
  const columns = Object.keys(keys[0]?.values ?? {});
  const rows = [
    ['key', 'since', 'use', 'opens', 'digests', ...columns],
    ...keys.map((key) => [
      key.id,
      key.createdAt?.toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length) ?? '-',
      key.use,
      key.opens ? 'yes' : 'no',
      key.makesDigests ? 'yes' : 'no',
      ...columns.map((column) => String(key.values[column] ?? 0)),
    ]),
  ];
  const widths = rows[0]?.map((_, index) => Math.max(...rows.map((row) => row[index]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell.padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
