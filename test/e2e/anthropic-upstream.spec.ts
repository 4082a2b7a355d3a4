import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import {
  type BodyStep,
  errorOf,
  eventOf,
  jsonOf,
  streamOf,
  textEvents,
} from '../../simulator/anthropic/endpoint-answer.js';
import { Simulator } from '../../simulator/simulator.js';
import { eventually, post } from '../support/ask.js';
import { addEndpoint, resetAccount, viewAccount } from '../support/endpoint-accounts.js';
import { memoryInUse } from '../support/memory-in-use.js';
import { exchange, open, send } from '../support/raw-http.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL = 'claude-sonnet-5';
const KEY = 'sk-ant-planted-key-of-an-endpoint';

let simulator: Simulator;
let endpoint: AnthropicEndpoint;
let gateway: RunningGateway;
let accountId: string;

beforeAll(async () => {
  simulator = await Simulator.start();
  endpoint = await AnthropicEndpoint.start({ key: KEY, models: [MODEL], prefix: '/some/where' });
  gateway = await startGateway(simulator, {
    accounts: 0,
    ALLOW_PRIVATE_ENDPOINTS: 'true',
    MODEL_ALIASES: JSON.stringify({ 'my-model': MODEL }),
    UPSTREAM_IDLE_TIMEOUT: 1,
    UPSTREAM_FIRST_BYTE_TIMEOUT: 2,
  });
  ({ id: accountId } = await addEndpoint(gateway, endpoint));
});
beforeEach(() => endpoint.reset());
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  await simulator.close();
});

const HEAD = [
  'POST /v1/messages HTTP/1.1',
  'host: gateway',
  `x-api-key: ${ADMIN_KEY}`,
  'content-type: application/json',
];
const QUESTION = { model: MODEL, max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] };
const STREAM = JSON.stringify({ ...QUESTION, stream: true });

const ask = (body: string | Uint8Array, ...headers: string[]) => exchange(gateway.url, [...HEAD, ...headers], body);
const lastCall = () => endpoint.messages.at(-1);
const logLine = () => gateway.logs.findLast((line) => line.msg === 'request' && line.path === '/v1/messages') ?? {};

/** Odd in every way that JSON allows, and in some that only bytes do. */
const ODD_REQUEST = Buffer.concat([
  Buffer.from(' {\r\n\t"model" : "claude-sonnet-5"  ,"max_tokens":1.0e3, "max_tokens"  :1000,\n'),
  Buffer.from('"messages":[ {"role":"user","content":[{"type":"brand_new_block","x":12345678901234567890.123}]} ],'),
  Buffer.from('"tools":[{"type":"code_execution_20991231","name":"code_execution"}],"container":{"id":"c"},'),
  Buffer.from('"thread":{"type":"create"},"temperature":0.70000000000000001,"text":"\\u0000 \\ud800 \\/ é 🙂'),
  Buffer.from([0xff, 0xfe]),
  Buffer.from('"}\r\n '),
]);

describe('a request to an endpoint', () => {
  it('arrives byte for byte, whatever is in it', async () => {
    await ask(ODD_REQUEST);
    expect(lastCall()?.bytes.equals(ODD_REQUEST)).toBe(true);
  });

  it('arrives byte for byte when it is large and comes in pieces', async () => {
    const text = 'é🙂\\n"'.repeat(400_000);
    const body = JSON.stringify({ ...QUESTION, messages: [{ role: 'user', content: text }] });
    await ask(body);
    expect(lastCall()?.bytes.equals(Buffer.from(body))).toBe(true);
  });

  it('arrives as it was before it was compressed', async () => {
    const { gzipSync } = await import('node:zlib');
    const socket = await open(gateway.url);
    send(socket, [...HEAD, 'content-encoding: gzip'], gzipSync(ODD_REQUEST));
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    expect(lastCall()?.bytes.equals(ODD_REQUEST)).toBe(true);
  });

  it('has another name only for its model, where an alias says so', async () => {
    const answer = await ask(Buffer.from(ODD_REQUEST.toString('latin1').replace(MODEL, 'my-model'), 'latin1'));
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-amq-model')).toBe(MODEL);
    expect(lastCall()?.bytes.equals(ODD_REQUEST)).toBe(true);
  });

  it('has the key of the account, the API’s headers of the client and our own name', async () => {
    await exchange(
      gateway.url,
      [
        'POST /v1/messages?beta=true&api_key=nonsense HTTP/1.1',
        'host: gateway',
        `authorization: Bearer ${ADMIN_KEY}`,
        'anthropic-version: 2026-10-21',
        'anthropic-beta: first-beta',
        'anthropic-beta: second-beta, never-heard-of-2031',
        'cookie: a=b',
        'user-agent: some-client',
        'x-forwarded-for: 192.0.2.1',
        'accept-encoding: gzip, br',
      ],
      STREAM,
    );
    const call = lastCall();
    expect(call?.path).toBe('/some/where/v1/messages?beta=true');
    expect(call?.headers).toEqual({
      host: new URL(endpoint.url).host,
      connection: 'keep-alive',
      'x-api-key': KEY,
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'first-beta, second-beta, never-heard-of-2031',
      'content-type': 'application/json',
      'content-length': String(STREAM.length),
      accept: 'text/event-stream',
      'accept-encoding': 'identity',
      'user-agent': expect.stringMatching(/^amq-gateway\//),
    });
  });

  it('has a version where the client says none', async () => {
    await ask(JSON.stringify(QUESTION));
    expect(lastCall()?.headers['anthropic-version']).toBe('2023-06-01');
  });

  it('goes nowhere without a key of ours', async () => {
    const head = HEAD.map((line) => line.replace(ADMIN_KEY, KEY));
    expect((await exchange(gateway.url, head, STREAM)).status).toBe(401);
    expect(endpoint.calls).toHaveLength(0);
  });

  it('uses a connection again', async () => {
    for (let asked = 0; asked < 10; asked++) await ask(STREAM);
    expect(endpoint.messages).toHaveLength(10);
    expect(endpoint.openSockets).toBeLessThanOrEqual(3);
  });
});

const MULTI_BYTE = Buffer.from('event: content_block_delta\r\ndata: {"text":"世界🙂"}\r\n\r\n');

const ODD_STREAMS: [string, BodyStep[]][] = [
  ['the usual events', textEvents(MODEL, ['Hello', ' world'])],
  [
    'odd spacing and numbers',
    ['event:message_start\ndata:{ "type" : "message_start",\ndata: "x": 1e400 }\n\n', 'data\n\n', '\n\n\n'],
  ],
  [
    'events, fields and lines nobody knows',
    [': a comment\n\n', 'event: tomorrow\nid: 7\nretry: 1\nnonsense\ndata: [DONE]\n\n'],
  ],
  ['CRLF, CR and LF', ['event: ping\r\ndata: {}\r\n\r\n', 'event: ping\rdata: {}\r\r', 'event: ping\ndata: {}\n\n']],
  ['a character cut into single bytes', Array.from(MULTI_BYTE, (byte) => Buffer.from([byte]))],
  ['bytes that are no text', [Buffer.from([0x00, 0xff, 0xfe, 0x80]), '\n\n']],
  ['pings only', [eventOf({ type: 'ping' }), eventOf({ type: 'ping' })]],
  ['content after the end', [...textEvents(MODEL, ['Hi']), 'event: later\ndata: {}\n\n']],
  ['no line end at its end', [...textEvents(MODEL, ['Hi']), ': no end']],
];
const END = eventOf({ type: 'message_stop' });

describe('an answer of an endpoint', () => {
  it.each(ODD_STREAMS)('arrives byte for byte as a stream: %s', async (_what, steps) => {
    // What says that it is over, first: whatever stands behind it is the endpoint's own affair.
    const body = [END, ...steps];
    endpoint.enqueue(streamOf(...body));
    const answer = await ask(STREAM);
    const expected = Buffer.concat(body.map((step) => Buffer.from(step as string)));
    expect(answer).toMatchObject({ status: 200, isWhole: true });
    expect(answer.body.equals(expected)).toBe(true);
    expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  });

  it.each([
    [
      'odd JSON',
      ' {\r\n "type" : "message" , "usage":{"input_tokens":1e0},"n":12345678901234567890.10,"n":1e400 }\n\n',
    ],
    ['what is no JSON at all', 'Hello'],
    ['bytes that are no text', Buffer.from([0x7b, 0xff, 0x00, 0x7d])],
  ])('arrives byte for byte as JSON: %s', async (_what, text) => {
    endpoint.enqueue(jsonOf(text, { 'content-type': 'application/json; charset=weird' }));
    const answer = await ask(JSON.stringify(QUESTION));
    expect(answer).toMatchObject({ status: 200, isWhole: true });
    expect(answer.body.equals(Buffer.from(text))).toBe(true);
    expect(answer.headers.get('content-type')).toBe('application/json; charset=weird');
    expect(answer.headers.get('content-length')).toBe(String(answer.body.length));
  });

  it('says who gave it, under an id of ours', async () => {
    const { headers } = await ask(STREAM);
    expect(headers.get('x-amq-account')).toBe(accountId);
    expect(headers.get('x-amq-attempts')).toBe('1');
    expect(headers.get('x-amq-model')).toBe(MODEL);
    expect(headers.get('request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(logLine().upstreamRequestId).toBe('req_simulated');
  });

  it('arrives while it is written', async () => {
    endpoint.enqueue(streamOf('event: one\ndata: {}\n\n', { pause: 500 }, END));
    const socket = await open(gateway.url);
    const began = performance.now();
    send(socket, HEAD, STREAM);
    let text = '';
    for await (const chunk of socket) {
      text += chunk;
      if (text.includes('event: one')) break;
    }
    expect(performance.now() - began).toBeLessThan(450);
    socket.destroy();
  });

  it.each([
    ['a stream', STREAM, 'end_turn'],
    ['JSON', JSON.stringify(QUESTION), 'end_turn'],
  ])('is metered as %s', async (_form, body, stopReason) => {
    const before = await attempts('success');
    await ask(body);
    await eventually(() => logLine().stopReason === stopReason);
    expect(logLine()).toMatchObject({
      ...{ account: accountId, model: MODEL, upstreamModel: MODEL, attempts: 1, outcome: 'success' },
      ...{ inputTokens: 11, outputTokens: 7, firstEventMs: expect.any(Number) },
    });
    expect(await attempts('success')).toBe(before + 1);
  });

  it('that tells of an error in its stream arrives as it is and counts as one', async () => {
    const [start = ''] = textEvents(MODEL, []);
    const error = eventOf({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    const before = await attempts('error');
    endpoint.enqueue(streamOf(start, error));
    const answer = await ask(STREAM);
    expect(answer.body.toString()).toBe(start + error);
    await eventually(() => logLine().streamError === 'overloaded');
    expect(logLine()).toMatchObject({ outcome: 'error', failureClass: 'capacity' });
    expect(await attempts('error')).toBe(before + 1);
  });

  it('leaves nothing of the key anywhere', async () => {
    endpoint.enqueue(errorOf(401, 'authentication_error', 'invalid x-api-key'));
    const { body } = await ask(STREAM);
    expect(body.toString()).not.toContain(KEY);
    expect(JSON.stringify(gateway.logs)).not.toContain(KEY);
  });
});

async function attempts(status: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const line = text
    .split('\n')
    .find((each) => each.startsWith(`amazonq_requests_total{account_id="${accountId}",status="${status}"}`));
  return Number(line?.split(' ')[1] ?? 0);
}

describe('a stream that breaks', () => {
  const [start = '', ...others] = textEvents(MODEL, ['Hello']);

  it.each<[string, BodyStep[], string]>([
    ['after an event', [start, 'reset'], start],
    [
      'inside an event',
      [start, 'event: content_block_delta\ndata: {"half', 'reset'],
      `${start}event: content_block_delta\ndata: {"half\n`,
    ],
    ['after a line', [start, 'event: x\r\n', 'reset'], `${start}event: x\r\n\n`],
    ['after an event with CRLF', ['event: x\r\ndata: {}\r\n\r\n', 'reset'], 'event: x\r\ndata: {}\r\n\r\n'],
    ['by ending before its end', [start, others[0] ?? ''], start + (others[0] ?? '')],
  ])('%s ends as an error after what came', async (_where, steps, expected) => {
    const requests = endpoint.messages.length;
    endpoint.enqueue(streamOf(...steps));
    const answer = await ask(STREAM);
    const text = answer.body.toString();
    expect(text.slice(0, expected.length)).toBe(expected);
    expect(text.slice(expected.length)).toMatch(
      /^event: error\ndata: \{"type":"error","error":\{"type":"api_error",.*\}\n\n$/,
    );
    expect(answer.isWhole).toBe(true);
    expect(endpoint.messages).toHaveLength(requests + 1);
  });

  it('that falls silent ends as an error, and the endpoint is left', async () => {
    endpoint.enqueue(streamOf(start, 'silence'));
    const answer = await ask(STREAM);
    expect(answer.body.toString()).toContain(
      `${start}event: error\ndata: {"type":"error","error":{"type":"timeout_error"`,
    );
    await eventually(() => lastCall()?.aborted === true);
    await eventually(() => logLine().streamError === 'timeout');
  });

  it('in JSON is cut, so that nobody takes it for whole', async () => {
    endpoint.enqueue({
      headers: { 'content-type': 'application/json', 'content-length': '1000' },
      body: ['{"type":', 'reset'],
    });
    const answer = await ask(JSON.stringify(QUESTION));
    expect(answer.isWhole).toBe(false);
  });
});

describe('an endpoint that does not begin', () => {
  it('is given up in time, and left', async () => {
    endpoint.enqueue({ ...streamOf(END), latencyMs: 60_000 });
    const answer = await ask(STREAM);
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.body.toString())).toMatchObject({ error: { type: 'timeout_error' } });
    await eventually(() => lastCall()?.aborted === true);
  });

  it('its answer, only the head of it, is given up as well', async () => {
    endpoint.enqueue(streamOf('silence'));
    expect((await ask(STREAM)).status).toBe(504);
    await eventually(() => lastCall()?.aborted === true);
  });

  it('nor ends its refusal is told by its status', async () => {
    endpoint.enqueue({ status: 429, headers: { 'content-type': 'application/json' }, body: ['{"half', 'silence'] });
    expect((await ask(STREAM)).status).toBe(429);
    await eventually(() => lastCall()?.aborted === true);
    await resetAccount(gateway, accountId);
  });
});

describe('a client', () => {
  it('that goes ends the call', async () => {
    endpoint.enqueue(streamOf('event: one\ndata: {}\n\n', 'silence'));
    const socket = await open(gateway.url);
    send(socket, HEAD, STREAM);
    await new Promise((resolve) => socket.once('data', resolve));
    socket.destroy();
    await eventually(() => lastCall()?.aborted === true);
    await eventually(() => logLine().outcome === 'cancelled');
  });

  it('that goes before the answer began ends the call', async () => {
    endpoint.enqueue({ ...streamOf(END), latencyMs: 30_000 });
    const socket = await open(gateway.url);
    send(socket, HEAD, STREAM);
    await eventually(() => endpoint.messages.length === 1);
    socket.destroy();
    await eventually(() => lastCall()?.aborted === true);
  });

  it('that does not read holds the endpoint back, and is dropped in the end', async () => {
    const piece = Buffer.alloc(1024 * 1024, 0x61);
    const most = 200;
    let written = 0;
    const steps = Array.from({ length: most }, () => piece);
    endpoint.enqueue({
      headers: { 'content-type': 'text/event-stream' },
      body: {
        *[Symbol.iterator]() {
          for (const step of steps) {
            written++;
            yield step;
          }
        },
      } as unknown as BodyStep[],
    });
    const socket = await open(gateway.url);
    socket.pause();
    send(socket, HEAD, STREAM);
    await eventually(() => lastCall()?.aborted === true);
    // What the buffers of three sockets hold, far from all of it.
    expect(written).toBeLessThan(most / 4);
    socket.destroy();
  });
});

describe('a request whose answer has begun', () => {
  it('is not held any more', async () => {
    const server = createServer((request, response) => {
      if (request.method === 'GET') response.writeHead(404).end();
      else
        request.resume().once('end', () => response.writeHead(200, { 'content-type': 'text/event-stream' }).write(END));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    // Times long enough for nobody to be dropped meanwhile.
    const patient = await startGateway(simulator, { accounts: 0, ALLOW_PRIVATE_ENDPOINTS: 'true' });
    await addEndpoint(patient, { url, key: KEY } as AnthropicEndpoint);
    const ask = async (length: number) => {
      const socket = await open(patient.url);
      send(socket, HEAD, JSON.stringify({ ...QUESTION, stream: true, padding: 'a'.repeat(length) }));
      await new Promise((resolve) => socket.once('data', resolve));
      return socket;
    };
    const sockets = [await ask(10)];
    const size = 16 * 1024 * 1024;
    const before = memoryInUse();
    for (let asked = 0; asked < 4; asked++) sockets.push(await ask(size));
    expect(memoryInUse() - before).toBeLessThan(size);
    for (const socket of sockets) socket.destroy();
    server.closeAllConnections();
    server.close();
    await patient.close();
  });
});

describe('count_tokens', () => {
  it('is asked of the endpoint, its bytes as they are', async () => {
    const body = '{ "model":"claude-sonnet-5","messages":[{"role":"user","content":[{"type":"new"}]}] }';
    const head = HEAD.map((line) => line.replace('/v1/messages', '/v1/messages/count_tokens'));
    const answer = await exchange(gateway.url, head, body);
    expect(answer.body.toString()).toBe('{"input_tokens": 4711}');
    expect(endpoint.calls.at(-1)).toMatchObject({ path: '/some/where/v1/messages/count_tokens' });
    expect(endpoint.calls.at(-1)?.bytes.toString()).toBe(body);
  });

  it('is refused as the endpoint refuses it', async () => {
    endpoint.enqueue(errorOf(400, 'invalid_request_error', 'messages: nonsense'));
    const response = await post(gateway, QUESTION, { path: '/v1/messages/count_tokens' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: 'messages: nonsense' } });
  });

  it('is answered here where the endpoint can not, which says nothing of its account', async () => {
    const before = endpoint.calls.length;
    for (let asked = 0; asked < 6; asked++) {
      endpoint.enqueue(errorOf(404, '', 'no such page'));
      const response = await post(gateway, QUESTION, { path: '/v1/messages/count_tokens' });
      expect(await response.json()).toEqual({ input_tokens: expect.any(Number) });
    }
    // Nobody looked into it with a question of its own, which costs quota.
    expect(endpoint.calls.slice(before).map(({ path }) => path)).toEqual(
      Array.from({ length: 6 }, () => '/some/where/v1/messages/count_tokens'),
    );
    expect(await viewAccount(gateway, accountId)).toMatchObject({ status: 'active', breaker: { failures: 0 } });
  });
});

describe('the account of an endpoint', () => {
  it('is active, and never shows its key', async () => {
    const account = await viewAccount(gateway, accountId);
    expect(account).toMatchObject({ provider: 'anthropic', status: 'active' });
    expect(JSON.stringify(account)).not.toContain(KEY);
  });
});
