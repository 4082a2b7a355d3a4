import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamAnswer } from '../../simulator/answer.js';
import { exception, goodEnd, pause, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { CHAT_QUESTION, postChat, streamedChat } from '../support/ask-chat.js';
import { backInUse } from '../support/back-in-use.js';
import { CHAT_DEVIATIONS, deviationsOf } from '../support/chat-deviations.js';
import { contentOf, messageOf, readChatStream } from '../support/chat-streams.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { STREAM_PING_INTERVAL: 1 });
});
beforeEach(async () => {
  simulator.reset();
  await backInUse(gateway);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const functionTool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object' } } });
const tools = [functionTool('f'), functionTool('g'), { type: 'custom', custom: { name: 'patch' } }];
const thought = [reasoning('Hm'), signature('c2ln')];

/** Answers of every kind, and the requests they answer. */
const STREAMS: [what: string, answer: StreamAnswer, fields: object][] = [
  ['text', stream(text('Hel'), text('lo'), goodEnd()), {}],
  ['text with usage', stream(text('Hello'), goodEnd()), { stream_options: { include_usage: true } }],
  ['nothing', stream(goodEnd()), { stream_options: { include_usage: true } }],
  ['a call', stream(toolUse('tooluse_1', 'f', ['{"a"', ':1}']), goodEnd()), { tools }],
  ['a call without arguments', stream(toolUse('tooluse_1', 'f', []), goodEnd()), { tools }],
  [
    'reasoning, text and calls in parallel',
    stream(
      thought,
      text('I call'),
      toolUse('tooluse_1', 'f', ['{"a":1}']),
      toolUse('tooluse_2', 'g', ['{}']),
      toolUse('tooluse_3', 'patch', ['{"input":"x"}']),
      goodEnd(),
    ),
    { tools, reasoning_effort: 'high', stream_options: { include_usage: true } },
  ],
  ['reasoning', stream(thought, text('Yes'), goodEnd()), { reasoning_effort: 'low' }],
  [
    'a legacy call',
    stream(toolUse('tooluse_1', 'f', ['{"a":1}']), toolUse('tooluse_2', 'f', ['{}']), goodEnd()),
    { functions: [{ name: 'f' }] },
  ],
  ['text that was cut', stream(text('one two three four five six'), goodEnd()), { max_tokens: 2 }],
  ['text that stopped', stream(text('one END two'), goodEnd()), { stop: 'END' }],
  ['JSON', stream(text('```json\n{"a":1}\n```'), goodEnd()), { response_format: { type: 'json_object' } }],
  ['text that broke off', stream(text('Hel'), { reset: true }), {}],
  ['calls that broke off', stream(toolUse('tooluse_1', 'f', ['{}']), exception('throttlingError', {})), { tools }],
];

describe.each(STREAMS)('a stream of %s', (_what, answer, fields) => {
  const ask = () => {
    simulator.answer(() => answer);
    return streamedChat(gateway, fields);
  };

  it.each(CHAT_DEVIATIONS)('has not: %s', async (_row, deviates) => {
    expect(deviates(await ask())).toBe(false);
  });
});

/** A stream as it has to be, and what of it is replaced to make it deviate. */
const GOOD = [
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}],"usage":null}',
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}]},"logprobs":null,"finish_reason":null}],"usage":null}',
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]},"logprobs":null,"finish_reason":null}],"usage":null}',
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"logprobs":null,"finish_reason":"tool_calls"}],"usage":null}',
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"total_tokens":1}}',
  'data: [DONE]',
  '',
].join('\n\n');

const LATER = '{"index":0,"function":{"arguments":"{}"}}';
const REPLACED: [row: string, part: string, by: string][] = [
  ['no role', '"role":"assistant",', ''],
  ['a role after the first chunk', '"delta":{}', '"delta":{"role":"assistant"}'],
  ['no finish_reason', '"finish_reason":"tool_calls"', '"finish_reason":null'],
  ['closed early without error', '"finish_reason":"tool_calls"', '"finish_reason":null'],
  ['a finish_reason before the last choice, or none given', '"finish_reason":null', '"finish_reason":"stop"'],
  ['no [DONE] but closed', 'data: [DONE]\n\n', ''],
  ['[DONE] after an error', 'data: [DONE]', 'data: {"error":{"message":"x"}}\n\ndata: [DONE]'],
  ['tool delta without index', LATER, '{"function":{"arguments":"{}"}}'],
  ['indices start at 1', '"index":0,"id":"call_1"', '"index":1,"id":"call_1"'],
  ['tool delta without id / empty id', '"id":"call_1"', '"id":""'],
  ['first delta without type', '"type":"function",', ''],
  ['first delta without name', '"name":"f",', ''],
  ['id/name repeated in each delta', LATER, '{"index":0,"id":"call_1","function":{"arguments":"{}"}}'],
  ['id/type/name null in later deltas', LATER, '{"index":0,"function":{"name":null,"arguments":"{}"}}'],
  ['finish chunk delta:null', '"delta":{}', '"delta":null'],
  ['a finish chunk that says more', '"delta":{}', '"delta":{"content":"x"}'],
  ['arguments that are empty', '"arguments":"{}"', '"arguments":""'],
  ['event: x without data', 'data: [DONE]', 'event: ping\n\ndata: [DONE]'],
  ['unknown finish_reason', '"tool_calls"}]', '"end_turn"}]'],
  ['reasoning_content and content in one delta', '"content":"",', '"content":"","reasoning_content":"x",'],
  ['usage on the finish chunk instead of its own', '"choices":[],', '"choices":[{"index":0,"delta":{}}],'],
  ['another id, time, model or object in a chunk', '"created":1', '"created":2'],
  ['a chunk without a choices array', '"choices":[],', ''],
];

describe('a deviation of openai.md §5', () => {
  it('is none that a good stream has', () => {
    expect(deviationsOf(readChatStream(GOOD))).toEqual([]);
  });

  it.each(REPLACED)('is seen: %s', (row, part, by) => {
    expect(GOOD).toContain(part);
    expect(deviationsOf(readChatStream(GOOD.replace(part, by)))).toContain(row);
  });

  it('is seen in every row', () => {
    expect(REPLACED.map(([row]) => row).sort()).toEqual(CHAT_DEVIATIONS.map(([row]) => row).sort());
  });
});

describe('the bytes of a chat stream', () => {
  it('come with the headers of a stream, and end with the connection', async () => {
    simulator.enqueue(stream(text('Hello'), goodEnd()));
    const body = JSON.stringify({ ...CHAT_QUESTION, stream: true });
    const bytes = await exchange(body);
    const [head = '', ...rest] = bytes.split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head.toLowerCase()).toContain('\r\ncontent-type: text/event-stream; charset=utf-8');
    expect(head.toLowerCase()).toContain('\r\ncache-control: no-cache');
    expect(head.toLowerCase()).toContain('\r\nx-accel-buffering: no');
    expect(head.toLowerCase()).toMatch(/\r\nx-request-id: req_[0-9a-f]{32}/);
    expect(head.toLowerCase()).not.toContain('content-encoding');
    expect(rest.join('')).toContain('data: [DONE]\n\n');
  });

  it.each([1, 3, 17])('give the same text when upstream’s arrive %i at a time', async (size) => {
    const words = ['Grüße, ', '世界 🙂', ' \u0000 "quoted" \\ ', '\u2028', 'e\u0301\n\ndata: x'];
    const answer = stream(
      words.map((word) => text(word)),
      goodEnd(),
    );
    simulator.enqueue({ ...answer, chunking: { bytes: size } });
    expect(contentOf(await streamedChat(gateway))).toBe(words.join(''));
  });

  it('give each call its own index, id and arguments', async () => {
    simulator.enqueue(
      stream(
        text('I call'),
        ...['one', 'two', 'three'].map((name) => toolUse(`tooluse_${name}`, 'f', [`{"name":`, `"${name}"}`])),
        goodEnd(),
      ),
    );
    const { calls, finish_reason } = messageOf(await streamedChat(gateway, { tools }));
    expect(finish_reason).toBe('tool_calls');
    expect(calls.map(({ name, input }) => [name, JSON.parse(input)])).toEqual(
      ['one', 'two', 'three'].map((name) => ['f', { name }]),
    );
    expect(new Set(calls.map(({ id }) => id)).size).toBe(3);
  });

  it('give content null to an answer of calls alone, the first call with it', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'f', ['{}']), goodEnd()));
    const { choices } = await streamedChat(gateway, { tools });
    expect(choices[0]?.delta).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }],
    });
  });

  it('say in silence a comment, and nothing else', async () => {
    simulator.enqueue(stream(text('before'), pause(1500), text(' after'), goodEnd()));
    const read = await streamedChat(gateway);
    expect(read.frames.filter((frame) => !frame.startsWith('data: '))).toEqual([': keepalive']);
    expect(contentOf(read)).toBe('before after');
    expect(read.isDone).toBe(true);
  });

  it.each<[string, StreamAnswer, string]>([
    ['a reset', stream(text('good'), { reset: true }), 'upstream_error'],
    ['a cut frame', stream(text('good'), { cut: true }, text('never')), 'upstream_error'],
    ['a wrong checksum', stream(text('good'), { corrupt: 'message-crc' }, text('never')), 'upstream_error'],
    ['throttling', stream(text('good'), exception('throttlingError', { message: 'slow' })), 'rate_limit_exceeded'],
  ])('end after %s with an error, not with [DONE]', async (_what, answer, code) => {
    simulator.enqueue(answer);
    const { chunks, frames } = await streamedChat(gateway);
    expect(frames.at(-1)).toMatch(/^data: \{"error":\{"message":"[^"]+","type":"\w+","param":null,"code":"\w+"\}\}$/);
    expect(chunks.at(-1)?.error?.code).toBe(code);
    expect(frames).not.toContain('data: [DONE]');
    expect(frames.some((frame) => frame.includes('"finish_reason":"'))).toBe(false);
  });

  it('never hold half a call: an answer that ends in one was cut', async () => {
    const half = toolUse('tooluse_1', 'f', ['{"rm":"-r', 'f"}']).slice(0, 2);
    simulator.enqueue(stream(text('I call'), half));
    const read = await streamedChat(gateway, { tools });
    expect(JSON.stringify(read.frames)).not.toContain('rm');
    expect(messageOf(read)).toMatchObject({ calls: [], finish_reason: 'length' });
  });

  it.each([
    ['a stream', true],
    ['an answer', false],
  ])('are a JSON error with a status of its own when %s fails before its first content', async (_what, isStream) => {
    simulator.answer(() => stream({ reset: true }));
    const response = await postChat(gateway, { stream: isStream });
    expect(response.status).toBe(502);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({
      error: { message: expect.any(String), type: 'server_error', param: null, code: 'upstream_error' },
    });
  });
});

/** One request on a socket of its own: every byte of its answer. */
function exchange(body: string): Promise<string> {
  const { port, hostname } = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      received += piece;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(received));
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${ADMIN_KEY}\r\naccept: application/json\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
}
