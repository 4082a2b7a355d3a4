import type { OutputItem } from '../../core/protocols/openai-responses/output/output-item.js';
import type { ResponseObject } from '../../core/protocols/openai-responses/response-object.js';
import type { IdentifiedItem } from './item-identity.js';
import type { NewItem, StoredItemRepository } from './stored-item.repository.js';
import type { StoredResponseRepository } from './stored-response.repository.js';
import type { StoredTimes } from './stored-times.js';

/** What the rows of one response are written with. */
export interface ResponseRows {
  keyId: string;
  previousId: string | undefined;
  /** Made when the answer is over: most answers of a busy time are still on their way. */
  inputItems: () => readonly IdentifiedItem[];
  items: StoredItemRepository;
  responses: StoredResponseRepository;
  times: StoredTimes;
  now: () => number;
  /** Told what was written. */
  wrote: (bytes: number) => void;
  /** What a key may keep at all. */
  largestResponse: number;
}

/** A write that was made ready; `bytes` is about what it holds in memory until it is done. */
export interface PreparedWrite {
  bytes: number;
  run: () => Promise<void>;
}

/** What is over a limit is not kept. */
export class TooLargeError extends Error {
  override name = 'TooLargeError';
}

/** Of an item, and of a response without its items. */
export const LARGEST_BODY_BYTES = 16 * 1024 ** 2;
/** Of one response. */
export const MOST_ITEMS = 10_000;
/** What a row takes beside its body, about: ids and their places in indexes. */
const ROW_BYTES = 300;
/** What it takes to know that a response has an item, about. */
const USE_BYTES = 200;

/**
 * Writes the rows of one response: output items as they are finished, then the input items that are not there yet and
 * the response itself, by which it is there.
 */
export class ResponseWriter {
  private isStopped = false;

  constructor(private readonly rows: ResponseRows) {}

  /** Nothing more is begun. */
  stop(): void {
    this.isStopped = true;
  }

  /** @throws TooLargeError */
  outputItem(item: OutputItem): PreparedWrite {
    const { items, keyId, now, times } = this.rows;
    const row = newItem(identified(item));
    this.checkTotal(row.size);
    return {
      bytes: row.size,
      run: async () => {
        await items.insert(keyId, [row], times.item(now()));
        this.rows.wrote(row.size);
      },
    };
  }

  /** @throws TooLargeError as the write itself does */
  response(response: ResponseObject): PreparedWrite {
    const { output, ...withoutOutput } = response;
    const inputItems = this.rows.inputItems();
    const byId = new Map<string, IdentifiedItem>();
    const outputItems = output.map(identified);
    for (const item of [...inputItems, ...outputItems]) byId.set(item.id, item);
    if (byId.size > MOST_ITEMS) throw new TooLargeError(`more than ${MOST_ITEMS} items`);
    const json = JSON.stringify(withoutOutput);
    const size = sizeOf(json) + byId.size * USE_BYTES;
    const links = {
      input: unique(inputItems.map(({ id }) => id)),
      output: unique(outputItems.map(({ id }) => id)),
    };
    const held = inputItems.reduce((sum, item) => sum + item.held, size);
    return {
      bytes: held,
      run: () =>
        this.write([...byId.values()], size, (now) =>
          this.rows.responses.insert(
            this.rows.keyId,
            { id: response.id, previousId: this.rows.previousId, items: links, json, size },
            now,
            this.rows.times.response(now),
          ),
        ),
    };
  }

  /** The items first: once the response is there, it is whole. */
  private async write(
    all: readonly IdentifiedItem[],
    size: number,
    insertResponse: (now: number) => Promise<void>,
  ): Promise<void> {
    const { items, keyId, times } = this.rows;
    const now = this.rows.now();
    const ids = all.map(({ id }) => id);
    const stored = await items.states(keyId, ids, now);
    if (this.isStopped) return;
    let total = size;
    for (const state of stored.values()) total += state.size;
    this.checkTotal(total);
    const missing: NewItem[] = [];
    let bytes = size;
    for (const item of all) {
      if (stored.has(item.id)) continue;
      const row = newItem(item);
      missing.push(row);
      bytes += row.size;
      total += row.size;
      this.checkTotal(total);
    }
    await items.insert(keyId, missing, times.item(now));
    const old = ids.filter((id) => times.isItemOld(stored.get(id)?.expiresAt ?? Number.POSITIVE_INFINITY, now));
    await items.renew(keyId, old, times.item(now));
    if (this.isStopped) return;
    await insertResponse(now);
    this.rows.wrote(bytes);
  }

  private checkTotal(bytes: number): void {
    const { largestResponse } = this.rows;
    if (bytes > largestResponse) throw new TooLargeError(`more than ${largestResponse} bytes`);
  }
}

function identified(item: OutputItem): IdentifiedItem {
  if (!item.id) throw new Error(`an output item of type ${item.type} has no id`);
  return { id: item.id, held: 0, json: () => JSON.stringify(item) };
}

function newItem({ id, json }: IdentifiedItem): NewItem {
  const text = json();
  return { id, json: text, size: sizeOf(text) };
}

/** Bytes a row counts. */
function sizeOf(json: string): number {
  const bytes = Buffer.byteLength(json);
  if (bytes > LARGEST_BODY_BYTES) throw new TooLargeError(`more than ${LARGEST_BODY_BYTES} bytes`);
  return bytes + ROW_BYTES;
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
