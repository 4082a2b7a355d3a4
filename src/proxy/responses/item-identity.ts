import type { Item } from '../../core/protocols/openai-responses/responses-request.js';

/** An item that has an id in the store, and how it is written there. */
export interface IdentifiedItem {
  id: string;
  /** About the bytes that are held for it alone. */
  held: number;
  json: () => string;
}

/** How ids of items begin (openai.md §7), by type. */
const PREFIXES: ReadonlyMap<unknown, string> = new Map([
  ['message', 'msg'],
  ['reasoning', 'rs'],
  ['function_call', 'fc'],
  ['function_call_output', 'fco'],
  ['custom_tool_call', 'ctc'],
  ['custom_tool_call_output', 'ctco'],
  ['tool_search_call', 'tsc'],
  ['tool_search_output', 'tso'],
  ['compaction', 'cmp'],
]);
const OTHER_PREFIX = 'item';

/**
 * Gives the input items of one request ids that follow from what they say: a conversation that is sent whole with each
 * step (openai.md §1.2) is stored once. An id that the client gave to content of its own is not looked at (§10).
 */
export class ItemIdentities {
  private readonly seen = new Map<string, number>();

  /** @param digest of a text, in letters and digits; for one API key alone */
  constructor(private readonly digest: (text: string) => string) {}

  /** @throws RangeError when the item is nested too deeply to be written as JSON */
  identify(item: Item): IdentifiedItem {
    const { id: _given, ...content } = spellOut(item);
    const text = canonicalJson(content);
    const first = this.digest(text);
    const earlier = this.seen.get(first) ?? 0;
    this.seen.set(first, earlier + 1);
    // Said twice in one request, it is two items: a list of them is paged by id.
    const name = earlier === 0 ? first : this.digest(`${earlier} ${first}`);
    const id = `${PREFIXES.get(content.type) ?? OTHER_PREFIX}_${name}`;
    const rest = text === '{}' ? text.slice(1) : `,${text.slice(1)}`;
    return { id, held: rest.length, json: () => `{"id":"${id}"${rest}` };
  }
}

/** As the list of input items shows a message: with its type, and with parts for a text. */
function spellOut(item: Item): Item {
  if (item.type !== undefined && item.type !== 'message') return item;
  const { content } = item;
  if (typeof content !== 'string') return { ...item, type: 'message' };
  const part =
    item.role === 'assistant'
      ? { type: 'output_text', text: content, annotations: [] }
      : { type: 'input_text', text: content };
  return { ...item, type: 'message', content: [part] };
}

/** The same text for the same content, in whatever order its fields came. */
function canonicalJson(value: Item): string {
  return JSON.stringify(value, (_name, nested: unknown) =>
    typeof nested === 'object' && nested !== null && !Array.isArray(nested)
      ? Object.fromEntries(Object.entries(nested).sort(([one], [other]) => (one < other ? -1 : 1)))
      : nested,
  );
}
