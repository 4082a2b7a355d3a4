import { shorten } from '../openai/check-fields.js';
import { invalidInput } from '../openai/invalid-input.js';
import { isReference } from './items/type-of-item.js';
import type { FoundItems, Item, WireResponsesRequest } from './responses-request.js';

/** An item, and what names it in an error: its place in the request, such as `input[3]`. */
export interface PlacedItem {
  readonly item: Item;
  readonly param: string;
}

/** As of one request (`check-fields.ts`). */
const MOST_ITEMS = 100_000;

/** Characters of items that stand there again: a reference is short, and what it names may be megabytes. */
const MOST_REPEATED = 10_000_000;

/** Of a reference that was kept by somebody else, or too long ago, only one to reasoning can be done without (openai.md §10). */
const REASONING_ID = 'rs_';

/**
 * The request's own items, what is referred to in the place of references.
 * @throws GatewayError `invalid_request` for a reference to what is not there
 */
export function ownItems({ input }: WireResponsesRequest, found: FoundItems): PlacedItem[] {
  return input.flatMap((item, index) => {
    const param = `input[${index}]`;
    if (!isReference(item)) return [{ item, param }];
    const named = found.items.get(item.id as string);
    if (named !== undefined && !isReference(named)) return [{ item: named, param }];
    if ((item.id as string).startsWith(REASONING_ID)) return [];
    throw invalidInput('invalid_value', 'input', `Item with id '${shorten(item.id as string)}' not found.`);
  });
}

/** What was said before (§10). A summary that was made of all of it stands for it. */
export function previousItems({ previous }: FoundItems): PlacedItem[] {
  const summary = previous.findLastIndex(
    ({ type }, index) => type === 'compaction' && previous[index - 1]?.type === 'compaction_trigger',
  );
  return previous.slice(Math.max(summary, 0)).map((item) => ({ item, param: 'previous_response_id' }));
}

/** @throws GatewayError `invalid_request` */
export function refuseTooMany(count: number): void {
  if (count <= MOST_ITEMS) return;
  const expected = `with those of previous_response_id, expected at most ${MOST_ITEMS} items, but got ${count}`;
  throw invalidInput('invalid_value', 'input', `Invalid 'input': ${expected}.`);
}

/**
 * One stored item may be referred to a thousand times: what that comes to is bounded, as a request is.
 * @throws GatewayError `invalid_request` naming the place that is too much
 */
export function refuseRepeats(items: readonly PlacedItem[]): void {
  const sizes = new Map<Item, number | undefined>();
  let repeated = 0;
  for (const { item, param } of items) {
    if (!sizes.has(item)) {
      sizes.set(item, undefined);
      continue;
    }
    const size = sizes.get(item) ?? JSON.stringify(item).length;
    sizes.set(item, size);
    repeated += size;
    if (repeated <= MOST_REPEATED) continue;
    const reason = `items that were stored once stand here again, together more than ${MOST_REPEATED} characters`;
    throw invalidInput('invalid_value', param, `Invalid '${param}': ${reason}.`);
  }
}
