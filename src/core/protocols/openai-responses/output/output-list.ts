import type { ItemPlace, ResponseStreamEvent } from '../response-stream-event.js';
import type { OutputItem } from './output-item.js';

/** What an item's id begins with (openai.md §7). */
export type IdPrefix = 'msg' | 'fc' | 'ctc' | 'rs' | 'tsc' | 'cmp';

/** The items of one answer: places from 0 without a gap, and ids that are the same from `added` to `done`. */
export class OutputList {
  /** What is done, in order. */
  readonly items: OutputItem[] = [];
  private next = 0;

  /** @param seed what the ids are made of; unique to the response */
  constructor(private readonly seed: string) {}

  /** Opens an item; only one is open at a time. */
  add(prefix: IdPrefix, itemOf: (id: string) => OutputItem, events: ResponseStreamEvent[]): ItemPlace {
    const place = { item_id: this.idOf(prefix, this.next), output_index: this.next };
    this.next += 1;
    events.push({
      type: 'response.output_item.added',
      output_index: place.output_index,
      item: itemOf(place.item_id),
    });
    return place;
  }

  /** @param kept what is stored of it, where that is more */
  done({ output_index }: ItemPlace, item: OutputItem, events: ResponseStreamEvent[], kept?: OutputItem): void {
    this.items.push(item);
    events.push({ type: 'response.output_item.done', output_index, item, ...(kept && { kept }) });
  }

  private idOf(prefix: IdPrefix, index: number): string {
    return `${prefix}_${this.seed}${index.toString(16).padStart(4, '0')}`;
  }
}
