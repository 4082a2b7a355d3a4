import { type AnswerBeginning, startMessage } from '../../messages/start-message.js';
import type { MessagesEvent, StopReason, Usage } from '../../messages/vocabulary.js';
import { connectionFailure } from '../../pool/connection-failure.js';
import { EventParser, type ServerSentEvent } from '../sse/event-parser.js';
import { classifyFailure } from './classify-failure.js';

type Start = Extract<MessagesEvent, { type: 'content_block_start' }>;
type Delta = Extract<MessagesEvent, { type: 'content_block_delta' }>;
type End = Extract<MessagesEvent, { type: 'message_delta' }>;

interface OpenBlock {
  /** As the endpoint counts. */
  index: number;
  /** Of a tool use, whoever runs the tool, which is handed on whole: half an input must never reach a client. */
  toolUse?: { start: Start; pieces: string[] };
}

/** Characters of one tool use; what a model can write is far below it. */
const LONGEST_TOOL_USE = 8 * 1024 * 1024;

/**
 * Bytes of an endpoint's stream in, Messages events out, for clients of other APIs: in the order that is promised
 * inside, tool uses whole, what the first event lacks filled in. Kinds of events that nobody here knows are dropped,
 * kinds of blocks pass. One per answer.
 */
export class AnswerDecoder {
  private readonly parser = new EventParser();
  private phase: 'before' | 'open' | 'ended' | 'stopped' = 'before';
  private block: OpenBlock | undefined;
  private nextIndex = 0;
  private toolUseLength = 0;
  private sentTool = false;
  private lostTool = false;
  private usage: Partial<Usage> = {};

  /** @param secret what no error may quote: the key that was sent */
  constructor(
    private readonly beginning: AnswerBeginning,
    private readonly secret?: string,
  ) {}

  /** @throws GatewayError for an error in the stream, classified, and for what is no stream of Messages events */
  push(bytes: Uint8Array): MessagesEvent[] {
    const events: MessagesEvent[] = [];
    for (const event of this.parse(bytes)) this.take(event, events);
    return events;
  }

  /** The last events. @throws GatewayError when the answer is not there to its end */
  end(): MessagesEvent[] {
    if (this.phase === 'stopped') return [];
    if (this.phase === 'before') throw connectionFailure('The service sent an empty answer.');
    if (this.phase === 'open') throw connectionFailure('The connection to the service broke off.');
    return [{ type: 'message_stop' }];
  }

  private parse(bytes: Uint8Array): ServerSentEvent[] {
    try {
      return this.parser.push(bytes);
    } catch (cause) {
      throw invalidAnswer('an event is too long', cause);
    }
  }

  private take({ name, data }: ServerSentEvent, events: MessagesEvent[]): void {
    if (name === 'error') {
      throw classifyFailure({ body: Buffer.from(data), isWhole: true, secret: this.secret });
    }
    if (!DECODED.has(name) || this.phase === 'stopped') return;
    const event = parseEvent(name, data);
    switch (event.type) {
      case 'message_start':
        this.start(event, events);
        break;
      case 'content_block_start':
        this.startBlock(event, events);
        break;
      case 'content_block_delta':
        this.delta(event, events);
        break;
      case 'content_block_stop':
        this.stopBlock(event.index, events);
        break;
      case 'message_delta':
        this.finish(event, events);
        break;
      case 'message_stop':
        this.stop(event, events);
    }
  }

  private start({ message }: Extract<MessagesEvent, { type: 'message_start' }>, events: MessagesEvent[]): void {
    if (this.phase !== 'before') throw invalidAnswer('a second message_start');
    this.phase = 'open';
    const start = startMessage(this.beginning);
    if (start.type !== 'message_start') return;
    this.usage = { ...start.message.usage, ...counts(message?.usage) };
    // The name that the client asked for, and an id like every other answer's here.
    const { id, model } = start.message;
    events.push({
      type: 'message_start',
      message: { ...start.message, ...present(message), id, model, content: [], usage: this.usage as Usage },
    });
  }

  private startBlock(event: Start, events: MessagesEvent[]): void {
    if (this.phase !== 'open' || this.block) throw invalidAnswer('content_block_start out of place');
    if (typeof event.content_block?.type !== 'string') throw invalidAnswer('a block without a type');
    const start = { ...event, index: this.nextIndex };
    const isToolUse = 'input' in event.content_block;
    this.block = { index: event.index, ...(isToolUse && { toolUse: { start, pieces: [] } }) };
    this.toolUseLength = 0;
    if (!isToolUse) events.push(start);
  }

  private delta(event: Delta, events: MessagesEvent[]): void {
    if (event.index !== this.block?.index) throw invalidAnswer('content_block_delta outside its block');
    const { toolUse } = this.block;
    if (!toolUse) {
      events.push({ ...event, index: this.nextIndex });
    } else if (event.delta.type === 'input_json_delta') {
      this.toolUseLength += event.delta.partial_json.length;
      if (this.toolUseLength > LONGEST_TOOL_USE) throw invalidAnswer('a tool use is too long');
      toolUse.pieces.push(event.delta.partial_json);
    }
  }

  private stopBlock(index: number, events: MessagesEvent[]): void {
    if (index !== this.block?.index) throw invalidAnswer('content_block_stop outside its block');
    const { toolUse } = this.block;
    this.block = undefined;
    if (toolUse && !this.handOn(toolUse, events)) return;
    events.push({ type: 'content_block_stop', index: this.nextIndex });
    this.nextIndex += 1;
  }

  /** Returns false, and nothing is handed on, for one that was cut short. */
  private handOn({ start, pieces }: NonNullable<OpenBlock['toolUse']>, events: MessagesEvent[]): boolean {
    const block = start.content_block as { type: string; id?: unknown; name?: unknown; input?: unknown };
    const isClients = block.type === 'tool_use';
    // Some write it where the block starts, where clients do not look for it.
    const input = pieces.join('') || JSON.stringify(block.input ?? {});
    if (typeof block.id !== 'string' || typeof block.name !== 'string' || !isJsonObject(input)) {
      this.lostTool ||= isClients;
      return false;
    }
    this.sentTool ||= isClients;
    events.push(
      { ...start, content_block: { ...start.content_block, input: {} } as Start['content_block'] },
      { type: 'content_block_delta', index: this.nextIndex, delta: { type: 'input_json_delta', partial_json: input } },
    );
    return true;
  }

  private finish(event: End, events: MessagesEvent[]): void {
    if (this.phase !== 'open') return; // Some count once more after it.
    if (this.block) throw invalidAnswer('message_delta inside a block');
    this.phase = 'ended';
    const usage = { ...this.usage, ...counts(event.usage) };
    const { input_tokens, cache_read_input_tokens, cache_creation_input_tokens, output_tokens } = usage;
    events.push({
      type: 'upstream_report',
      inputTokens: (input_tokens ?? 0) + (cache_read_input_tokens ?? 0) + (cache_creation_input_tokens ?? 0),
      outputTokens: output_tokens,
    });
    const reason = this.stopReason(event.delta?.stop_reason);
    events.push({
      ...event,
      delta: {
        ...{ stop_sequence: null, stop_details: null, container: null },
        ...event.delta,
        stop_reason: reason,
      },
      usage: usage as End['usage'],
    });
  }

  private stop(event: MessagesEvent, events: MessagesEvent[]): void {
    if (this.phase !== 'ended') throw invalidAnswer('message_stop before message_delta');
    this.phase = 'stopped';
    events.push(event);
  }

  /** Clients take any other reason for an answer without tools, and this one for one with them (anthropic.md §6). */
  private stopReason(said: StopReason | null | undefined): StopReason {
    if (this.sentTool) return 'tool_use';
    if (said === 'tool_use') return this.lostTool ? 'max_tokens' : 'end_turn';
    return said ?? 'end_turn';
  }
}

const DECODED: ReadonlySet<string> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
]);

function parseEvent(name: string, data: string): Exclude<MessagesEvent, { type: 'upstream_report' }> {
  let event: unknown;
  try {
    event = JSON.parse(data);
  } catch (cause) {
    throw invalidAnswer(`${name} is no JSON`, cause);
  }
  const isEvent = event !== null && typeof event === 'object' && !Array.isArray(event);
  const { delta } = (event ?? {}) as { delta?: unknown };
  if (!isEvent || (name === 'content_block_delta' && !isDelta(delta))) throw invalidAnswer(`${name} is malformed`);
  return { ...(event as object), type: name } as ReturnType<typeof parseEvent>;
}

/** Those that others look into have what they look for. */
function isDelta(delta: unknown): boolean {
  if (delta === null || typeof delta !== 'object') return false;
  const { type, text, thinking, partial_json } = delta as Record<string, unknown>;
  if (type === 'text_delta') return typeof text === 'string';
  if (type === 'thinking_delta') return typeof thinking === 'string';
  if (type === 'input_json_delta') return typeof partial_json === 'string';
  return typeof type === 'string';
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' && !Array.isArray(value);
  } catch {
    return false;
  }
}

const COUNTS: ReadonlySet<string> = new Set([
  'input_tokens',
  'output_tokens',
  'cache_read_input_tokens',
  'cache_creation_input_tokens',
]);

/** What is no number is no count: others add them up. */
function counts(usage: object | null | undefined): Partial<Usage> {
  const entries: [string, unknown][] = Object.entries(present(usage));
  return Object.fromEntries(entries.filter(([name, value]) => !COUNTS.has(name) || Number.isFinite(value)));
}

/** Fields that are null say nothing. */
function present<T extends object>(fields: T | null | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(fields ?? {}).filter(([, value]) => value != null)) as Partial<T>;
}

function invalidAnswer(problem: string, cause?: unknown) {
  return connectionFailure(`The service sent an invalid answer: ${problem}.`, cause);
}
