import type { Responses } from 'openai/resources/responses/responses';
import type { ItemPlace, ResponseStreamEvent } from '../response-stream-event.js';
import type { BlockDelta, OpenItem } from './open-item.js';
import type { ItemStatus, MessageItem } from './output-item.js';
import type { OutputList } from './output-list.js';

/** No part of a message has a log probability: the model gives none. */
const NO_LOGPROBS: [] = [];

/** A text block: one message with one part. It stays open until it is known why the text ends. */
export class OpenMessage implements OpenItem {
  private readonly place: ItemPlace;
  /** Joined once: adding to a text for each delta copies long answers over and over. */
  private readonly pieces: string[] = [];

  constructor(
    private readonly output: OutputList,
    events: ResponseStreamEvent[],
  ) {
    this.place = output.add('msg', (id) => messageOf(id, 'in_progress', []), events);
    events.push({ type: 'response.content_part.added', ...this.place, content_index: 0, part: textPart('') });
  }

  delta(delta: BlockDelta, events: ResponseStreamEvent[]): void {
    if (delta.type !== 'text_delta' || delta.text === '') return;
    this.pieces.push(delta.text);
    events.push({
      type: 'response.output_text.delta',
      item_id: this.place.item_id,
      output_index: this.place.output_index,
      content_index: 0,
      delta: delta.text,
      logprobs: NO_LOGPROBS,
    });
  }

  blockEnd(): boolean {
    return false;
  }

  finish(status: ItemStatus, events: ResponseStreamEvent[]): void {
    const text = this.pieces.join('');
    const at = { ...this.place, content_index: 0 };
    events.push(
      { type: 'response.output_text.done', ...at, text, logprobs: NO_LOGPROBS },
      { type: 'response.content_part.done', ...at, part: textPart(text) },
    );
    this.output.done(this.place, this.item(status, text), events);
  }

  partial(): MessageItem {
    return this.item('incomplete', this.pieces.join(''));
  }

  private item(status: ItemStatus, text: string): MessageItem {
    return messageOf(this.place.item_id, status, [textPart(text)]);
  }
}

export function messageOf(id: string, status: ItemStatus, content: MessageItem['content']): MessageItem {
  return { id, type: 'message', status, role: 'assistant', content };
}

/** `annotations` are part of it: the AI SDK refuses a text without (openai.md §7). */
function textPart(text: string): Responses.ResponseOutputText {
  return { type: 'output_text', text, annotations: [], logprobs: [] };
}
