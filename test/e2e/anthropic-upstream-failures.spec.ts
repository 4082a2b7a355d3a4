import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { type EndpointAnswer, errorOf, usualAnswer } from '../../simulator/anthropic/endpoint-answer.js';
import { Simulator } from '../../simulator/simulator.js';
import { StreamTimes } from '../../src/proxy/reply/stream-times.js';
import { eventually, post, readEvents } from '../support/ask.js';
import {
  type AccountView,
  addEndpoint,
  deleteAccount,
  patchAccount,
  viewAccount,
} from '../support/endpoint-accounts.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL = 'claude-sonnet-5';
const QUESTION = { model: MODEL, max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] };

let simulator: Simulator;
let endpoint: AnthropicEndpoint;
let gateway: RunningGateway;
let account: AccountView;

beforeAll(async () => {
  simulator = await Simulator.start();
  endpoint = await AnthropicEndpoint.start({ models: [MODEL] });
  gateway = await startGateway(simulator, { accounts: 0, ALLOW_PRIVATE_ENDPOINTS: 'true' });
});
beforeEach(async () => {
  endpoint.reset();
  endpoint.key = 'sk-ant-simulated';
  account = await addEndpoint(gateway, endpoint);
});
afterEach(() => deleteAccount(gateway, account.id));
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  await simulator.close();
});

const status = async () => (await viewAccount(gateway, account.id)).status;
/** Whatever is asked, until the endpoint is reset. */
const always = (answer: EndpointAnswer) => endpoint.answer(() => answer);

/** What a client reads in our words: the endpoint's own are about the account. */
describe('a refusal of the account', () => {
  interface Row {
    answer: EndpointAnswer;
    status: number;
    type: string;
    headers?: Record<string, string | null>;
    becomes: string;
    words?: string;
    calls?: number;
  }
  const rows: [string, Row][] = [
    [
      'a wrong key',
      {
        answer: errorOf(401, 'authentication_error', 'invalid x-api-key'),
        ...{ status: 403, type: 'permission_error', headers: { 'x-should-retry': 'false' } },
        ...{ becomes: 'needs_login', words: 'invalid x-api-key' },
      },
    ],
    [
      'a key that was taken away',
      {
        answer: errorOf(403, 'permission_error', 'Your API key has been revoked.'),
        ...{ status: 403, type: 'permission_error', headers: { 'x-should-retry': 'false' } },
        ...{ becomes: 'needs_login', words: 'Your API key has been revoked.' },
      },
    ],
    [
      'a disabled organisation',
      {
        answer: errorOf(400, 'invalid_request_error', 'This organization has been disabled.'),
        ...{ status: 403, type: 'permission_error' },
        ...{ becomes: 'suspended', words: 'This organization has been disabled.' },
      },
    ],
    [
      'a spent balance',
      {
        answer: errorOf(400, 'invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
        ...{ status: 429, type: 'rate_limit_error', headers: { 'x-should-retry': 'false', 'retry-after': null } },
        ...{ becomes: 'quota_exhausted', words: 'credit balance is too low' },
      },
    ],
    [
      'a bill that is not paid',
      {
        answer: errorOf(402, 'billing_error', 'Payment required'),
        ...{ status: 429, type: 'rate_limit_error', headers: { 'x-should-retry': 'false' } },
        ...{ becomes: 'quota_exhausted', words: 'Payment required' },
      },
    ],
    [
      'a limit of the month',
      {
        answer: errorOf(400, 'invalid_request_error', 'You have reached your specified API usage limits.'),
        ...{ status: 429, type: 'rate_limit_error', headers: { 'x-should-retry': 'false' } },
        ...{ becomes: 'quota_exhausted', words: 'usage limits' },
      },
    ],
    [
      'a limit of the rate',
      {
        answer: errorOf(429, 'rate_limit_error', 'of your organization 4711', { headers: { 'retry-after': '7' } }),
        ...{ status: 429, type: 'rate_limit_error', headers: { 'retry-after': '7' }, becomes: 'active' },
      },
    ],
    [
      'no capacity',
      {
        answer: errorOf(529, 'overloaded_error', 'Overloaded'),
        ...{ status: 529, type: 'overloaded_error', becomes: 'active' },
      },
    ],
    [
      'a fault',
      {
        answer: errorOf(500, 'api_error', 'Internal server error'),
        ...{ status: 502, type: 'api_error', becomes: 'active', calls: 2 },
      },
    ],
    [
      'a page of a proxy',
      {
        answer: { status: 503, headers: { 'content-type': 'text/html' }, body: ['<html>'] },
        ...{ status: 502, type: 'api_error', becomes: 'active', calls: 2 },
      },
    ],
    [
      'a redirect, which is not followed',
      {
        answer: { status: 307, headers: { location: '/v1/messages/count_tokens' }, body: [''] },
        ...{ status: 502, type: 'api_error', becomes: 'active' },
      },
    ],
    [
      'an empty answer',
      {
        answer: { headers: { 'content-type': 'text/event-stream' }, body: [] },
        ...{ status: 502, type: 'api_error', becomes: 'active', calls: 2 },
      },
    ],
    [
      'a model it does not know',
      {
        answer: errorOf(404, 'not_found_error', `model: ${MODEL}`),
        ...{ status: 404, type: 'not_found_error', becomes: 'active' },
      },
    ],
  ];

  it.each(rows)('such as %s', async (_what, row) => {
    // Asked again by whoever looks into it, it says the same.
    if (row.becomes === 'needs_login') always(row.answer);
    else endpoint.enqueue(row.answer, ...(row.calls === 2 ? [row.answer] : []));
    const calls = endpoint.messages.length;
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(response.status).toBe(row.status);
    for (const [name, value] of Object.entries(row.headers ?? {})) expect(response.headers.get(name)).toBe(value);
    const body = await response.text();
    expect(JSON.parse(body)).toMatchObject({ type: 'error', error: { type: row.type } });
    if (row.words) expect(body).not.toContain(row.words);
    if (row.becomes !== 'needs_login') expect(endpoint.messages.length - calls).toBe(row.calls ?? 1);
    await eventually(async () => (await status()) === row.becomes);
    expect((await viewAccount(gateway, account.id)).statusReason ?? '').toContain(row.words ?? '');
  });

  it('by one 403 that says nothing of the key leaves the account in use', async () => {
    endpoint.enqueue(errorOf(403, 'permission_error', 'Request not allowed'));
    expect((await post(gateway, QUESTION)).status).toBe(403);
    // It is asked once more.
    await eventually(() => endpoint.messages.length === 2);
    expect(await status()).toBe('active');
    expect((await post(gateway, QUESTION)).status).toBe(200);
  });

  it('ends with another key, and no token endpoint was ever asked', async () => {
    endpoint.key = 'sk-ant-another';
    await post(gateway, QUESTION);
    await eventually(async () => (await status()) === 'needs_login');
    expect((await post(gateway, QUESTION)).status).toBe(503);
    expect((await patchAccount(gateway, account.id, { apiKey: 'sk-ant-another' })).status).toBe(200);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    expect(simulator.requests).toHaveLength(0);
  });
});

describe('a refusal of the request', () => {
  const as = (body: string, answer: Partial<EndpointAnswer> = {}): EndpointAnswer => ({
    status: 400,
    headers: { 'content-type': 'application/json; charset=odd' },
    body: [body],
    ...answer,
  });
  const odd = (type: string, message: string) =>
    ` {"type" :"error","error":{"type":"${type}","message":"${message}"},\r\n"request_id":"req_theirs","n":1e400}\n`;

  it.each([
    ['a wrong field', as(odd('invalid_request_error', 'tools.0.x: Extra inputs are not permitted'))],
    ['too long a prompt', as(odd('invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum'))],
    ['a signature', as(odd('invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'))],
    ['a schema', as(odd('invalid_request_error', 'output_config.format: nonsense'))],
    ['too large a body', as(odd('request_too_large', 'Request exceeds the maximum size'), { status: 413 })],
    ['what can’t be processed', as(odd('invalid_request_error', 'no'), { status: 422 })],
    ['a file that is not there', as(odd('not_found_error', 'File not found: file_1'), { status: 404 })],
    ['another form of error', as('{"message":"no"}', { status: 400 })],
  ])('reaches the client as it is, at once: %s', async (_what, answer) => {
    endpoint.enqueue(answer);
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(response.status).toBe(answer.status);
    expect(await response.text()).toBe(answer.body[0]);
    expect(response.headers.get('content-type')).toBe('application/json; charset=odd');
    expect(response.headers.get('request-id')).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('x-amq-account')).toBe(account.id);
    expect(endpoint.messages).toHaveLength(1);
    expect(await status()).toBe('active');
  });

  it('is told in our words where it is no JSON', async () => {
    endpoint.enqueue({ status: 400, headers: { 'content-type': 'text/html' }, body: ['<html>no</html>'] });
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('reaches a client of another API in that API’s form', async () => {
    endpoint.enqueue(errorOf(400, 'invalid_request_error', 'something about it'));
    const response = await post(
      gateway,
      { model: MODEL, messages: [{ role: 'user', content: 'Hi' }] },
      { path: '/v1/chat/completions' },
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('something about it') } });
  });
});

describe('an endpoint that refuses before it read everything', () => {
  it('is heard all the same', async () => {
    const refusal =
      '{"type":"error","error":{"type":"request_too_large","message":"Request exceeds the maximum size"}}';
    const server = createServer((request, response) => {
      if (request.method === 'GET') response.writeHead(404).end();
      else response.writeHead(413, { 'content-type': 'application/json', connection: 'close' }).end(refusal);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const other = await addEndpoint(gateway, { url, key: 'sk-ant-other' } as AnthropicEndpoint);
    const response = await post(gateway, { ...QUESTION, model: 'only-there', padding: 'a'.repeat(20_000_000) });
    expect(response.status).toBe(413);
    expect(await response.text()).toBe(refusal);
    await deleteAccount(gateway, other.id);
    server.closeAllConnections();
    server.close();
  });
});

describe('an endpoint that takes its time', () => {
  let wait: number;

  beforeEach(() => {
    const times = gateway.app.get(StreamTimes);
    wait = times.status;
    times.status = 200;
  });
  afterEach(() => {
    gateway.app.get(StreamTimes).status = wait;
  });

  it('is told 200 after ten seconds and kept alive by pings, then its bytes follow', async () => {
    const answer = usualAnswer({ ...QUESTION, stream: true });
    endpoint.enqueue({ ...answer, latencyMs: 600 });
    expect(wait).toBe(10_000);
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(endpoint.messages.at(-1)?.finished).toBe(false);
    const text = await response.text();
    expect(text).toBe(`event: ping\ndata: {"type":"ping"}\n\n${answer.body.join('')}`);
  });

  it('and then refuses is told so in the stream', async () => {
    endpoint.enqueue({ ...errorOf(400, 'invalid_request_error', 'after all, no'), latencyMs: 500 });
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(response.status).toBe(200);
    const events = await readEvents(response);
    expect(events).toMatchObject([{ type: 'ping' }, { type: 'error', error: { type: 'invalid_request_error' } }]);
  });
});
