import type { GatewayError } from '../../errors.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { EventParser } from '../sse/event-parser.js';
import { classifyFailure } from './classify-failure.js';
import type { RelayHead } from './relay.js';
import { UnreadOutput } from './unread-output.js';

/** What of an answer is looked at, where nothing else of it is. */
export type ReadEvent = Extract<MessagesEvent, { type: 'message_start' | 'message_delta' }>;

/** What is longer, a JSON answer or one event, is handed on and not read: every open answer may hold as much. */
const LONGEST_READ = 4 * 1024 * 1024;

/**
 * Reads along while an answer is handed on: what it cost and how it ended. It changes nothing and refuses nothing; what
 * it can't read it leaves. One per answer.
 */
export interface AnswerReader {
  push(bytes: Uint8Array): readonly ReadEvent[];
  /** Nothing comes any more. */
  end(): readonly ReadEvent[];
  /** Whether the first piece of its content came, as far as can be told; of an answer in one piece it can't. */
  readonly hasToken: boolean;
  /** Whether the answer is there to its end, as far as can be told. */
  readonly isWhole: boolean;
  /** The error that it told its client, classified. */
  readonly failure: GatewayError | undefined;
  /** What came so far, by our own tokenizer: for an answer that ends before it says so; undefined: not known. */
  outputTokens(): number | undefined;
}

export function answerReader({ contentType, contentEncoding = 'identity' }: RelayHead): AnswerReader {
  if (contentEncoding !== 'identity') return new NothingRead();
  if (/^text\/event-stream\b/i.test(contentType)) return new StreamRead();
  return /^application\/json\b/i.test(contentType) ? new JsonRead() : new NothingRead();
}

class NothingRead implements AnswerReader {
  readonly hasToken = false;
  readonly isWhole = true;
  readonly failure = undefined;

  push(): readonly ReadEvent[] {
    return [];
  }

  end(): readonly ReadEvent[] {
    return [];
  }

  outputTokens(): undefined {
    return undefined;
  }
}

class StreamRead implements AnswerReader {
  hasToken = false;
  isWhole = false;
  failure: GatewayError | undefined;
  private parser: EventParser | undefined = new EventParser(LONGEST_READ);
  private readonly output = new UnreadOutput();

  push(bytes: Uint8Array): readonly ReadEvent[] {
    if (!this.parser) return [];
    const read: ReadEvent[] = [];
    try {
      for (const { name, data } of this.parser.push(bytes)) this.event(name, data, read);
    } catch {
      // An event longer than any: from here on nothing is known.
      this.parser = undefined;
      this.isWhole = true;
    }
    return read;
  }

  end(): readonly ReadEvent[] {
    return [];
  }

  outputTokens(): number {
    return this.output.countTokens();
  }

  private event(name: string, data: string, read: ReadEvent[]): void {
    switch (name) {
      case 'content_block_delta':
        this.hasToken = true;
        this.output.take(data);
        return;
      case 'message_start':
      case 'message_delta': {
        const event = readEvent(name, data);
        if (event) read.push(event);
        // Some leave out the very last event; what says how the answer ended is its end.
        if (name === 'message_delta') this.isWhole = true;
        return;
      }
      case 'message_stop':
        this.isWhole = true;
        return;
      case 'error':
        this.isWhole = true;
        this.failure = classifyFailure({ body: Buffer.from(data), isWhole: true });
    }
  }
}

class JsonRead implements AnswerReader {
  readonly hasToken = false;
  readonly isWhole = true;
  readonly failure = undefined;
  private chunks: Uint8Array[] = [];
  private length = 0;

  push(bytes: Uint8Array): readonly ReadEvent[] {
    this.length += bytes.length;
    if (this.length <= LONGEST_READ) this.chunks.push(bytes);
    else this.chunks = [];
    return [];
  }

  end(): readonly ReadEvent[] {
    if (this.chunks.length === 0) return [];
    const message = parseObject(Buffer.concat(this.chunks).toString('utf8'));
    const { usage, stop_reason } = message;
    if (!isObject(usage)) return [];
    return [{ type: 'message_delta', delta: { stop_reason }, usage } as unknown as ReadEvent];
  }

  outputTokens(): undefined {
    return undefined;
  }
}

function readEvent(type: ReadEvent['type'], data: string): ReadEvent | undefined {
  const event = parseObject(data);
  const inner = type === 'message_start' ? event.message : event;
  if (!isObject(inner) || !isObject(inner.usage)) return undefined;
  if (type === 'message_delta' && !isObject(inner.delta)) return undefined;
  return { ...event, type } as unknown as ReadEvent;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object';
}
