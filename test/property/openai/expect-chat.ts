import { strict as assert } from 'node:assert';
import type { ClientTools } from '../../../src/core/protocols/openai/client-tools.js';
import { encodeError } from '../../../src/core/protocols/openai/encode-error.js';
import { ChatStreamCodec } from '../../../src/core/protocols/openai-chat/chat-stream-codec.js';
import { CompletionFold } from '../../../src/core/protocols/openai-chat/completion-fold.js';
import { completionHead } from '../../../src/core/protocols/openai-chat/completion-head.js';
import type { ReadAnswer } from '../read-answer.js';
import { messageOf } from '../read-message.js';
import { readChatOrder } from './chat-order.js';
import { assertErrorObject, toldError } from './expect-error.js';
import { foldChat } from './fold-chat.js';
import { type Told, type ToldCall, toldByCompletion, toldByMessage } from './told-message.js';

const HEAD = completionHead('req_1', 1_700_000_000, 'claude-sonnet-5');

/**
 * An answer as Chat tells it: the stream in order, with all that is said exactly once, put together the same text as the
 * JSON answer, and that the same as the message.
 * @returns how many characters the stream had
 * @throws AssertionError, or Error for what is out of order
 */
export function assertChat(read: ReadAnswer, tools: ClientTools, isLegacy = false): number {
  const form = { tools, includeUsage: true, isLegacy };
  const text = spell(read, form);
  const stream = readChatOrder(text, form);
  const quiet = { ...form, includeUsage: false };
  const { chunks } = readChatOrder(spell(read, quiet), quiet);
  assert.equal(chunks.length, Math.max(0, stream.chunks.length - (stream.error || !stream.chunks.length ? 0 : 1)));
  if (read.error !== undefined) {
    assertErrorObject(stream.error ?? encodeError(toldError(read.error)).body.error);
    return text.length;
  }
  const message = messageOf(read.events);
  assert.ok(message);
  const fold = new CompletionFold(HEAD, form);
  for (const event of read.events) fold.push(event);
  const completion = JSON.stringify(fold.completion);
  assert.equal(JSON.stringify(withoutEmptyText(foldChat(stream.chunks))), completion);
  assertSame(toldByCompletion(JSON.parse(completion)), asChat(toldByMessage(message, tools), isLegacy));
  return text.length;
}

/** Nothing is written to a client before there is something to say: an error is a status then. */
function spell({ events, error }: ReadAnswer, form: { tools: ClientTools; includeUsage: boolean; isLegacy: boolean }) {
  const codec = new ChatStreamCodec(HEAD, form);
  const text = events.map((event) => codec.push(event)).join('');
  return error === undefined || text === '' ? text : text + codec.fail(toldError(error));
}

/** A stream that begins with thinking can't know yet that no text comes after it, but calls. */
export function withoutEmptyText(completion: ReturnType<typeof foldChat>): ReturnType<typeof foldChat> {
  const { message } = completion.choices[0];
  const isCall = message.tool_calls ?? message.function_call;
  if (isCall && message.reasoning_content !== undefined && message.content === '') message.content = null;
  return completion;
}

/** Chat has functions and custom tools; the old one a single function without an id. */
function asChat(told: Told, isLegacy: boolean): Told {
  const calls = told.calls.map((call): ToldCall => {
    const { namespace: _left, ...rest } = call;
    return call.kind === 'custom' ? rest : { ...rest, kind: 'function' };
  });
  const legacy = calls.slice(0, 1).map((call) => ({ ...call, id: '', kind: 'function' }));
  return { ...told, calls: isLegacy ? legacy : calls, end: calls.length > 0 ? 'over' : told.end };
}

/** As text: objects of different realms are never the same to `assert`. */
export function assertSame(one: unknown, other: unknown): void {
  assert.equal(JSON.stringify(one, undefined, 1), JSON.stringify(other, undefined, 1));
}
