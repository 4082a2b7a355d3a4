import { invalidInput } from '../../core/protocols/openai/invalid-input.js';
import type { ListQuery } from './list-query.js';

/** One page of a list. */
export interface PageOfIds {
  ids: readonly string[];
  hasMore: boolean;
}

/**
 * @param ids the whole list, each id once, the oldest first
 * @throws GatewayError `invalid_request` when `after` is not in the list
 */
export function pageOfIds(ids: readonly string[], { limit, order, after }: ListQuery): PageOfIds {
  const ordered = order === 'asc' ? ids : ids.toReversed();
  const before = after === undefined ? -1 : ordered.indexOf(after);
  if (after !== undefined && before < 0) {
    throw invalidInput('invalid_value', 'after', `Invalid 'after': no item '${after.slice(0, 100)}' is in this list.`);
  }
  const start = before + 1;
  return { ids: ordered.slice(start, start + limit), hasMore: start + limit < ordered.length };
}
