import type { ContentBlock } from '../../../messages/vocabulary.js';
import { encodeReasoning, type ThinkingInput } from '../encrypted-reasoning.js';
import type { ItemPlace, ResponseStreamEvent } from '../response-stream-event.js';
import type { BlockDelta, OpenItem } from './open-item.js';
import type { ReasoningItem } from './output-item.js';
import type { OutputList } from './output-list.js';

/** How much of the thinking a client gets (openai.md §12). */
export interface ReasoningShown {
  /** Its text, as a summary: what Codex, the AI SDK and LangChain show. */
  summary: boolean;
  /** All that is needed to replay it. */
  encrypted: boolean;
  /** Whether the store gets that in any case: a reference to the item is to bring its thinking back (openai.md §10). */
  stored: boolean;
}

/**
 * Thinking blocks that follow each other: one reasoning item before the message they led to, each block a part of its
 * summary. It is announced with its first text, so that a block with nothing to show makes no item.
 */
export class OpenReasoning implements OpenItem {
  private place: ItemPlace | undefined;
  private readonly summary: ReasoningItem['summary'] = [];
  private readonly thinking: ThinkingInput[] = [];
  /** Of the block that is open, joined once. */
  private pieces: string[] = [];
  private signature = '';
  private data: string | undefined;

  constructor(
    private readonly output: OutputList,
    private readonly shown: ReasoningShown,
  ) {}

  start(block: ContentBlock): void {
    if (block.type === 'redacted_thinking') this.data = block.data;
  }

  delta(delta: BlockDelta, events: ResponseStreamEvent[]): void {
    if (delta.type === 'signature_delta') this.signature = delta.signature;
    if (delta.type !== 'thinking_delta' || delta.thinking === '') return;
    if (this.shown.summary) {
      const place = this.place ?? this.open(events);
      const summary_index = this.summary.length;
      if (this.pieces.length === 0) {
        const part = { type: 'summary_text', text: '' } as const;
        events.push({ type: 'response.reasoning_summary_part.added', ...place, summary_index, part });
      }
      events.push({
        type: 'response.reasoning_summary_text.delta',
        item_id: place.item_id,
        output_index: place.output_index,
        summary_index,
        delta: delta.thinking,
      });
    }
    this.pieces.push(delta.thinking);
  }

  blockEnd(events: ResponseStreamEvent[]): boolean {
    const text = this.pieces.join('');
    this.keep(text);
    if (this.place && text !== '') this.endPart(text, this.place, events);
    this.pieces = [];
    this.signature = '';
    this.data = undefined;
    return false;
  }

  finish(_status: unknown, events: ResponseStreamEvent[]): void {
    if (!this.place && !(this.shown.encrypted && this.thinking.length > 0)) return;
    const place = this.place ?? this.open(events);
    const item = this.item(place.item_id);
    const isMore = !this.shown.encrypted && this.thinking.length > 0;
    this.output.done(place, item, events, isMore ? { ...item, ...this.encrypted() } : undefined);
  }

  partial(): ReasoningItem | undefined {
    return this.place && this.item(this.place.item_id);
  }

  private open(events: ResponseStreamEvent[]): ItemPlace {
    const encrypted = this.shown.encrypted && { encrypted_content: null };
    this.place = this.output.add('rs', (id) => ({ id, type: 'reasoning', summary: [], ...encrypted }), events);
    return this.place;
  }

  private item(id: string): ReasoningItem {
    return { id, type: 'reasoning', summary: this.summary, ...(this.shown.encrypted && this.encrypted()) };
  }

  private encrypted(): Pick<ReasoningItem, 'encrypted_content'> {
    return { encrypted_content: this.thinking.length > 0 ? encodeReasoning(this.thinking) : null };
  }

  /** Only what has its maker's signature can be replayed. */
  private keep(thinking: string): void {
    if (!this.shown.encrypted && !this.shown.stored) return;
    if (this.data !== undefined) this.thinking.push({ type: 'redacted_thinking', data: this.data });
    else if (this.signature !== '') this.thinking.push({ type: 'thinking', thinking, signature: this.signature });
  }

  private endPart(text: string, place: ItemPlace, events: ResponseStreamEvent[]): void {
    const at = { ...place, summary_index: this.summary.length };
    const part = { type: 'summary_text', text } as const;
    this.summary.push(part);
    events.push(
      { type: 'response.reasoning_summary_text.done', ...at, text },
      { type: 'response.reasoning_summary_part.done', ...at, part },
    );
  }
}
