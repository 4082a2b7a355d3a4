import type { ItemPlace, ResponseStreamEvent } from '../response-stream-event.js';
import type { BlockDelta, OpenItem } from './open-item.js';
import type { OutputItem } from './output-item.js';
import type { IdPrefix, OutputList } from './output-list.js';

/** How one kind of tool call is spelt. */
export interface CallForm {
  readonly prefix: IdPrefix;
  /** The item as it begins, its input empty. */
  begin(id: string): OutputItem;
  /** What of a piece of the input's JSON can go out at once. */
  piece(place: ItemPlace, json: string): ResponseStreamEvent[];
  /** The whole item, and the events that tell its input. @param json complete */
  end(place: ItemPlace, json: string): { item: OutputItem; events: ResponseStreamEvent[] };
}

/** A tool call: done with its block, as inside only complete inputs are handed on. */
export class OpenCall implements OpenItem {
  private readonly place: ItemPlace;
  private readonly pieces: string[] = [];

  constructor(
    private readonly form: CallForm,
    private readonly output: OutputList,
    events: ResponseStreamEvent[],
  ) {
    this.place = output.add(form.prefix, (id) => form.begin(id), events);
  }

  delta(delta: BlockDelta, events: ResponseStreamEvent[]): void {
    if (delta.type !== 'input_json_delta' || delta.partial_json === '') return;
    this.pieces.push(delta.partial_json);
    events.push(...this.form.piece(this.place, delta.partial_json));
  }

  blockEnd(events: ResponseStreamEvent[]): boolean {
    if (this.pieces.length === 0) {
      // An empty text is no input to anybody: the AI SDK takes such a call for an invalid one (openai.md §5).
      this.delta({ type: 'input_json_delta', partial_json: '{}' }, events);
    }
    const { item, events: last } = this.form.end(this.place, this.pieces.join(''));
    events.push(...last);
    this.output.done(this.place, item, events);
    return true;
  }

  finish(): void {
    // Done with its block.
  }

  /** Half a call is none. */
  partial(): undefined {
    return undefined;
  }
}
