import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf, eventOf, streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { failure, goodEnd, pause, stream, text } from '../../simulator/script.js';
import { type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { StreamTimes } from '../../src/proxy/reply/stream-times.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, readEvents, textOf } from '../support/ask.js';
import { addEndpoint, deleteAccount, patchAccount, resetAccount, viewAccount } from '../support/endpoint-accounts.js';
import { modelsKnown } from '../support/models-known.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL = 'claude-sonnet-5';
const QUESTION = { model: MODEL, max_tokens: 1000, messages: [{ role: 'user', content: 'Hello' }] };
const STREAM = { ...QUESTION, stream: true };
const BUSY = errorOf(429, 'rate_limit_error', 'slow down', { headers: { 'retry-after': '9' } });
const THROTTLED = failure(429, 'ThrottlingException', 'Rate exceeded');
const ANSWER = streamOf(...textEvents(MODEL, ['from the endpoint']));

let simulator: Simulator;
let endpoint: AnthropicEndpoint;
let gateway: RunningGateway;
let amazonq: SimulatedAccount;
let endpointId: string;
const admin = adminApi(() => gateway);

beforeAll(async () => {
  simulator = await Simulator.start();
  endpoint = await AnthropicEndpoint.start({ models: [MODEL] });
  gateway = await startGateway(simulator, { accounts: 1, ALLOW_PRIVATE_ENDPOINTS: 'true' });
  [amazonq] = simulator.accounts as [SimulatedAccount];
  await modelsKnown(gateway, simulator);
  ({ id: endpointId } = await addEndpoint(gateway, endpoint));
});
beforeEach(() => {
  simulator.reset();
  endpoint.reset();
});
afterAll(async () => {
  await gateway.close();
  await endpoint.close();
  await simulator.close();
});

/** Makes it the other account's turn where it is not this one's. */
async function turnOf(id: string): Promise<void> {
  for (const account of [amazonq.id, endpointId]) await resetAccount(gateway, account);
  for (let asked = 0; asked < 2; asked++) {
    const response = await post(gateway, QUESTION);
    await response.text();
    if (response.headers.get('x-amq-account') !== id) break;
  }
  simulator.reset();
  endpoint.reset();
}

const asked = () => ({
  amazonq: simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse').length,
  endpoint: endpoint.messages.length,
});
const headersOf = (response: Response) => ({
  account: response.headers.get('x-amq-account'),
  attempts: response.headers.get('x-amq-attempts'),
});

describe('a pool of both kinds of accounts', () => {
  it('takes turns', async () => {
    const accounts = [];
    for (let each = 0; each < 4; each++) {
      const response = await post(gateway, STREAM);
      await response.text();
      accounts.push(response.headers.get('x-amq-account'));
    }
    expect(new Set(accounts)).toEqual(new Set([amazonq.id, endpointId]));
    expect(accounts[0]).toBe(accounts[2]);
    expect(accounts[1]).toBe(accounts[3]);
  });

  it('goes on with the endpoint when an Amazon Q account fails', async () => {
    await turnOf(amazonq.id);
    simulator.enqueue(THROTTLED);
    endpoint.enqueue(ANSWER);
    const response = await post(gateway, { ...STREAM, stop_sequences: ['never'], top_k: 3 });
    expect(textOf(await readEvents(response))).toBe('from the endpoint');
    expect(headersOf(response)).toEqual({ account: endpointId, attempts: '2' });
    expect(asked()).toEqual({ amazonq: 1, endpoint: 1 });
    expect(JSON.parse(endpoint.messages[0]?.bytes.toString() ?? '')).toEqual({
      ...STREAM,
      ...{ stop_sequences: ['never'], top_k: 3 },
    });
  });

  it('goes on with Amazon Q when the endpoint fails, stream and JSON', async () => {
    for (const body of [STREAM, QUESTION]) {
      await turnOf(endpointId);
      endpoint.enqueue(BUSY);
      simulator.enqueue(stream(text('from Amazon Q'), goodEnd()));
      const response = await post(gateway, body);
      expect(await response.text()).toContain('from Amazon Q');
      expect(headersOf(response)).toEqual({ account: amazonq.id, attempts: '2' });
      expect(asked()).toEqual({ amazonq: 1, endpoint: 1 });
    }
  });

  it('asks each of them once and tells what the last one said', async () => {
    await turnOf(endpointId);
    endpoint.enqueue(errorOf(402, 'billing_error', 'no'));
    simulator.enqueue(THROTTLED);
    const response = await post(gateway, STREAM);
    expect(response.status).toBe(429);
    expect(response.headers.get('x-should-retry')).toBeNull();
    expect(headersOf(response).attempts).toBe('2');
    expect(asked()).toEqual({ amazonq: 1, endpoint: 1 });
    await eventually(async () => (await viewAccount(gateway, endpointId)).status === 'quota_exhausted');
    // Back in use for what follows.
    await resetAccount(gateway, endpointId);
    await eventually(async () => (await viewAccount(gateway, endpointId)).status === 'active');
  });

  it('asks the other service for a model without capacity, whichever was first', async () => {
    await turnOf(endpointId);
    endpoint.enqueue(errorOf(529, 'overloaded_error', 'Overloaded'));
    expect(headersOf(await post(gateway, STREAM))).toEqual({ account: amazonq.id, attempts: '2' });
    await turnOf(amazonq.id);
    const full = failure(
      500,
      'InternalServerException',
      'Encountered unexpectedly high load when processing the request',
    );
    simulator.enqueue(full, full, full);
    const response = await post(gateway, STREAM);
    expect(headersOf(response)).toEqual({ account: endpointId, attempts: '2' });
  });

  it('asks nobody else after the first byte', async () => {
    await turnOf(endpointId);
    endpoint.enqueue(streamOf(eventOf({ type: 'ping' }), 'reset'));
    const events = await readEvents(await post(gateway, STREAM));
    expect(events.map(({ type }) => type)).toEqual(['ping', 'error']);
    expect(asked()).toEqual({ amazonq: 0, endpoint: 1 });
  });

  it.each([true, false])(
    'asks the endpoint once more without thinking that it did not seal, stream: %j',
    async (stream) => {
      const content = [
        { type: 'thinking', thinking: 'hm', signature: 'of-another' },
        { type: 'text', text: 'Hi' },
      ];
      const messages = [...QUESTION.messages, { role: 'assistant', content }, { role: 'user', content: 'And?' }];
      await turnOf(endpointId);
      endpoint.enqueue(
        errorOf(400, 'invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'),
      );
      const response = await post(gateway, { ...QUESTION, messages, stream });
      expect(await response.text()).toContain('You said');
      expect(headersOf(response)).toEqual({ account: endpointId, attempts: '1' });
      expect(asked()).toEqual({ amazonq: 0, endpoint: 2 });
      const sent = JSON.parse(endpoint.messages[1]?.bytes.toString() ?? '');
      expect(sent.messages[1]).toEqual({ role: 'assistant', content: [{ type: 'text', text: 'Hi' }] });
    },
  );

  it('tells of a limit that it met without that thinking, and not of the thinking', async () => {
    const assistant = { role: 'assistant', content: [{ type: 'thinking', thinking: '', signature: '' }] };
    const messages = [...QUESTION.messages, assistant, { role: 'user', content: 'And?' }];
    await turnOf(endpointId);
    endpoint.enqueue(
      errorOf(400, 'invalid_request_error', 'messages.1.content.0: Invalid `signature` in `thinking` block'),
      BUSY,
    );
    simulator.enqueue(THROTTLED);
    const response = await post(gateway, { ...STREAM, messages });
    expect(response.status).toBe(429);
    expect(headersOf(response).attempts).toBe('2');
  });

  it('asks nobody else about a request that is wrong', async () => {
    await turnOf(endpointId);
    endpoint.enqueue(errorOf(400, 'invalid_request_error', 'messages: no'));
    expect((await post(gateway, STREAM)).status).toBe(400);
    expect(asked()).toEqual({ amazonq: 0, endpoint: 1 });
  });

  it.each([
    ['a tool of the API’s servers', { tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] }],
    ['a container', { container: { id: 'container_1' } }],
    ['a thread', { thread: { type: 'create' } }],
    ['a block that is not known', { messages: [{ role: 'user', content: [{ type: 'tomorrow' }] }] }],
    ['a search', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }],
  ])('has what only an endpoint can do done by one: %s', async (_what, fields) => {
    await turnOf(amazonq.id);
    const response = await post(gateway, { ...STREAM, ...fields });
    expect(response.status).toBe(200);
    expect(headersOf(response).account).toBe(endpointId);
    await response.text();
  });

  it('says what the endpoint said where nobody else can do it', async () => {
    await turnOf(amazonq.id);
    endpoint.enqueue(BUSY);
    const response = await post(gateway, { ...STREAM, container: { id: 'c' } });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('9');
  });

  it('keeps the stream of a client that waited for the endpoint in vain', async () => {
    await turnOf(endpointId);
    const times = gateway.app.get(StreamTimes);
    times.status = 100;
    endpoint.enqueue({ ...BUSY, latencyMs: 400 });
    simulator.enqueue(stream(text('from Amazon Q'), goodEnd()));
    const response = await post(gateway, STREAM);
    expect(headersOf(response).account).toBe(endpointId);
    const events = await readEvents(response);
    times.status = 10_000;
    expect(events[0]).toEqual({ type: 'ping' });
    expect(events[1]?.type).toBe('message_start');
    expect(textOf(events)).toBe('from Amazon Q');
    expect(events.at(-1)?.type).toBe('message_stop');
  });

  it('counts tokens where the next turn is, and uses up none', async () => {
    const count = async () => (await post(gateway, QUESTION, { path: '/v1/messages/count_tokens' })).json();
    await turnOf(endpointId);
    for (let counted = 0; counted < 2; counted++) expect(await count()).toEqual({ input_tokens: 4711 });
    await turnOf(amazonq.id);
    for (let counted = 0; counted < 2; counted++) expect(await count()).not.toEqual({ input_tokens: 4711 });
  });
});

describe('an endpoint at its limits', () => {
  const beyond = { ...STREAM, tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] };

  beforeEach(() => patchAccount(gateway, endpointId, { maxConcurrent: 1 }));
  afterEach(async () => {
    await patchAccount(gateway, endpointId, { maxConcurrent: null });
    await admin('POST', `/v2/accounts/${amazonq.id}/enable`);
  });

  it.each([
    ['what only it can do', beyond, 'enable'],
    ['everything where there is nobody else', { ...STREAM, unheard_of: 1 }, 'disable'],
  ])('is waited for, and asked byte for byte, by %s', async (_what, body, others) => {
    await turnOf(endpointId);
    await admin('POST', `/v2/accounts/${amazonq.id}/${others}`);
    endpoint.enqueue({ ...ANSWER, latencyMs: 300 }, ANSWER);
    const first = post(gateway, beyond);
    await eventually(() => endpoint.messages.length === 1);
    const second = await post(gateway, body);
    expect([second.status, await second.text()]).toEqual([200, ANSWER.body.join('')]);
    expect(endpoint.messages[1]?.bytes.toString()).toBe(JSON.stringify(body));
    expect((await first).status).toBe(200);
    expect(asked()).toEqual({ amazonq: 0, endpoint: 2 });
  });
});

describe('an endpoint whose breaker is open', () => {
  it('has clients come again with what only it can do, and the rest is answered by others', async () => {
    await turnOf(endpointId);
    await admin('PATCH', '/v2/settings', { body: { breaker: { enabled: true, errorThreshold: 1 } } });
    try {
      const beyond = { ...STREAM, tools: [{ type: 'code_execution_20250825', name: 'code_execution' }] };
      endpoint.enqueue(...Array.from({ length: 4 }, () => errorOf(500, 'api_error', 'x')));
      for (let failed = 0; failed < 2; failed++) expect((await post(gateway, beyond)).status).toBe(502);
      const response = await post(gateway, beyond);
      expect(response.status).toBe(503);
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(60);
      const plain = await post(gateway, STREAM);
      expect([plain.status, headersOf(plain).account]).toEqual([200, amazonq.id]);
    } finally {
      await admin('PATCH', '/v2/settings', { body: { breaker: null } });
    }
  });
});

describe('a count of tokens', () => {
  it('waits for no endpoint: what is full is not asked, and the gateway counts', async () => {
    const full = await AnthropicEndpoint.start({ models: [MODEL] });
    const { id } = await addEndpoint(gateway, full, { maxConcurrent: 1, priority: 1 });
    full.enqueue({ ...ANSWER, latencyMs: 60_000 });
    const gone = new AbortController();
    try {
      await admin('POST', `/v2/accounts/${endpointId}/disable`);
      await admin('POST', `/v2/accounts/${amazonq.id}/disable`);
      const busy = post(gateway, STREAM, { signal: gone.signal }).catch(() => undefined);
      await eventually(() => full.messages.length === 1);
      await admin('POST', `/v2/accounts/${endpointId}/enable`);
      endpoint.enqueue(errorOf(529, 'overloaded_error', 'no'));
      const startedAt = performance.now();
      const response = await post(gateway, QUESTION, { path: '/v1/messages/count_tokens' });
      expect([response.status, Object.keys((await response.json()) as object)]).toEqual([200, ['input_tokens']]);
      // Far less than QUEUE_TIMEOUT.
      expect(performance.now() - startedAt).toBeLessThan(4_000);
      gone.abort();
      await busy;
    } finally {
      await deleteAccount(gateway, id);
      await full.close();
      await admin('POST', `/v2/accounts/${endpointId}/enable`);
      await admin('POST', `/v2/accounts/${amazonq.id}/enable`);
    }
  });
});

describe('an Amazon Q account at its limits', () => {
  it('is waited for when the endpoint fails', async () => {
    await admin('PATCH', `/v2/accounts/${amazonq.id}`, { body: { maxConcurrent: 1 } });
    try {
      await turnOf(amazonq.id);
      simulator.enqueue(stream(pause(300), text('first'), goodEnd()), stream(text('from Amazon Q'), goodEnd()));
      endpoint.enqueue(BUSY);
      const first = post(gateway, STREAM);
      await eventually(() => asked().amazonq === 1);
      const second = await post(gateway, STREAM);
      expect([second.status, textOf(await readEvents(second))]).toEqual([200, 'from Amazon Q']);
      expect(headersOf(second)).toEqual({ account: amazonq.id, attempts: '2' });
      expect((await first).status).toBe(200);
    } finally {
      await admin('PATCH', `/v2/accounts/${amazonq.id}`, { body: { maxConcurrent: null } });
    }
  });
});

describe('clients of the other APIs', () => {
  const chat = (fields: object) =>
    post(
      gateway,
      { model: MODEL, messages: [{ role: 'user', content: 'Hi' }], ...fields },
      { path: '/v1/chat/completions' },
    );
  const sent = () => JSON.parse(endpoint.messages.at(-1)?.bytes.toString() ?? '');
  const tool = { type: 'function', function: { name: 'look', parameters: { type: 'object', properties: {} } } };
  const toolUse = [
    { type: 'message_start', message: { id: 'x', usage: { input_tokens: 21, output_tokens: 1 } } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
    },
    { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a":1}' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 5 } },
    { type: 'message_stop' },
  ];

  beforeEach(() => turnOf(endpointId));

  it('are answered by an endpoint: Chat Completions, JSON', async () => {
    endpoint.enqueue(ANSWER);
    const response = await chat({ stop: ['END'], max_tokens: 50, temperature: 2 });
    expect(headersOf(response).account).toBe(endpointId);
    expect(await response.json()).toMatchObject({
      model: MODEL,
      choices: [{ message: { content: 'from the endpoint' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 14, completion_tokens: 7 },
    });
    // What is emulated elsewhere, the endpoint does itself.
    expect(sent()).toMatchObject({ model: MODEL, max_tokens: 50, stop_sequences: ['END'], stream: true });
    expect(sent()).not.toHaveProperty('temperature');
  });

  it('are answered by an endpoint: Chat Completions, a stream with a demanded tool', async () => {
    endpoint.enqueue(streamOf(...toolUse.map(eventOf)));
    const response = await chat({ stream: true, tools: [tool], tool_choice: 'required' });
    const body = await response.text();
    expect(body).toContain('"name":"look"');
    expect(body).toContain('"finish_reason":"tool_calls"');
    expect(body.endsWith('data: [DONE]\n\n')).toBe(true);
    expect(sent()).toMatchObject({ tool_choice: { type: 'any' }, max_tokens: 32_000 });
    expect(sent().system).toBeUndefined();
    expect(asked()).toEqual({ amazonq: 0, endpoint: 1 });
  });

  it('are answered by an endpoint: a schema that it enforces itself', async () => {
    const schema = {
      type: 'object',
      properties: { a: { type: 'number' } },
      required: ['a'],
      additionalProperties: false,
    };
    endpoint.enqueue(streamOf(...textEvents(MODEL, ['{"a"', ':1}'])));
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    const completion = await (await chat({ response_format: format })).json();
    expect(completion).toMatchObject({ choices: [{ message: { content: '{"a":1}' } }] });
    expect(sent()).toMatchObject({ output_config: { format: { type: 'json_schema', schema } } });
    expect(sent().system).toBeUndefined();
  });

  it('get it in words from an endpoint that knows no schemas', async () => {
    const unknown = errorOf(400, 'invalid_request_error', 'output_config: Extra inputs are not permitted');
    endpoint.enqueue(unknown, streamOf(...textEvents(MODEL, ['{"a":1}'])));
    const format = { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'object' } } };
    const completion = await (await chat({ response_format: format })).json();
    expect(completion).toMatchObject({ choices: [{ message: { content: '{"a":1}' } }] });
    expect(asked()).toEqual({ amazonq: 0, endpoint: 2 });
    expect(sent()).not.toHaveProperty('output_config');
    expect(JSON.stringify(sent().system)).toContain('JSON');
  });

  it('are answered by an endpoint: Responses, stream and JSON', async () => {
    for (const streams of [true, false]) {
      await turnOf(endpointId);
      endpoint.enqueue(ANSWER);
      const response = await post(gateway, { model: MODEL, input: 'Hi', stream: streams }, { path: '/v1/responses' });
      expect(headersOf(response).account).toBe(endpointId);
      const body = await response.text();
      expect(body).toContain('from the endpoint');
      expect(body).toContain('"input_tokens":14');
    }
  });

  it('go on with Amazon Q when the endpoint fails, and hear of a stream that breaks', async () => {
    endpoint.enqueue(BUSY);
    expect(headersOf(await chat({}))).toEqual({ account: amazonq.id, attempts: '2' });
    await turnOf(endpointId);
    endpoint.enqueue(streamOf(...textEvents(MODEL, ['half']).slice(0, 4), 'reset'));
    expect(await (await chat({ stream: true })).text()).toContain('"error"');
  });
});
