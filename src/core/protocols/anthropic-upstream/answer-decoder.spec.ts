import { describe, expect, it } from '@jest/globals';
import type { GatewayError } from '../../errors.js';
import { OrderCheck } from '../../messages/check-order.js';
import { MessageFold } from '../../messages/fold.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { AnswerDecoder } from './answer-decoder.js';

const BEGINNING = { messageId: 'msg_ours', requestedModel: 'my-model', estimatedInputTokens: 5 };
const USAGE = { input_tokens: 12, cache_read_input_tokens: 3, output_tokens: 1 };

const spelt = (event: { type: string; [field: string]: unknown }) =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const start = (message: object = {}) => ({
  type: 'message_start',
  message: { id: 'msg_theirs', usage: USAGE, ...message },
});
const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const text = (index: number) => block(index, { type: 'text', text: '' });
const toolUse = (index: number, more: object = {}) =>
  block(index, { type: 'tool_use', id: `toolu_${index}`, name: 'f', input: {}, ...more });
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value });
const words = (index: number, said: string) => delta(index, { type: 'text_delta', text: said });
const json = (index: number, partial_json: string) => delta(index, { type: 'input_json_delta', partial_json });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const end = (stop_reason: string) => ({ type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 9 } });
const done = { type: 'message_stop' };

type Spelt = { type: string; [field: string]: unknown };

function decode(events: readonly Spelt[], cut = Number.POSITIVE_INFINITY): MessagesEvent[] {
  const bytes = Buffer.from(events.map(spelt).join(''));
  const decoder = new AnswerDecoder(BEGINNING);
  const decoded: MessagesEvent[] = [];
  for (let at = 0; at < bytes.length; at += cut) decoded.push(...decoder.push(bytes.subarray(at, at + cut)));
  return [...decoded, ...decoder.end()];
}

/** The message that they spell; throws when their order is not as promised inside. */
function fold(events: readonly Spelt[], cut?: number) {
  const order = new OrderCheck();
  const folding = new MessageFold();
  for (const event of decode(events, cut)) {
    const fault = order.push(event);
    if (fault) throw new Error(fault);
    folding.push(event);
  }
  expect(order.end()).toBeUndefined();
  return folding.result();
}

function errorOf(work: () => unknown): GatewayError {
  try {
    work();
  } catch (thrown) {
    return thrown as GatewayError;
  }
  throw new Error('nothing was thrown');
}

const ANSWER: Spelt[] = [
  start(),
  block(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'Hm, 世界.' }),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  stop(0),
  { type: 'ping' },
  text(1),
  words(1, 'Hello 🙂'),
  stop(1),
  { type: 'tomorrow', x: 1 },
  toolUse(2),
  json(2, ''),
  json(2, '{"a":'),
  json(2, '1}'),
  stop(2),
  end('tool_use'),
  done,
];

describe('AnswerDecoder', () => {
  it.each([1, 2, 7, 64, 100_000])('reads an answer that comes %i bytes at a time', (cut) => {
    expect(fold(ANSWER, cut)).toMatchObject({
      ...{ id: 'msg_ours', model: 'my-model', role: 'assistant', stop_reason: 'tool_use' },
      content: [
        { type: 'thinking', thinking: 'Hm, 世界.', signature: 'c2ln' },
        { type: 'text', text: 'Hello 🙂' },
        { type: 'tool_use', id: 'toolu_2', input: { a: 1 } },
      ],
      usage: { input_tokens: 12, cache_read_input_tokens: 3, output_tokens: 9 },
    });
  });

  it('tells what the endpoint counted, cached tokens included', () => {
    expect(decode(ANSWER)).toContainEqual({ type: 'upstream_report', inputTokens: 15, outputTokens: 9 });
  });

  it('fills in what a first event lacks', () => {
    const message = fold([{ type: 'message_start' }, text(0), words(0, 'Hi'), stop(0), end('end_turn'), done]);
    expect(message).toMatchObject({ type: 'message', content: [{ text: 'Hi' }], usage: { input_tokens: 5 } });
  });

  it('lets blocks through that nobody here knows', () => {
    const message = fold([
      start(),
      block(0, { type: 'constructor', x: 1 }),
      delta(0, { type: 'some_delta' }),
      stop(0),
      block(1, { type: 'mcp_tool_use', id: 'm', name: 'g', input: {} }),
      json(1, '{"b":2}'),
      stop(1),
      end('end_turn'),
      done,
    ]);
    expect(message?.content).toMatchObject([
      { type: 'constructor', x: 1 },
      { type: 'mcp_tool_use', input: { b: 2 } },
    ]);
  });

  it('counts blocks from 0 whatever the endpoint does', () => {
    const events = [start(), text(3), words(3, 'a'), stop(3), text(7), words(7, 'b'), stop(7), end('end_turn'), done];
    expect(fold(events)?.content).toHaveLength(2);
  });

  it('keeps half a tool use to itself, and says why the answer ended', () => {
    const events = [start(), text(0), words(0, 'a'), stop(0), toolUse(1), json(1, '{"a":"b'), stop(1)];
    const message = fold([...events, end('max_tokens'), done]);
    expect(message).toMatchObject({ content: [{ type: 'text' }], stop_reason: 'max_tokens' });
    expect(fold([...events, end('tool_use'), done])).toMatchObject({ stop_reason: 'max_tokens' });
  });

  it('says tool_use where there is one, whatever the limit was', () => {
    const events = [start(), toolUse(0), json(0, '{}'), stop(0), toolUse(1), json(1, '{"'), stop(1)];
    expect(fold([...events, end('max_tokens'), done])).toMatchObject({ stop_reason: 'tool_use', content: [{}] });
  });

  it('finds an input that stands where its block starts', () => {
    const message = fold([start(), toolUse(0, { input: { a: 1 } }), stop(0), end('tool_use'), done]);
    expect(message?.content).toMatchObject([{ type: 'tool_use', input: { a: 1 } }]);
  });

  it('is content when only the very last event is missing', () => {
    expect(fold([start(), text(0), stop(0), end('end_turn')])).toMatchObject({ stop_reason: 'end_turn' });
  });

  it.each<[string, Spelt[]]>([
    ['nothing', []],
    ['a start alone', [start()]],
    ['no end', [start(), text(0), words(0, 'a'), stop(0)]],
    ['two starts', [start(), start()]],
    ['a block inside another', [start(), text(0), text(1)]],
    ['a delta of another block', [start(), text(0), words(1, 'a')]],
    ['a delta without a text', [start(), text(0), delta(0, { type: 'text_delta' })]],
    ['a delta that is none', [start(), text(0), { type: 'content_block_delta', index: 0, delta: null }]],
    ['a block without a type', [start(), block(0, {})]],
    ['a stop of nothing', [start(), stop(0)]],
    ['an end before its time', [start(), text(0), end('end_turn')]],
    ['a stop before the end', [start(), done]],
  ])('refuses %s', (_what, events) => {
    const { kind, failure } = errorOf(() => decode(events));
    expect(kind).toBe('upstream');
    expect(failure?.class).toBe('transient');
  });

  it('refuses what is no JSON', () => {
    const decoder = new AnswerDecoder(BEGINNING);
    expect(errorOf(() => decoder.push(Buffer.from('event: message_start\ndata: {"half\n\n'))).kind).toBe('upstream');
  });

  it.each([
    ['overloaded_error', 'capacity', 'overloaded'],
    ['rate_limit_error', 'rate_limit', 'rate_limit'],
    ['api_error', 'transient', 'upstream'],
    ['invalid_request_error', 'invalid_request', 'invalid_request'],
    ['authentication_error', 'auth', 'account'],
    ['tomorrow_error', 'unknown', 'upstream'],
  ])('classifies an %s in the stream', (type, expected, kind) => {
    const error = errorOf(() => decode([start(), { type: 'error', error: { type, message: 'said' } }]));
    expect(error).toMatchObject({ kind, failure: { class: expected, serviceMessage: 'said' } });
  });
});
