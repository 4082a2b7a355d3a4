import type { Leaf } from './leaves.js';
import { isMark } from './marks.js';

/** What our own `encrypted_content` begins with. */
const SEALED = /^amq[a-z]1\./;

/**
 * The marks that a leaf carries: itself, or those in the JSON or the file that it is. A file without words is a mark as a
 * whole.
 */
export function marksIn(value: Leaf): Leaf[] {
  if (typeof value !== 'string') return isMark(value) ? [value] : [];
  const data = /^data:([^,]*),(.*)$/s.exec(value);
  const packed = data?.[2] ?? (SEALED.test(value) ? value.replace(SEALED, '') : undefined);
  if (packed !== undefined && !/^(image|application\/pdf)/.test(data?.[1] ?? '')) {
    return wordsIn(Buffer.from(packed, 'base64url').toString());
  }
  return packed !== undefined ? [packed] : wordsIn(value);
}

function wordsIn(text: string): Leaf[] {
  const numbers = [...text.matchAll(/(?<![\w.])7\d{4}(?![\w.])/g)].map(([number]) => Number(number));
  return [...(text.match(/mark\d{4}/g) ?? []), ...numbers.filter(isMark)];
}
