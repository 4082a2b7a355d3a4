import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf, eventOf, jsonOf, streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { StreamTimes } from '../../src/proxy/reply/stream-times.js';
import { eventually, post } from '../support/ask.js';
import {
  type AccountView,
  addEndpoint,
  createEndpoint,
  deleteAccount,
  viewAccount,
} from '../support/endpoint-accounts.js';
import { memoryInUse } from '../support/memory-in-use.js';
import { exchange, open, send } from '../support/raw-http.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL = 'claude-sonnet-5';
/** Short: no rule about long runs of characters hides it. */
const KEY = 'sk-planted/of+an"endpoint';
const QUESTION = { model: MODEL, max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] };
const STREAM = { ...QUESTION, stream: true };
const CHAT = { model: MODEL, messages: [{ role: 'user', content: 'Hi' }] };

let simulator: Simulator;
let endpoint: AnthropicEndpoint;
let gateway: RunningGateway;
let account: AccountView;

beforeAll(async () => {
  simulator = await Simulator.start();
  endpoint = await AnthropicEndpoint.start({ key: KEY });
  gateway = await startGateway(simulator, {
    accounts: 0,
    ALLOW_PRIVATE_ENDPOINTS: 'true',
    MODEL_ALIASES: JSON.stringify({ 'my-model': MODEL }),
  });
});
beforeEach(async () => {
  endpoint.reset();
  account = await addEndpoint(gateway, endpoint);
});
afterEach(async () => {
  await eventually(() => gateway.app.get(Pool).totalInFlight() === 0);
  await deleteAccount(gateway, account.id);
});
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  await simulator.close();
});

const HEAD = ['POST /v1/messages HTTP/1.1', 'host: gateway', `x-api-key: ${ADMIN_KEY}`];
const logLine = () => gateway.logs.findLast((line) => line.msg === 'request') ?? {};

describe('a refusal that quotes the key', () => {
  const spelt = JSON.stringify(KEY).slice(1, -1);
  const quoting = [
    ['as it is', `{"error":{"type":"invalid_request_error","message":"no: ${spelt}"}}`],
    ['in another field', `{"error":{"type":"invalid_request_error","message":"no"},"headers":["${spelt}"]}`],
    ['as the name of a field', `{"error":{"type":"invalid_request_error","message":"no"},"${spelt}":1}`],
    [
      'in another spelling',
      `{"error":{"type":"invalid_request_error","message":"no: ${spelt.replace('/', '\\/').replace('s', '\\u0073')}"}}`,
    ],
    ['where it is cut short', `{"error":{"type":"invalid_request_error","message":"${'x'.repeat(490)}${spelt}"}}`],
  ];

  it.each(quoting)('%s does not reach a client with it', async (_how, body) => {
    const refusal = { status: 400, headers: { 'content-type': 'application/json' }, body: [body] };
    endpoint.enqueue(refusal, refusal, refusal);
    for (const [question, path] of [
      [STREAM, '/v1/messages'],
      [QUESTION, '/v1/messages/count_tokens'],
      [CHAT, '/v1/chat/completions'],
    ] as const) {
      const response = await post(gateway, question, { path });
      const text = await response.text();
      expect(response.status).toBe(path.endsWith('count_tokens') ? 200 : 400);
      expect(text).not.toContain('planted');
      expect(text).not.toContain('sk-p');
    }
  });

  it('leaves its words to the operator, without it', async () => {
    endpoint.enqueue(errorOf(402, 'billing_error', `The key ${KEY} has no money`));
    expect((await post(gateway, STREAM)).status).toBe(429);
    await eventually(async () => (await viewAccount(gateway, account.id)).status === 'quota_exhausted');
    expect((await viewAccount(gateway, account.id)).statusReason).toBe('The key … has no money');
    expect(JSON.stringify(gateway.logs)).not.toContain('planted');
  });

  it('in a stream leaves nothing of it with the operator, nor with clients of other APIs', async () => {
    const [start = ''] = textEvents(MODEL, []);
    const error = eventOf({ type: 'error', error: { type: 'billing_error', message: `The key ${KEY} has no money` } });
    endpoint.enqueue(streamOf(start, error));
    await (await post(gateway, STREAM)).text();
    await eventually(async () => (await viewAccount(gateway, account.id)).status === 'quota_exhausted');
    expect((await viewAccount(gateway, account.id)).statusReason).not.toContain('planted');
    await deleteAccount(gateway, account.id);
    account = await addEndpoint(gateway, endpoint);
    endpoint.enqueue(
      streamOf(start, eventOf({ type: 'error', error: { type: 'invalid_request_error', message: `no: ${KEY}` } })),
    );
    expect(
      await (await post(gateway, { ...CHAT, stream: true }, { path: '/v1/chat/completions' })).text(),
    ).not.toContain('planted');
  });
});

describe('an odd answer', () => {
  it.each([
    ['application/json; charset=\u4e16'],
    ['application/json; x=\u00ff'],
    ['text/event-stream; charset=\u4e16'],
  ])('of the type %s harms nobody, good or bad', async (type) => {
    for (const status of ['200 OK', '400 Bad Request']) {
      const body = '{"type":"error","error":{"type":"invalid_request_error","message":"no"}}';
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.on('data', () => {
          const head = `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n`;
          socket.end(Buffer.from(head + body, 'utf8'));
        });
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      await deleteAccount(gateway, account.id);
      account = await addEndpoint(gateway, { url, key: KEY } as AnthropicEndpoint);
      const answer = await exchange(gateway.url, HEAD, JSON.stringify(QUESTION));
      expect([200, 400, 502]).toContain(answer.status);
      server.close();
    }
    expect((await post(gateway, QUESTION, { path: '/v1/messages/count_tokens' })).status).toBe(200);
  });

  it.each([['/v1/messages'], ['/v1/chat/completions'], ['/v1/responses']])(
    'whose numbers are none is metered without them: %s',
    async (path) => {
      const odd = { input_tokens: 'many', output_tokens: { a: 1 }, cache_read_input_tokens: [1], x: null };
      const nothing = { stop_reason: null, stop_sequence: null };
      const events = [
        eventOf({
          type: 'message_start',
          message: { id: 1, type: 'message', role: 'assistant', model: MODEL, content: [], ...nothing, usage: odd },
        }),
        eventOf({ type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }),
        eventOf({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
        eventOf({ type: 'content_block_stop', index: 0 }),
        eventOf({ type: 'message_delta', delta: { stop_reason: { why: 'x'.repeat(1000) } }, usage: odd }),
        eventOf({ type: 'message_stop' }),
      ];
      endpoint.enqueue(streamOf(...events));
      const question = path === '/v1/responses' ? { model: MODEL, input: 'Hi', store: false } : { ...STREAM };
      const response = await post(gateway, { ...question, stream: true }, { path });
      await response.text();
      await eventually(() => logLine().path === path && logLine().outcome !== undefined);
      for (const field of ['inputTokens', 'outputTokens', 'cacheReadTokens']) {
        expect(['undefined', 'number']).toContain(typeof logLine()[field]);
      }
      expect(['undefined', 'string']).toContain(typeof logLine().stopReason);
      expect(JSON.stringify(logLine()).length).toBeLessThan(2000);
    },
  );

  it('with an endless id of its own is logged briefly', async () => {
    endpoint.enqueue(jsonOf('{}', { 'request-id': 'x'.repeat(8000) }));
    await post(gateway, QUESTION);
    await eventually(() => logLine().path === '/v1/messages');
    expect(JSON.stringify(logLine()).length).toBeLessThan(2000);
  });

  it('for a stream that was told 200 already, but no stream, ends as an error', async () => {
    const times = gateway.app.get(StreamTimes);
    times.status = 100;
    endpoint.enqueue({ ...jsonOf('{"type":"message"}'), latencyMs: 400 });
    const text = await (await post(gateway, STREAM)).text();
    times.status = 10_000;
    expect(text).toMatch(/^event: ping\ndata: .*\n\nevent: error\ndata: .*api_error.*\n\n$/);
  });
});

describe('a client', () => {
  it.each([
    ['You have reached your specified API usage limits'],
    ['Your credit balance is too low'],
    ['This organization has been disabled'],
    ['model not found'],
  ])('does not talk the account out of use by a field’s name: %s', async (name) => {
    endpoint.enqueue(errorOf(400, 'invalid_request_error', `${name}: Extra inputs are not permitted`));
    expect((await post(gateway, { ...QUESTION, [name]: 1 })).status).toBe(400);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    expect((await viewAccount(gateway, account.id)).status).toBe('active');
  });

  it('does not talk a model out of use by what it wrote', async () => {
    const message = "messages.0.content.0: Input tag 'model not found' found using 'type' does not match";
    endpoint.enqueue(errorOf(400, 'invalid_request_error', message));
    expect((await post(gateway, QUESTION)).status).toBe(400);
    expect((await post(gateway, QUESTION)).status).toBe(200);
  });

  it('does not fill the memory by a name that it writes again and again', async () => {
    const body = `{${'"model":"my-model",'.repeat(100_000)}${JSON.stringify({ ...QUESTION, model: 'my-model' }).slice(1)}`;
    const answer = await exchange(gateway.url, HEAD, body);
    expect(answer.status).toBe(400);
    expect(answer.body.toString()).toContain('model: Given more than 10 times');
    expect(endpoint.messages).toHaveLength(0);
  });

  it('may write odd characters into the API’s headers', async () => {
    for (const beta of ['\u00e9\u00ff', '', '\t', ', ,', 'x'.repeat(8000)]) {
      const lines = [...HEAD, `anthropic-beta: ${beta}`];
      const answer = await exchange(gateway.url, lines, JSON.stringify(QUESTION));
      expect([200, 400]).toContain(answer.status);
    }
    expect((await viewAccount(gateway, account.id)).status).toBe('active');
  });

  it('is answered after one refusal of the key that passes', async () => {
    endpoint.enqueue(errorOf(401, 'authentication_error', 'invalid x-api-key'));
    await (await post(gateway, QUESTION)).text();
    await eventually(() => endpoint.messages.length >= 2);
    await eventually(() => gateway.logs.some(({ msg }) => String(msg).includes('nothing against it')));
    expect((await viewAccount(gateway, account.id)).status).toBe('active');
    expect((await post(gateway, QUESTION)).status).toBe(200);
  });

  it('that reads slowly costs little memory, a hundred of them too', async () => {
    const piece = Buffer.from(`: ${'x'.repeat(1000)}\n\n`.repeat(1000));
    endpoint.answer(() => streamOf(...Array.from({ length: 50 }, () => piece)));
    const before = memoryInUse();
    const sockets = await Promise.all(Array.from({ length: 100 }, () => open(gateway.url)));
    for (const socket of sockets) {
      socket.once('data', () => socket.pause());
      send(socket, HEAD, JSON.stringify(STREAM));
    }
    await eventually(() => endpoint.messages.length === 100);
    await eventually(() => sockets.every((socket) => socket.bytesRead > 0));
    const held = memoryInUse() - before;
    for (const socket of sockets) socket.destroy();
    expect(held).toBeLessThan(50 * 1024 * 1024);
    await eventually(() => endpoint.messages.every(({ aborted }) => aborted));
  });

  it('gets two pipelined answers in turn', async () => {
    const socket = await open(gateway.url);
    const body = JSON.stringify(STREAM);
    const one = `POST /v1/messages HTTP/1.1\r\nhost: g\r\nx-api-key: ${ADMIN_KEY}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    socket.write(one);
    send(socket, HEAD, body);
    let text = '';
    for await (const chunk of socket) text += chunk;
    expect(text.split('event: message_stop')).toHaveLength(3);
    expect(text.split('HTTP/1.1 200')).toHaveLength(3);
  });

  it('that goes while the account’s list of models is asked for leaves nothing behind', async () => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => void sockets.add(socket.on('error', () => undefined)));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await deleteAccount(gateway, account.id);
    account = (await (await createEndpoint(gateway, { baseUrl: url, apiKey: KEY })).json()) as AccountView;
    const socket = await open(gateway.url);
    send(socket, HEAD, JSON.stringify(STREAM));
    await eventually(() => sockets.size > 0);
    socket.destroy();
    for (const each of sockets) each.destroy();
    server.close();
    await eventually(() => gateway.app.get(Pool).totalInFlight() === 0);
  });
});
