import { GatewayError } from '../../../errors.js';
import { encodeSummary } from '../compaction-summary.js';
import type { ResponseStreamEvent } from '../response-stream-event.js';
import type { AnswerOutput, BlockEvent, MessageEnd } from './answer-output.js';
import type { CompactionItem } from './output-item.js';
import type { OutputList } from './output-list.js';

/** The answer to a summary call: exactly one item, whatever the model sent beside its text (openai.md §11). */
export class CompactionOutput implements AnswerOutput {
  private readonly pieces: string[] = [];

  constructor(private readonly list: OutputList) {}

  push(event: BlockEvent): void {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') this.pieces.push(event.delta.text);
  }

  /** @throws GatewayError when there is no summary: a client must not replace its history by nothing */
  end(_end: MessageEnd, _cut: boolean, events: ResponseStreamEvent[]): void {
    const summary = this.pieces.join('').trim();
    if (summary === '') throw new GatewayError('upstream', 'The model wrote no summary of the conversation.');
    const itemOf = (id: string, encrypted_content: string): CompactionItem => ({
      id,
      type: 'compaction',
      encrypted_content,
    });
    const place = this.list.add('cmp', (id) => itemOf(id, ''), events);
    this.list.done(place, itemOf(place.item_id, encodeSummary(summary)), events);
  }

  partial(): undefined {
    return undefined;
  }
}
