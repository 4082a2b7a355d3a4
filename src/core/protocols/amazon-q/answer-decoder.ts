import { GatewayError } from '../../errors.js';
import { OutputSample } from '../../messages/output-sample.js';
import { type AnswerBeginning, startMessage } from '../../messages/start-message.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import type { Frame } from '../aws-event-stream/frame.js';
import { BlockWriter } from './block-writer.js';
import { classifyFailure } from './classify-failure.js';
import { type CountedUsage, countUsage, type TokenUsage } from './count-usage.js';
import { decideStopReason } from './decide-stop-reason.js';
import { readPayload } from './read-payload.js';
import type { ThinkingDisplay } from './thinking-display.js';
import type { ToolNames } from './tool-names.js';
import { ToolUseBuffer, type ToolUsePayload } from './tool-use-buffer.js';

export interface AnswerContext extends AnswerBeginning {
  toolNames: ToolNames;
  /** What the client asked to get of the thinking; the rest is dropped. */
  thinking: ThinkingDisplay;
  /** The model's window in tokens. */
  window?: number;
  /** Tokens of this model for one of our own count. */
  tokenScale: number;
}

/** Over 100 the window has overflowed; what is far over it is no share of one. */
const MOST_PERCENT = 1_000;
/** No single answer costs as much; it would stay in every sum. */
const MOST_CREDITS = 1_000_000;

/**
 * Frames of one answer of Amazon Q in, Messages events out (amazon-q.md §4). The first event comes with the first
 * content, so that an answer which turns out empty can still be asked for again. One per answer.
 */
export class AnswerDecoder {
  private readonly blocks = new BlockWriter();
  private readonly tools = new ToolUseBuffer();
  private started = false;
  private sentTool = false;
  private sentText = false;
  private sawThinking = false;
  private sawTail = false;
  private readonly outputSample = new OutputSample();
  private readonly thinkingSample = new OutputSample();
  private tokenUsage: TokenUsage | undefined;
  private stopReason: string | undefined;
  private contextUsagePercentage: number | undefined;
  private credits: number | undefined;

  constructor(private readonly context: AnswerContext) {}

  /** @throws GatewayError for an exception or error frame, classified, and for content that can't be right */
  push(frame: Frame): MessagesEvent[] {
    const { headers } = frame;
    if (headers[':message-type'] !== 'event') return this.exception(frame);
    const events: MessagesEvent[] = [];
    switch (headers[':event-type']) {
      case 'assistantResponseEvent':
      case 'codeEvent':
        this.text(readPayload(frame).content, events);
        break;
      case 'reasoningContentEvent':
        this.reasoning(readPayload(frame), events);
        break;
      case 'toolUseEvent':
        this.toolUse(readPayload(frame) as unknown as ToolUsePayload, events);
        break;
      case 'metadataEvent':
        this.metadata(readPayload(frame));
        break;
      case 'contextUsageEvent':
        this.sawTail = true;
        this.contextUsagePercentage =
          amountOf(readPayload(frame).contextUsagePercentage, MOST_PERCENT) ?? this.contextUsagePercentage;
        break;
      case 'meteringEvent':
        this.sawTail = true;
        this.credits = amountOf(readPayload(frame).usage, MOST_CREDITS) ?? this.credits;
        break;
      case 'invalidStateEvent':
        throw classifyFailure({ type: 'InternalServerException', body: frame.payload.toString('utf8') });
      default:
      // Names, links, licences, prompts to follow: nothing a Messages client has a place for.
    }
    return events;
  }

  /** The last events. @throws GatewayError when nothing came at all: worth another try */
  end(): MessagesEvent[] {
    const events: MessagesEvent[] = [];
    const unfinishedTool = this.tools.hasUnfinished;
    const sentContent = this.sentText || this.sentTool || this.sawThinking;
    if (!sentContent && !unfinishedTool && !this.sawTail) {
      throw new GatewayError('upstream', 'The service sent an empty answer.', {
        failure: { class: 'transient', retry: 'same-account' },
      });
    }
    this.start(events);
    this.blocks.close(events);
    const stopReason = decideStopReason({
      sentTool: this.sentTool,
      sentContent,
      unfinishedTool,
      onlyThinking: this.sawThinking && !this.sentText,
      stopReason: this.stopReason,
      sawTail: this.sawTail,
      contextUsagePercentage: this.contextUsagePercentage,
    });
    const { usage, inputTokens, outputTokens } = this.countUsage();
    if (this.sawTail) {
      events.push({
        type: 'upstream_report',
        credits: this.credits,
        contextUsagePercentage: this.contextUsagePercentage,
        inputTokens,
        outputTokens,
      });
    }
    const refusal = { type: 'refusal', category: null, explanation: null } as const;
    events.push({
      type: 'message_delta',
      delta: {
        stop_reason: stopReason,
        stop_sequence: null,
        stop_details: stopReason === 'refusal' ? refusal : null,
        container: null,
      },
      usage,
    });
    events.push({ type: 'message_stop' });
    return events;
  }

  private countUsage(): CountedUsage {
    return countUsage({
      tokenUsage: this.tokenUsage,
      contextUsagePercentage: this.contextUsagePercentage,
      window: this.context.window,
      output: this.outputSample,
      thinking: this.thinkingSample,
      showsThinking: this.context.thinking !== 'none',
      estimatedInputTokens: this.context.estimatedInputTokens,
      tokenScale: this.context.tokenScale,
    });
  }

  private text(content: unknown, events: MessagesEvent[]): void {
    if (typeof content !== 'string' || content === '') return;
    this.start(events);
    this.sentText = true;
    this.outputSample.take(content);
    this.blocks.text(content, events);
  }

  private reasoning(payload: Record<string, unknown>, events: MessagesEvent[]): void {
    this.sawThinking = true;
    const { text, signature, redactedContent } = payload;
    if (typeof text === 'string') this.thinkingSample.take(text);
    const { thinking } = this.context;
    if (thinking === 'none') return;
    if (typeof text === 'string' && text !== '') {
      if (thinking === 'text') this.start(events);
      this.blocks.thinking(thinking === 'text' ? text : '', events);
    }
    if (typeof signature === 'string' && signature !== '') {
      this.start(events);
      this.blocks.signaturePiece(signature, events);
    }
    if (typeof redactedContent === 'string' && redactedContent !== '') {
      this.start(events);
      this.blocks.redactedThinking(redactedContent, events);
    }
  }

  private toolUse(payload: ToolUsePayload, events: MessagesEvent[]): void {
    if (typeof payload.toolUseId !== 'string') return;
    const complete = this.tools.push(payload);
    this.start(events);
    if (!complete) return;
    this.sentTool = true;
    this.outputSample.take(`${complete.name}${complete.input}`);
    this.blocks.toolUse({ ...complete, name: this.context.toolNames.decode(complete.name) }, events);
  }

  private metadata(payload: Record<string, unknown>): void {
    this.sawTail = true;
    if (payload.tokenUsage && typeof payload.tokenUsage === 'object') this.tokenUsage = payload.tokenUsage;
    if (typeof payload.stopReason === 'string') this.stopReason = payload.stopReason;
  }

  private exception(frame: Frame): MessagesEvent[] {
    const { headers } = frame;
    const type = String(headers[':exception-type'] ?? headers[':error-code'] ?? '');
    if (type === 'ContentLengthExceededException' && this.started) {
      // The window filled up while the model wrote: what was written stands (amazon-q.md §4).
      this.stopReason = 'MAX_TOKENS';
      return [];
    }
    const message = headers[':error-message'];
    const body = typeof message === 'string' ? JSON.stringify({ message }) : frame.payload.toString('utf8');
    throw classifyFailure({ type: EXCEPTION_TYPES.get(type) ?? type, body });
  }

  private start(events: MessagesEvent[]): void {
    if (this.started) return;
    this.started = true;
    events.push(startMessage(this.context));
  }
}

/** Members of the stream's union that carry an exception, and the exception they carry (amazon-q.md §4). */
const EXCEPTION_TYPES: ReadonlyMap<string, string> = new Map([
  ['error', 'InternalServerException'],
  ['throttlingError', 'ThrottlingException'],
  ['validationError', 'ValidationException'],
  ['serviceUnavailableError', 'ServiceUnavailableException'],
]);

/** A number that can be right; any other says nothing. */
function amountOf(value: unknown, most: number): number | undefined {
  return typeof value === 'number' && value >= 0 && value <= most ? value : undefined;
}
