import type { KeyStatus } from '../../platform/database/keys/key-status.js';
import { formatTable } from '../format-table.js';

/** The keys as a table, and what each is there for. */
export function formatKeyStatus(keys: readonly KeyStatus[], terminal?: number): string {
  const columns = Object.keys(keys[0]?.values ?? {});
  const table = formatTable(
    [
      ['key', 'since', 'use', 'opens', 'digests', ...columns],
      ...keys.map((key) => [
        key.id,
        key.createdAt?.toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length) ?? '-',
        key.use,
        key.opens ? 'yes' : 'no',
        key.makesDigests ? 'yes' : 'no',
        ...columns.map((column) => String(key.values[column] ?? 0)),
      ]),
    ],
    terminal,
  );
  return table.trimEnd();
}
