import type { MessagesEvent } from '../../../messages/vocabulary.js';
import type { ResponseStreamEvent } from '../response-stream-event.js';
import type { ItemStatus, OutputItem } from './output-item.js';

export type BlockDelta = Extract<MessagesEvent, { type: 'content_block_delta' }>['delta'];

/** An item that is being written. What follows from a call is appended to the events given. */
export interface OpenItem {
  delta(delta: BlockDelta, events: ResponseStreamEvent[]): void;
  /** The block it was made of is over. Returns whether the item is done with it. */
  blockEnd(events: ResponseStreamEvent[]): boolean;
  /** The item is over, unless it was already. */
  finish(status: Exclude<ItemStatus, 'in_progress'>, events: ResponseStreamEvent[]): void;
  /** What there is of it, for an answer that breaks off here; undefined: nothing was sent of it. */
  partial(): OutputItem | undefined;
}
