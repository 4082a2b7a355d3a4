import { invalidInput } from './input-validation.pipe.js';
import { formatCursor, type PagePosition, parseCursor } from './page-cursor.js';

/**
 * Where the page begins that a cursor asks for; undefined: with the first item.
 * @throws GatewayError when it is not one of ours
 */
export function positionOf(cursor: string | undefined): PagePosition | undefined {
  const position = cursor === undefined ? undefined : parseCursor(cursor);
  if (cursor !== undefined && !position) {
    throw invalidInput([{ path: 'cursor', message: 'cursor must be the nextCursor of an earlier answer' }]);
  }
  return position;
}

/** @param found one item more than a page takes, if there is one */
export function cutPage<Item extends PagePosition>(
  found: readonly Item[],
  limit: number,
): { items: Item[]; nextCursor: string | null } {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  return { items, nextCursor: last && found.length > limit ? formatCursor(last) : null };
}
