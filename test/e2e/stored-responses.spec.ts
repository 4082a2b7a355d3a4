import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { goodEnd, pause, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { EventParser } from '../../src/core/protocols/sse/event-parser.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { eventually } from '../support/ask.js';
import { ASKED, answered, postResponses, streamedFrames } from '../support/ask-responses.js';
import { describeOnEachDatabase, type TestDatabase } from '../support/databases.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn, upstreamTurns } from '../support/upstream-turns.js';

const look = { type: 'function', name: 'look', parameters: { type: 'object' }, strict: false } as const;
const reference = (id: string | undefined) => ({ type: 'item_reference', id });
const says = (words: string) => stream(text(words), goodEnd());

let simulator: Simulator;
const gateways = new Set<RunningGateway>();

beforeEach(async () => {
  simulator = await Simulator.start();
});
afterEach(async () => {
  for (const gateway of gateways) await gateway.close();
  gateways.clear();
  await simulator.close();
});

async function start(database: TestDatabase, environment: Record<string, string | number> = {}) {
  const gateway = await startGateway(simulator, { ...database.environment, ...environment });
  gateways.add(gateway);
  return gateway;
}

interface Told {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers under test, looked into at any depth
  body: any;
}

/** Asks for something below `/v1/responses`. */
async function ask(gateway: RunningGateway, path: string, init: RequestInit & { key?: string } = {}): Promise<Told> {
  const { key = ADMIN_KEY, ...rest } = init;
  const response = await fetch(`${gateway.url}${path}`, { headers: { authorization: `Bearer ${key}` }, ...rest });
  return { status: response.status, body: await response.json() };
}

async function post(gateway: RunningGateway, body: object, key = ADMIN_KEY): Promise<Told> {
  const response = await postResponses(gateway, { ...ASKED, ...body }, { headers: { 'x-api-key': key } });
  return { status: response.status, body: await response.json() };
}

async function anotherKey(gateway: RunningGateway): Promise<string> {
  const response = await fetch(`${gateway.url}/v2/api-keys`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'stranger', scopes: ['inference'] }),
  });
  return ((await response.json()) as { key: string }).key;
}

function rowsOf(gateway: RunningGateway): Promise<unknown[]> {
  const dataSource = gateway.app.get(DataSource);
  const tables = ['stored_items', 'stored_responses', 'stored_item_uses'];
  return Promise.all(tables.map((table) => dataSource.query(`SELECT * FROM ${table}`))).then((rows) => rows.flat());
}

const unknownResponse = (id: string) => ({
  status: 404,
  body: {
    error: {
      message: `Response with id '${id}' not found.`,
      type: 'invalid_request_error',
      param: null,
      code: 'not_found',
    },
  },
});
const unknownPrevious = {
  status: 400,
  body: { error: { code: 'previous_response_not_found', param: 'previous_response_id' } },
};
const unknownItem = (id: string | undefined) => ({
  status: 400,
  body: { error: { code: 'invalid_value', param: 'input', message: `Item with id '${id}' not found.` } },
});

describeOnEachDatabase('stored responses', (database) => {
  it("are what the SDK's calls give back, page and delete", async () => {
    const gateway = await start(database());
    const { client } = connectOpenai(gateway);
    simulator.enqueue(says('Hello there.'));
    const input = ['one', 'two', 'three'].map((content) => ({ role: 'user' as const, content }));
    const created = await client.responses.create({ ...ASKED, input, metadata: { a: 'b' } });
    expect(created).toMatchObject({ store: true });
    const { output_text: _made, ...retrieved } = await client.responses.retrieve(created.id);
    const { output_text, ...told } = created;
    expect(retrieved).toEqual(told);
    expect(output_text).toBe('Hello there.');

    const items = [];
    for await (const item of client.responses.inputItems.list(created.id, { limit: 2, order: 'asc' })) items.push(item);
    expect(items).toMatchObject(
      input.map(({ content }) => ({
        id: expect.stringMatching(/^msg_/),
        type: 'message',
        role: 'user',
        content: [{ type: 'input_text', text: content }],
      })),
    );

    expect(await ask(gateway, `/v1/responses/${created.id}`, { method: 'DELETE' })).toEqual({
      status: 200,
      body: { id: created.id, object: 'response', deleted: true },
    });
    expect(await ask(gateway, `/v1/responses/${created.id}`)).toEqual(unknownResponse(created.id));
    expect(await ask(gateway, `/v1/responses/${created.id}`, { method: 'DELETE' })).toEqual(
      unknownResponse(created.id),
    );
    expect(await rowsOf(gateway)).toEqual([]);
  });

  it('are the same whether they were streamed or not', async () => {
    const gateway = await start(database());
    simulator.enqueue(stream(text('I look.'), toolUse('t1', 'look', ['{"a":1}']), goodEnd()));
    const frames = await streamedFrames(gateway, { tools: [look] });
    const last = frames.at(-1);
    expect(last).toMatchObject({ type: 'response.completed', response: { store: true } });
    const { body } = await ask(gateway, `/v1/responses/${last?.response.id}`);
    expect(body).toEqual(last?.response);
    expect(body.output.map(({ type }: { type: string }) => type)).toEqual(['message', 'function_call']);
  });

  it('are gone on with by previous_response_id, which brings the conversation and not its instructions', async () => {
    const gateway = await start(database());
    simulator.enqueue(says('Hello Ann.'), says('It is sunny.'), says('Ann.'));
    const first = await answered(gateway, { input: 'I am Ann.', instructions: 'Be brief.' });
    const second = await answered(gateway, { input: 'The weather?', previous_response_id: first.id });
    expect(second.previous_response_id).toBe(first.id);
    await answered(gateway, { input: 'My name?', previous_response_id: second.id });
    const turn = lastUpstreamTurn(simulator);
    expect(turn.history).toEqual([
      'user: I am Ann.',
      'assistant: Hello Ann.',
      'user: The weather?',
      'assistant: It is sunny.',
    ]);
    expect(turn.text).toContain('My name?');
    expect(turn.whole).not.toContain('Be brief.');
  });

  it('bring back a tool call for its result', async () => {
    const gateway = await start(database());
    simulator.enqueue(stream(toolUse('t1', 'look', ['{"a":1}']), goodEnd()), says('It is red.'));
    const first = await answered(gateway, { tools: [look] });
    const call = first.output[0] as { call_id: string };
    const result = { type: 'function_call_output', call_id: call.call_id, output: 'red' };
    await answered(gateway, { tools: [look], input: [result], previous_response_id: first.id });
    const turn = lastUpstreamTurn(simulator);
    expect([turn.history, turn.results]).toEqual([['user: Hello', 'assistant: look({"a":1})'], ['red']]);
  });

  it('are made of items that can be referred to while their answer still runs', async () => {
    const gateway = await start(database());
    simulator.enqueue(
      stream(text('I look.'), toolUse('t1', 'look', ['{"a":1}']), pause(60_000), goodEnd()),
      says('Fine.'),
    );
    const leave = new AbortController();
    const running = await postResponses(gateway, { ...ASKED, tools: [look], stream: true }, { signal: leave.signal });
    const id = await firstDone(running);
    const { status } = await post(gateway, {
      input: [{ role: 'user', content: 'Hi' }, reference(id), { role: 'user', content: 'And?' }],
    });
    expect(status).toBe(200);
    expect(lastUpstreamTurn(simulator).history).toEqual(['user: Hi', 'assistant: I look.']);
    leave.abort();
    await eventually(() => simulator.openStreams === 0);
  });

  it('serve a client that sends its whole history with each step, by reference, and keep it once', async () => {
    const gateway = await start(database());
    const input: unknown[] = [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Look thrice.' },
    ];
    for (let step = 1; step <= 3; step++) {
      simulator.enqueue(stream(text(`Look ${step}.`), toolUse(`t${step}`, 'look', [`{"a":${step}}`]), goodEnd()));
      const { output } = await answered(gateway, { tools: [look], input });
      const { id: _unsent, ...call } = output[1] as unknown as { id: string; call_id: string };
      input.push(reference(output[0]?.id), call, {
        type: 'function_call_output',
        call_id: call.call_id,
        output: `red ${step}`,
      });
    }
    simulator.enqueue(says('Done.'));
    const last = await answered(gateway, { tools: [look], input });
    expect(lastUpstreamTurn(simulator).history.at(-1)).toBe('assistant: Look 3. | look({"a":3})');
    const { body } = await ask(gateway, `/v1/responses/${last.id}/input_items?limit=100`);
    expect(body.data).toHaveLength(input.length);
    const items = await gateway.app.get(DataSource).query('SELECT id FROM stored_items');
    // Input: two messages, three calls as they were sent, three results. Output: four messages, three calls.
    expect(items).toHaveLength(8 + 7);
  });

  it('are not kept for a client that does not want it', async () => {
    const gateway = await start(database());
    const { body } = await post(gateway, { store: false });
    expect(body).toMatchObject({ status: 'completed', store: false });
    await streamedFrames(gateway, { store: false });
    expect(await rowsOf(gateway)).toEqual([]);
    expect(await ask(gateway, `/v1/responses/${body.id}`)).toEqual(unknownResponse(body.id));
    expect(await post(gateway, { input: [reference(body.output[0].id)] })).toMatchObject(
      unknownItem(body.output[0].id),
    );
    expect(await post(gateway, { previous_response_id: body.id })).toMatchObject(unknownPrevious);
  });

  it("are nobody else's", async () => {
    const gateway = await start(database());
    const key = await anotherKey(gateway);
    const { body } = await post(gateway, {});
    const asked = upstreamTurns(simulator).length;
    for (const [method, path] of [
      ['GET', ''],
      ['DELETE', ''],
      ['GET', '/input_items'],
      ['POST', '/cancel'],
    ]) {
      expect(await ask(gateway, `/v1/responses/${body.id}${path}`, { method, key })).toEqual(unknownResponse(body.id));
    }
    const item = body.output[0].id;
    expect(await post(gateway, { previous_response_id: body.id }, key)).toMatchObject(unknownPrevious);
    expect(await post(gateway, { input: [reference(item)] }, key)).toMatchObject(unknownItem(item));
    expect(upstreamTurns(simulator)).toHaveLength(asked);
    expect((await ask(gateway, `/v1/responses/${body.id}`)).status).toBe(200);
  });

  it('are found by another replica', async () => {
    const first = await start(database());
    const second = await start(database(), { accounts: 0 });
    simulator.enqueue(says('Hello Ann.'), says('Ann.'));
    const { body } = await post(first, { input: 'I am Ann.' });
    expect((await ask(second, `/v1/responses/${body.id}`)).body).toEqual(body);
    const next = await post(second, { previous_response_id: body.id, input: [reference(body.output[0].id)] });
    expect(next.status).toBe(200);
    expect(lastUpstreamTurn(simulator).whole).toContain('I am Ann.');
    expect((await ask(first, `/v1/responses/${next.body.id}`)).status).toBe(200);
  });

  it('need not be there for an answer: when the database fails it goes on, and says that it is not stored', async () => {
    const gateway = await start(database());
    await gateway.app.get(DataSource).query('DROP TABLE stored_items');
    simulator.enqueue(says('A secret answer.'));
    const frames = await streamedFrames(gateway, { input: 'A secret question.' });
    const last = frames.at(-1);
    expect(last).toMatchObject({ type: 'response.completed', response: { status: 'completed', store: false } });
    expect(last?.response.output[0].content[0].text).toBe('A secret answer.');
    const metrics = await gateway.app.get(Metrics).registry.metrics();
    expect(metrics).toContain('amq_gateway_unstored_responses_total{reason="failed"} 1');
    const logs = JSON.stringify(gateway.logs);
    expect(logs).toContain('A response is not stored: failed');
    expect(logs).not.toContain('secret');
    expect(await post(gateway, { input: [reference('msg_1')] })).toMatchObject({
      status: 503,
      body: { error: { type: 'server_error', code: 'server_is_overloaded' } },
    });
  });

  it('are not kept where there is no room for them, and the answer says so', async () => {
    const gateway = await start(database(), { STORED_RESPONSES_MAX_SIZE: '1kb' });
    const { status, body } = await post(gateway, {});
    expect([status, body.status, body.store]).toEqual([200, 'completed', false]);
    expect((await ask(gateway, `/v1/responses/${body.id}`)).status).toBe(404);
  });

  it('can not be cancelled, nor streamed again', async () => {
    const gateway = await start(database());
    const { body } = await post(gateway, {});
    expect(await ask(gateway, `/v1/responses/${body.id}/cancel`, { method: 'POST' })).toMatchObject({
      status: 400,
      body: { error: { type: 'invalid_request_error', message: 'Only background responses can be cancelled.' } },
    });
    expect(await ask(gateway, '/v1/responses/resp_x/cancel', { method: 'POST' })).toEqual(unknownResponse('resp_x'));
    expect(await ask(gateway, `/v1/responses/${body.id}?stream=true`)).toMatchObject({
      status: 400,
      body: { error: { code: 'unsupported_value', param: 'stream' } },
    });
    expect((await ask(gateway, `/v1/responses/${body.id}?stream=false`)).status).toBe(200);
  });

  it('are listed as far as the query goes, and a wrong one is told', async () => {
    const gateway = await start(database());
    const { body } = await post(gateway, {
      input: [
        { role: 'user', content: 'a' },
        { role: 'user', content: 'b' },
      ],
    });
    const path = `/v1/responses/${body.id}/input_items`;
    const list = (await ask(gateway, `${path}?limit=1`)).body;
    expect(list).toMatchObject({ object: 'list', data: [{ content: [{ text: 'b' }] }], has_more: true });
    expect([list.first_id, list.last_id]).toEqual([list.data[0].id, list.data[0].id]);
    for (const [query, param] of [
      ['limit=0', 'limit'],
      ['limit=101', 'limit'],
      ['order=up', 'order'],
      ['after=msg_x', 'after'],
    ]) {
      expect(await ask(gateway, `${path}?${query}`)).toMatchObject({ status: 400, body: { error: { param } } });
    }
    expect(await ask(gateway, '/v1/responses/resp_x/input_items')).toEqual(unknownResponse('resp_x'));
  });

  it.each(['/v1/responses', '/responses'])('are at %s', async (path) => {
    const gateway = await start(database());
    const { body } = await post(gateway, {});
    expect((await ask(gateway, `${path}/${body.id}`)).body.id).toBe(body.id);
    expect((await ask(gateway, `${path}/${body.id}/input_items`)).body.object).toBe('list');
    expect((await ask(gateway, `${path}/${body.id}`, { method: 'DELETE' })).body.deleted).toBe(true);
  });

  it.each([
    ['no text for a database', 'resp_%00'],
    ['no ASCII', '%F0%9F%98%80'],
    ['endless', 'a'.repeat(5_000)],
    ['a path', '..%2F..%2Fx'],
    ['a statement', "'%20OR%201=1"],
  ])('are not found by an id that is %s', async (_what, id) => {
    const gateway = await start(database());
    await post(gateway, {});
    for (const method of ['GET', 'DELETE']) {
      const { status, body } = await ask(gateway, `/v1/responses/${id}`, { method });
      expect([status, body.error.code]).toEqual([404, 'not_found']);
    }
    expect(await rowsOf(gateway)).not.toEqual([]);
  });
});

describeOnEachDatabase('POST /v1/responses/input_tokens', (database) => {
  const count = (gateway: RunningGateway, body: object, key = ADMIN_KEY) =>
    ask(gateway, '/v1/responses/input_tokens', {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ ...ASKED, ...body }),
    });

  it('counts a request without asking upstream', async () => {
    const gateway = await start(database());
    const { client } = connectOpenai(gateway);
    const few = await client.responses.inputTokens.count(ASKED);
    const many = await client.responses.inputTokens.count({
      ...ASKED,
      instructions: 'word '.repeat(100),
      tools: [look],
    });
    expect(few).toEqual({ object: 'response.input_tokens', input_tokens: expect.any(Number) });
    expect(many.input_tokens - few.input_tokens).toBeGreaterThan(100);
    expect(upstreamTurns(simulator)).toEqual([]);
  });

  it('counts without a model too', async () => {
    const gateway = await start(database());
    const { client } = connectOpenai(gateway);
    const { model: _open, ...rest } = ASKED;
    const { input_tokens } = await client.responses.inputTokens.count(rest);
    expect(input_tokens).toBeGreaterThan(0);
  });

  it('counts what is referred to', async () => {
    const gateway = await start(database());
    simulator.enqueue(says('word '.repeat(100)));
    const { body } = await post(gateway, {});
    const alone = (await count(gateway, {})).body.input_tokens;
    const after = (await count(gateway, { previous_response_id: body.id })).body.input_tokens;
    expect(after - alone).toBeGreaterThan(100);
    const { input_tokens } = (
      await count(gateway, { input: [reference(body.output[0].id), { role: 'user', content: 'Hello' }] })
    ).body;
    expect(input_tokens - alone).toBeGreaterThan(100);
    expect(await count(gateway, { input: [reference('msg_x')] })).toMatchObject(unknownItem('msg_x'));
    const key = await anotherKey(gateway);
    expect(await count(gateway, { previous_response_id: body.id }, key)).toMatchObject(unknownPrevious);
  });
});

/** The id of the first item that is done; the rest of the stream is not read. */
async function firstDone(response: Response): Promise<string> {
  const parser = new EventParser();
  const reader = response.body?.getReader();
  for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
    for (const { name, data } of parser.push(read.value)) {
      if (name === 'response.output_item.done') return JSON.parse(data).item.id;
    }
  }
  throw new Error('the stream ended before an item was done');
}
