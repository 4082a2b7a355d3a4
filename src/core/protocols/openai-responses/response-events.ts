import type { GatewayError } from '../../errors.js';
import type { MessagesEvent, StopReason, Usage } from '../../messages/vocabulary.js';
import { wholeUsage } from '../../messages/whole-usage.js';
import type { ClientTools } from '../openai/client-tools.js';
import { tokenUsage } from '../openai/token-usage.js';
import { encodeUsage } from './encode-usage.js';
import { inStreamError } from './in-stream-error.js';
import { type AnswerOutput, ItemsOutput } from './output/answer-output.js';
import { CompactionOutput } from './output/compaction-output.js';
import { OutputList } from './output/output-list.js';
import { IN_PROGRESS, type ResponseHead, type ResponseState, responseObject } from './response-object.js';
import type { LifecycleEvent, ResponseStreamEvent } from './response-stream-event.js';

/** What an answer has to know of its request. */
export interface ResponseContext extends ResponseHead {
  tools: ClientTools;
  showsSummary: boolean;
  includesEncryptedReasoning: boolean;
  /** Whether the answer is kept. */
  store: boolean;
  isCompaction: boolean;
  /** Unix seconds of the moment. */
  now: () => number;
}

type MessageDelta = Extract<MessagesEvent, { type: 'message_delta' }>;

/** Stop reasons of an answer that is cut (openai.md §8); after any other it is complete. */
const CUT: ReadonlySet<StopReason | null> = new Set(['max_tokens', 'model_context_window_exceeded'] as const);

/** Messages events in, the events of a Responses stream out (openai.md §7). One per answer. */
export class ResponseEvents {
  private readonly list: OutputList;
  private readonly output: AnswerOutput;
  private begun = false;
  private usage: Usage | undefined;
  private last: ResponseState | undefined;

  constructor(private readonly context: ResponseContext) {
    this.list = new OutputList(context.id.replace('resp_', ''));
    this.output = context.isCompaction
      ? new CompactionOutput(this.list)
      : new ItemsOutput(this.list, context.tools, {
          summary: context.showsSummary,
          encrypted: context.includesEncryptedReasoning,
          stored: context.store,
        });
  }

  /** @throws GatewayError when nothing can be made of the answer */
  push(event: MessagesEvent): ResponseStreamEvent[] {
    const events: ResponseStreamEvent[] = [];
    switch (event.type) {
      case 'content_block_start':
      case 'content_block_delta':
      case 'content_block_stop':
        this.output.push(event, events);
        break;
      case 'message_start':
        this.usage = event.message.usage;
        events.push(...this.begin());
        break;
      case 'message_delta':
        this.end(event, events);
        break;
      case 'message_stop':
        if (this.last) events.push(this.lifecycle(`response.${this.last.status}`, this.last));
        break;
      case 'upstream_report':
        break;
      default:
        event satisfies never;
    }
    return events;
  }

  /** Tells an answer that it broke: in a stream that has begun there is no other way (openai.md §1.8). */
  fail(error: GatewayError): ResponseStreamEvent[] {
    const told = inStreamError(error);
    const partial = this.output.partial();
    const state: ResponseState = {
      ...IN_PROGRESS,
      status: 'failed',
      error: { code: told.code, message: told.message },
      output: partial ? [...this.list.items, partial] : this.list.items,
    };
    const failed = this.lifecycle('response.failed', state);
    // Of an answer that broke the store has its finished items at most.
    const response = { ...failed.response, store: false };
    return [...this.begin(), { type: 'error', error: told }, { ...failed, response }];
  }

  /** The events before all others: helpers throw on whatever else comes first. Empty when they were taken already. */
  begin(): ResponseStreamEvent[] {
    if (this.begun) return [];
    this.begun = true;
    const created = this.lifecycle('response.created', IN_PROGRESS);
    return [created, { ...created, type: 'response.in_progress' }];
  }

  private end({ delta, usage }: MessageDelta, events: ResponseStreamEvent[]): void {
    const isCut = CUT.has(delta.stop_reason) && !this.context.isCompaction;
    this.output.end(delta, isCut, events);
    this.last = {
      status: isCut ? 'incomplete' : 'completed',
      completed_at: isCut ? null : this.context.now(),
      error: null,
      incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
      output: this.list.items,
      usage: this.usage ? encodeUsage(tokenUsage(wholeUsage(this.usage, usage))) : null,
    };
  }

  private lifecycle(type: LifecycleEvent['type'], state: ResponseState): LifecycleEvent {
    return { type, response: responseObject(this.context, state) };
  }
}
