import type { UpstreamModel } from '../../models/upstream-model.js';
import { NO_OUTPUT_LIMIT } from '../no-output-limit.js';
import type { ContentBlock, MessagesEvent, MessagesRequest, StopReason, Usage } from '../vocabulary.js';
import type { Emit } from './emit.js';
import { OutputTokens } from './output-tokens.js';
import { StopSequenceMatcher } from './stop-sequence-matcher.js';

/** Where an answer has to end although upstream would go on. */
export interface Limits {
  stopSequences: readonly string[];
  /** In the model's tokens; absent where upstream keeps the limit itself. */
  maxTokens?: number;
  /** `disable_parallel_tool_use`: the first tool use is the only one. */
  singleToolUse: boolean;
}

/** What of a request's limits upstream can't keep; `undefined` for the usual request, which needs nothing watched. */
export function limitsOf(request: MessagesRequest, model: UpstreamModel): Limits | undefined {
  const stopSequences = (request.stop_sequences ?? []).filter((sequence) => sequence !== '');
  const fields = model.requestFieldsSchema?.properties as Record<string, unknown> | undefined;
  const isLimited = request.max_tokens < NO_OUTPUT_LIMIT && fields?.max_tokens === undefined;
  const maxTokens = isLimited ? request.max_tokens : undefined;
  const choice = request.tool_choice;
  const singleToolUse = choice != null && choice.type !== 'none' && choice.disable_parallel_tool_use === true;
  if (stopSequences.length === 0 && maxTokens === undefined && !singleToolUse) return undefined;
  return { stopSequences, maxTokens, singleToolUse };
}

type BlockStart = Extract<MessagesEvent, { type: 'content_block_start' }>;
type BlockDelta = Extract<MessagesEvent, { type: 'content_block_delta' }>;

/**
 * Ends one answer where its limits say so. Text that could begin a stop sequence is held back until it is clear, at
 * most to the end of its block; a tool use is handed on whole or, over the limit of tokens, not at all.
 *
 * After a tool use was handed on the reason is `tool_use`, whatever the limit was: clients take any other reason for
 * an answer without tools (anthropic.md §6).
 */
export class OutputLimits {
  private readonly tokens: OutputTokens;
  private readonly matcher: StopSequenceMatcher | undefined;
  private usage: Usage | undefined;
  /** Type of the open block. */
  private block: ContentBlock['type'] | undefined;
  private index = 0;
  /** Start of a text block of which nothing is free yet: a block without text is never sent because of a limit. */
  private textStart: BlockStart | undefined;
  /** Events of a tool use that is not known to fit. */
  private heldToolUse: MessagesEvent[] | undefined;
  private toolUses = 0;

  /** @param tokenScale tokens of the model for one of our own count */
  constructor(
    private readonly limits: Limits,
    private readonly tokenScale: number,
  ) {
    const { maxTokens, stopSequences } = limits;
    // Even a limit of one lets one token through.
    const limit = maxTokens === undefined ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(maxTokens / tokenScale));
    this.tokens = new OutputTokens(limit);
    if (stopSequences.length > 0) this.matcher = new StopSequenceMatcher(stopSequences);
  }

  /** Emits what follows from an event. Returns whether the answer goes on; `false`: its end was emitted. */
  push(event: MessagesEvent, emit: Emit): boolean {
    switch (event.type) {
      case 'message_start':
        this.usage = event.message.usage;
        emit(event);
        return true;
      case 'content_block_start':
        return this.start(event, emit);
      case 'content_block_delta':
        return this.delta(event, emit);
      case 'content_block_stop':
        return this.stop(event, emit);
      default:
        emit(event);
        return true;
    }
  }

  private start(event: BlockStart, emit: Emit): boolean {
    const { type } = event.content_block;
    if (type === 'tool_use' && this.limits.singleToolUse && this.toolUses > 0) return this.end('tool_use', emit);
    this.block = type;
    this.index = event.index;
    if (type === 'text') this.textStart = event;
    else if (type === 'tool_use') this.heldToolUse = [event];
    else emit(event);
    return true;
  }

  private delta(event: BlockDelta, emit: Emit): boolean {
    const { delta } = event;
    if (this.heldToolUse) this.heldToolUse.push(event);
    else if (delta.type === 'text_delta') return this.text(delta.text, event, emit);
    else if (delta.type === 'thinking_delta') return this.thinking(delta.thinking, event, emit);
    else emit(event);
    return true;
  }

  private text(text: string, event: BlockDelta, emit: Emit): boolean {
    const fitting = this.tokens.fit(text);
    const isFull = fitting.length < text.length;
    let free = fitting;
    if (this.matcher) {
      free = this.matcher.push(fitting);
      if (isFull && !this.matcher.found) free += this.matcher.flush();
    }
    this.emitText(free, event, emit);
    if (this.matcher?.found) return this.end('stop_sequence', emit);
    return isFull ? this.end('max_tokens', emit) : true;
  }

  private emitText(text: string, event: BlockDelta | undefined, emit: Emit): void {
    if (text === '') return;
    this.emitTextStart(emit);
    if (event?.delta.type === 'text_delta' && event.delta.text === text) emit(event);
    else emit({ type: 'content_block_delta', index: this.index, delta: { type: 'text_delta', text } });
  }

  private emitTextStart(emit: Emit): void {
    if (this.textStart) emit(this.textStart);
    this.textStart = undefined;
  }

  private thinking(thinking: string, event: BlockDelta, emit: Emit): boolean {
    const fitting = this.tokens.fit(thinking);
    if (fitting.length === thinking.length) {
      emit(event);
      return true;
    }
    if (fitting !== '') emit({ ...event, delta: { type: 'thinking_delta', thinking: fitting } });
    return this.end('max_tokens', emit);
  }

  private stop(event: MessagesEvent, emit: Emit): boolean {
    if (this.heldToolUse) {
      if (!this.tokens.fitAll(spelt(this.heldToolUse))) return this.end('max_tokens', emit);
      for (const held of this.heldToolUse) emit(held);
      this.heldToolUse = undefined;
      this.toolUses += 1;
    } else if (this.block === 'text') {
      if (this.matcher) this.emitText(this.matcher.flush(), undefined, emit);
      this.emitTextStart(emit);
    }
    this.block = undefined;
    emit(event);
    return true;
  }

  private end(reason: StopReason, emit: Emit): boolean {
    const isOpen = this.block !== undefined && !this.textStart && !this.heldToolUse;
    if (isOpen) emit({ type: 'content_block_stop', index: this.index });
    const stopReason = this.toolUses > 0 ? 'tool_use' : reason;
    emit({
      type: 'message_delta',
      delta: {
        stop_reason: stopReason,
        stop_sequence: stopReason === 'stop_sequence' ? (this.matcher?.found ?? null) : null,
        stop_details: null,
        container: null,
      },
      usage: {
        input_tokens: this.usage?.input_tokens ?? 0,
        output_tokens: this.outputTokens(),
        cache_creation_input_tokens: this.usage?.cache_creation_input_tokens ?? 0,
        cache_read_input_tokens: this.usage?.cache_read_input_tokens ?? 0,
        output_tokens_details: null,
        server_tool_use: null,
      },
    });
    emit({ type: 'message_stop' });
    return false;
  }

  private outputTokens(): number {
    const scaled = Math.ceil(this.tokens.count() * this.tokenScale);
    return Math.min(scaled, this.limits.maxTokens ?? scaled);
  }
}

/** The text of a tool use that costs tokens. */
function spelt(events: readonly MessagesEvent[]): string {
  let text = '';
  for (const event of events) {
    if (event.type === 'content_block_start' && event.content_block.type === 'tool_use') {
      text += event.content_block.name;
    } else if (event.type === 'content_block_delta' && event.delta.type === 'input_json_delta') {
      text += event.delta.partial_json;
    }
  }
  return text;
}
