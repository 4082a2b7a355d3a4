import type { ContentBlock, MessagesEvent } from '../../../messages/vocabulary.js';
import type { ClientTools } from '../../openai/client-tools.js';
import type { ResponseStreamEvent } from '../response-stream-event.js';
import { callForm } from './call-forms.js';
import { OpenMessage } from './message-item.js';
import { OpenCall } from './open-call.js';
import type { OpenItem } from './open-item.js';
import type { OutputItem } from './output-item.js';
import type { OutputList } from './output-list.js';
import { OpenReasoning, type ReasoningShown } from './reasoning-item.js';
import { writeRefusal } from './write-refusal.js';

export type BlockEvent = Extract<
  MessagesEvent,
  { type: 'content_block_start' | 'content_block_delta' | 'content_block_stop' }
>;
export type MessageEnd = Extract<MessagesEvent, { type: 'message_delta' }>['delta'];

/** What the blocks of an answer become. What follows from a call is appended to the events given. */
export interface AnswerOutput {
  push(event: BlockEvent, events: ResponseStreamEvent[]): void;
  /** Nothing comes any more. @param cut whether the answer is incomplete */
  end(end: MessageEnd, cut: boolean, events: ResponseStreamEvent[]): void;
  /** The item that is open, as far as it came. */
  partial(): OutputItem | undefined;
}

/** Where upstream gives no words of its own. */
const REFUSAL = 'The model declined to answer this request.';

/** The items of an answer: one for each block, but one for all thinking in a row. */
export class ItemsOutput implements AnswerOutput {
  private open: OpenItem | undefined;

  constructor(
    private readonly list: OutputList,
    private readonly tools: ClientTools,
    private readonly reasoning: ReasoningShown,
  ) {}

  push(event: BlockEvent, events: ResponseStreamEvent[]): void {
    switch (event.type) {
      case 'content_block_delta':
        this.open?.delta(event.delta, events);
        return;
      case 'content_block_start':
        this.start(event.content_block, events);
        return;
      case 'content_block_stop':
        if (this.open?.blockEnd(events)) this.open = undefined;
    }
  }

  end({ stop_reason, stop_details }: MessageEnd, cut: boolean, events: ResponseStreamEvent[]): void {
    this.close(cut ? 'incomplete' : 'completed', events);
    if (stop_reason === 'refusal') writeRefusal(stop_details?.explanation || REFUSAL, this.list, events);
  }

  partial(): OutputItem | undefined {
    return this.open?.partial();
  }

  private start(block: ContentBlock, events: ResponseStreamEvent[]): void {
    if (block.type === 'thinking' || block.type === 'redacted_thinking') {
      this.startThinking(block, events);
      return;
    }
    this.close('completed', events);
    if (block.type === 'text') this.open = new OpenMessage(this.list, events);
    else if (block.type === 'tool_use') {
      this.open = new OpenCall(callForm(this.tools.find(block.name), block.id), this.list, events);
    }
    // Any other block is of a tool that only a Messages client can ask for.
  }

  private startThinking(block: ContentBlock, events: ResponseStreamEvent[]): void {
    if (!(this.open instanceof OpenReasoning)) {
      this.close('completed', events);
      this.open = new OpenReasoning(this.list, this.reasoning);
    }
    (this.open as OpenReasoning).start(block);
  }

  private close(status: 'completed' | 'incomplete', events: ResponseStreamEvent[]): void {
    this.open?.finish(status, events);
    this.open = undefined;
  }
}
