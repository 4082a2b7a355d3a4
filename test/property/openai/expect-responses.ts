import { strict as assert } from 'node:assert';
import { Observable } from 'rxjs';
import type { ContentBlock, Message, MessagesEvent } from '../../../src/core/messages/vocabulary.js';
import { decodeSummary } from '../../../src/core/protocols/openai-responses/compaction-summary.js';
import { decodeReasoning } from '../../../src/core/protocols/openai-responses/encrypted-reasoning.js';
import { FinalResponse } from '../../../src/core/protocols/openai-responses/final-response.js';
import type { ResponseContext } from '../../../src/core/protocols/openai-responses/response-events.js';
import type { ResponseObject } from '../../../src/core/protocols/openai-responses/response-object.js';
import type { ResponseStreamEvent } from '../../../src/core/protocols/openai-responses/response-stream-event.js';
import { ResponsesStreamCodec } from '../../../src/core/protocols/openai-responses/responses-stream-codec.js';
import { spellResponse } from '../../../src/proxy/responses/spell-response.js';
import { responseEvents } from '../../support/responses-answer.js';
import type { ReadAnswer } from '../read-answer.js';
import { messageOf } from '../read-message.js';
import { assertSame } from './expect-chat.js';
import { assertErrorObject, toldError } from './expect-error.js';
import { readResponsesOrder } from './responses-order.js';
import { type Told, toldByMessage, toldByResponse } from './told-message.js';

// biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
type Json = any;

/** How much of its thinking an answer tells, and whether it is a summary of the conversation. */
export type ResponseForm = Pick<
  ResponseContext,
  'tools' | 'showsSummary' | 'includesEncryptedReasoning' | 'store' | 'isCompaction'
>;

interface Spelt {
  text: string;
  /** Of a JSON answer. */
  response?: ResponseObject;
  error?: unknown;
}

/**
 * An answer as Responses tells it: the stream in order and with all of its items, the JSON answer what its end repeats,
 * and both what the message says.
 * @returns how many characters the stream had
 * @throws AssertionError, or Error for what is out of order
 */
export function assertResponses(read: ReadAnswer, form: ResponseForm): number {
  const { text, response, error } = spell(read, form);
  const stream = readResponsesOrder(text);
  if (error !== undefined) {
    assertErrorObject(stream.error);
    assert.ok(read.error !== undefined || form.isCompaction);
    assertPartly(stream.response, messageOf(read.events), form);
    return text.length;
  }
  const message = messageOf(read.events);
  assert.ok(message && response);
  assert.equal(JSON.stringify(stream.response), JSON.stringify(response));
  if (form.isCompaction) assertCompaction(response, message);
  else {
    assertSame(
      toldByResponse(JSON.parse(JSON.stringify(response))),
      asResponse(toldByMessage(message, form.tools), form),
    );
    assertSame(outline(response.output), expectOutline(message, form));
    assertSealed(response.output, message, form);
  }
  return text.length;
}

function spell({ events, error }: ReadAnswer, form: ResponseForm): Spelt {
  const answer = responseEvents(form);
  const codec = new ResponsesStreamCodec(answer);
  const final = new FinalResponse();
  const spelt: Spelt = { text: '' };
  const source = new Observable<MessagesEvent>((subscriber) => {
    for (const event of events) subscriber.next(event);
    if (error === undefined) subscriber.complete();
    else subscriber.error(error);
  });
  source.pipe(spellResponse(answer)).subscribe({
    next: (event: ResponseStreamEvent) => {
      spelt.text += codec.push(event);
      final.push(event);
    },
    error: (thrown: unknown) => {
      spelt.error = thrown;
      spelt.text += codec.fail(toldError(thrown));
    },
  });
  return { ...spelt, response: final.response };
}

/** Thinking that nobody asked for is not told. */
function asResponse(told: Told, { showsSummary }: ResponseForm): Told {
  return { ...told, thinking: showsSummary ? told.thinking : '' };
}

/** The items one after the other, as far as their order says something. */
function outline(output: readonly Json[]): string[] {
  return output.map(({ type, status, content, summary }) => {
    if (type === 'reasoning') return `reasoning of ${summary.length} parts`;
    return `${type === 'message' ? content[0].type : 'call'} ${status}`;
  });
}

function expectOutline({ content, stop_reason }: Message, form: ResponseForm): string[] {
  const isCut = stop_reason === null || stop_reason === 'max_tokens' || stop_reason === 'model_context_window_exceeded';
  const items: string[] = [];
  for (const [index, block] of content.entries()) {
    if (isThinking(block)) {
      if (index > 0 && isThinking(content[index - 1])) continue;
      const row = thoughtRow(content, index);
      const parts = form.showsSummary
        ? row.filter((each) => each.type === 'thinking' && each.thinking !== '').length
        : 0;
      if (parts > 0 || (form.includesEncryptedReasoning && row.some(isSealed)))
        items.push(`reasoning of ${parts} parts`);
    } else if (block.type === 'text') {
      items.push(`output_text ${isCut && index === content.length - 1 ? 'incomplete' : 'completed'}`);
    } else {
      items.push('call completed');
    }
  }
  return stop_reason === 'refusal' ? [...items, 'refusal completed'] : items;
}

function isThinking(block: ContentBlock | undefined): boolean {
  return block?.type === 'thinking' || block?.type === 'redacted_thinking';
}

function isSealed(block: ContentBlock): boolean {
  return block.type === 'redacted_thinking' || (block.type === 'thinking' && block.signature !== '');
}

/** All thinking from here on, up to something else. */
function thoughtRow(content: readonly ContentBlock[], from: number): ContentBlock[] {
  const end = content.findIndex((block, index) => index > from && !isThinking(block));
  return content.slice(from, end < 0 ? content.length : end);
}

/** What is sealed comes back whole: text and signature, or the data. */
function assertSealed(output: readonly Json[], { content }: Message, form: ResponseForm): void {
  const sealed = output.flatMap(({ encrypted_content }) => decodeReasoning(encrypted_content ?? '') ?? []);
  assertSame(sealed, form.includesEncryptedReasoning ? content.filter(isSealed) : []);
}

function assertCompaction({ output, status }: ResponseObject, { content }: Message): void {
  assert.equal(status, 'completed');
  const [item] = output as Json[];
  assert.equal(output.length, 1);
  const text = content.map((block) => (block.type === 'text' ? block.text : '')).join('');
  assert.equal(decodeSummary(item.encrypted_content), text.trim());
}

/** An answer that broke keeps what was said, and no half of a call. */
function assertPartly(response: Json, message: Message | undefined, form: ResponseForm): void {
  if (!response || form.isCompaction) return;
  const told = toldByResponse({ ...response, usage: { input_tokens_details: {}, output_tokens_details: {} } });
  const full = message && asResponse(toldByMessage(message, form.tools), form);
  assert.ok(told.calls.length <= (full?.calls.length ?? 0));
  assertSame(told.calls, full?.calls.slice(0, told.calls.length) ?? []);
}
