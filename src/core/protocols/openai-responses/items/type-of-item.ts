import type { Item } from '../responses-request.js';

/**
 * What an item is. One without a type is a message if it has a role (openai.md §6), and a reference if it has nothing
 * but an id; undefined where nothing tells.
 */
export function typeOfItem({ type, role, id }: Item): unknown {
  if (type !== undefined && type !== null) return type;
  if (role !== undefined) return 'message';
  return typeof id === 'string' ? 'item_reference' : undefined;
}

export function isReference(item: Item): boolean {
  return typeOfItem(item) === 'item_reference';
}
