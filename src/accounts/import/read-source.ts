import { isJsonNestedWithin } from '../../core/messages/nesting.js';
import type { ImportSource } from './import-entry.js';

/** Far more than any file of credentials has. */
const DEEPEST_NESTING = 100;
/** How every SQLite file begins (sqlite.org/fileformat.html §1.3). */
const SQLITE_MAGIC = 'SQLite format 3\0';

export function isSqlite(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, SQLITE_MAGIC.length)).toString('latin1') === SQLITE_MAGIC;
}

/** What a file of JSON holds; one that can't be read becomes a source with a problem. */
export function readSource(file: string, bytes: Uint8Array): ImportSource {
  if (isSqlite(bytes))
    return { file, problem: 'is a database: import it on its machine, npm run accounts -- import FILE' };
  const json = Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\uFEFF/, '');
  if (!isJsonNestedWithin(json, DEEPEST_NESTING)) {
    return { file, problem: `is nested more than ${DEEPEST_NESTING} levels deep` };
  }
  try {
    return { file, content: JSON.parse(json) };
  } catch {
    return { file, problem: 'is not valid JSON' }; // the engine's own message quotes it
  }
}
