import type { ContentBlock, Message, MessagesEvent, TextCitation } from './vocabulary.js';
import { wholeUsage } from './whole-usage.js';

/**
 * Folds the events of a stream into the message they spell: the JSON answer and the stream are the same by
 * construction. Changes none of the events it is given. One per answer.
 */
export class MessageFold {
  private message: Message | undefined;
  private block: ContentBlock | undefined;
  /** Pieces of the open block, joined once: adding to a string for each delta copies long answers over and over. */
  private pieces: string[] = [];
  private citations: TextCitation[] = [];

  push(event: MessagesEvent): void {
    switch (event.type) {
      case 'message_start':
        this.message = { ...event.message, content: [] };
        return;
      case 'content_block_start':
        this.block = { ...event.content_block };
        this.pieces = [];
        this.citations = [];
        return;
      case 'content_block_delta':
        if (event.delta.type === 'text_delta') this.pieces.push(event.delta.text);
        else if (event.delta.type === 'thinking_delta') this.pieces.push(event.delta.thinking);
        else if (event.delta.type === 'input_json_delta') this.pieces.push(event.delta.partial_json);
        else if (event.delta.type === 'signature_delta' && this.block?.type === 'thinking') {
          this.block.signature = event.delta.signature;
        } else if (event.delta.type === 'citations_delta' && this.block?.type === 'text') {
          this.citations.push(event.delta.citation);
        }
        return;
      case 'content_block_stop':
        if (this.block && this.message) {
          this.message.content.push(finish(this.block, this.pieces.join(''), this.citations));
        }
        this.block = undefined;
        return;
      case 'message_delta':
        if (!this.message) return;
        Object.assign(this.message, event.delta, { usage: wholeUsage(this.message.usage, event.usage) });
        return;
      case 'message_stop':
      case 'upstream_report':
        return;
      default:
        event satisfies never;
    }
  }

  /** The message so far; `undefined` before `message_start`. */
  result(): Message | undefined {
    return this.message;
  }
}

function finish(block: ContentBlock, text: string, citations: readonly TextCitation[]): ContentBlock {
  if (block.type === 'text') {
    block.text += text;
    if (citations.length > 0) block.citations = [...(block.citations ?? []), ...citations];
  } else if (block.type === 'thinking') block.thinking += text;
  else if ('input' in block && text !== '') block.input = JSON.parse(text);
  return block;
}
