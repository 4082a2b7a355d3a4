import type { MessagesEvent } from './vocabulary.js';

/** Which delta belongs into which block (anthropic.md §6). */
const DELTAS = new Map<string, readonly string[]>([
  ['text', ['text_delta', 'citations_delta']],
  ['thinking', ['thinking_delta', 'signature_delta']],
  ['redacted_thinking', []],
  ['tool_use', ['input_json_delta']],
  ['server_tool_use', ['input_json_delta']],
  ['web_search_tool_result', []],
]);
const KNOWN_DELTAS: ReadonlySet<string> = new Set([...DELTAS.values()].flat());

/** What nobody here knows, of a block or a delta, is for its client to judge: an endpoint of the API may be newer. */
function fits(delta: string, block: string): boolean {
  const fitting = DELTAS.get(block);
  return fitting === undefined || fitting.includes(delta) || (fitting.length > 0 && !KNOWN_DELTAS.has(delta));
}

/**
 * Checks the order of a stream's events (anthropic.md §6): one start, blocks one after the other with indexes from 0,
 * deltas that fit their block, `tool_use` exactly when a tool block was sent, one end.
 */
export class OrderCheck {
  private phase: 'before' | 'open' | 'delta-sent' | 'stopped' = 'before';
  private nextIndex = 0;
  private block: string | undefined;
  private sawTool = false;

  /** Returns what is wrong with the event at this place, or `undefined`. */
  push(event: MessagesEvent): string | undefined {
    if (event.type === 'upstream_report') return undefined;
    if (event.type === 'message_start') {
      if (this.phase !== 'before') return 'a second message_start';
      this.phase = 'open';
      return undefined;
    }
    if (event.type === 'message_stop') {
      if (this.phase !== 'delta-sent') return 'message_stop without message_delta';
      this.phase = 'stopped';
      return undefined;
    }
    if (this.phase !== 'open')
      return `${event.type} ${this.phase === 'before' ? 'before message_start' : 'after message_delta'}`;
    switch (event.type) {
      case 'content_block_start':
        if (this.block) return 'content_block_start inside an open block';
        if (event.index !== this.nextIndex) return `index ${event.index} instead of ${this.nextIndex}`;
        this.block = event.content_block.type;
        this.sawTool ||= this.block === 'tool_use';
        return undefined;
      case 'content_block_delta':
        if (!this.block || event.index !== this.nextIndex) return 'content_block_delta outside its block';
        return fits(event.delta.type, this.block) ? undefined : `${event.delta.type} in a ${this.block} block`;
      case 'content_block_stop':
        if (!this.block || event.index !== this.nextIndex) return 'content_block_stop outside its block';
        this.block = undefined;
        this.nextIndex += 1;
        return undefined;
      case 'message_delta':
        if (this.block) return 'message_delta inside an open block';
        this.phase = 'delta-sent';
        return (event.delta.stop_reason === 'tool_use') === this.sawTool
          ? undefined
          : `stop_reason ${event.delta.stop_reason} ${this.sawTool ? 'with' : 'without'} a tool block`;
      default:
        event satisfies never;
        return undefined;
    }
  }

  /** Returns what is missing when the stream ends here, or `undefined`. */
  end(): string | undefined {
    return this.phase === 'stopped' ? undefined : 'the stream ended without message_stop';
  }
}
