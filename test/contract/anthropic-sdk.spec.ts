import type { ClientOptions, Anthropic as Sdk1 } from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { event, goodEnd, pause, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { ANTHROPIC_SDKS } from '../support/anthropic-sdks.js';
import { eventually } from '../support/ask.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const weather: Sdk1.Tool = {
  name: 'get_weather',
  description: 'Current weather for a city.',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
};
// The SDK warns of old models; the name is any that the simulator's accounts list.
const question = {
  model: 'claude-sonnet-5',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Weather in Oslo?' }],
};
const answer = () =>
  stream(
    reasoning('I look '),
    reasoning('first.'),
    signature('c2ln'),
    text('Look'),
    text('ing.'),
    toolUse('tooluse_1', 'get_weather', ['{"ci', 'ty":"Os', 'lo"}']),
    event('metadataEvent', {
      tokenUsage: { uncachedInputTokens: 50, outputTokens: 9, totalTokens: 59 },
      stopReason: 'TOOL_USE',
    }),
    event('contextUsageEvent', { contextUsagePercentage: 0.1 }),
    event('meteringEvent', { usage: 0.01, unit: 'credit', unitPlural: 'credits' }),
  );
const content = [
  { type: 'text', text: 'Looking.', citations: null },
  { type: 'tool_use', id: 'tooluse_1', name: 'get_weather', input: { city: 'Oslo' }, caller: { type: 'direct' } },
];

/** Everything but the id, which is new for each answer, and what the SDK's stream helper adds by itself. */
const same = ({ id: _id, parsed_output: _parsed, ...message }: { id: string; parsed_output?: unknown }) => message;

describe.each(ANTHROPIC_SDKS)('the Anthropic SDK $version', (sdk) => {
  const connect = () => sdk.connect(gateway).client;

  it('creates a message with a tool use', async () => {
    simulator.enqueue(answer());
    const message = await connect().messages.create({ ...question, tools: [weather] });
    expect(message).toMatchObject({
      id: expect.stringMatching(/^msg_/),
      type: 'message',
      role: 'assistant',
      model: 'claude-sonnet-5',
      content,
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 50, output_tokens: 9, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    });
    expect(message._request_id).toMatch(/^req_/);
  });

  it('streams the same message, to finalMessage()', async () => {
    simulator.enqueue(answer(), answer());
    const created = await connect().messages.create({ ...question, tools: [weather] });
    const seen: string[] = [];
    const streaming = connect().messages.stream({ ...question, tools: [weather] });
    streaming.on('text', (delta) => seen.push(delta));
    const streamed = await streaming.finalMessage();
    expect(seen).toEqual(['Look', 'ing.']);
    expect(same(streamed)).toEqual(same(created));
  });

  it('gets thinking when it asks for it', async () => {
    simulator.enqueue(answer());
    const message = await connect()
      .messages.stream({ ...question, model: 'claude-opus-4-6', tools: [weather], thinking: { type: 'adaptive' } })
      .finalMessage();
    expect(message.content).toEqual([{ type: 'thinking', thinking: 'I look first.', signature: 'c2ln' }, ...content]);
    expect(simulator.requests.at(-1)?.body).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'adaptive' } },
    });
  });

  it('goes through a tool loop, with an image in the result', async () => {
    const client = connect();
    const first = await client.messages.create({
      ...question,
      tools: [weather],
      messages: [{ role: 'user', content: 'weather in Oslo with the tool' }],
    });
    const use = first.content.find((block) => block.type === 'tool_use');
    if (!use) throw new Error('no tool use');
    const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const last = await client.messages.create({
      ...question,
      system: 'Be brief.',
      tools: [weather],
      messages: [
        { role: 'user', content: 'weather in Oslo with the tool' },
        { role: 'assistant', content: first.content as never },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: use.id,
              content: [
                { type: 'text', text: '4 degrees' },
                { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
              ],
            },
          ],
        },
      ],
    });
    expect(last.stop_reason).toBe('end_turn');
    expect(JSON.stringify(last.content)).toContain('4 degrees');
  });

  it('ends well after an answer without metadata', async () => {
    simulator.enqueue(stream(text('Hi'), goodEnd().slice(-1)));
    const message = await connect().messages.stream(question).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ text: 'Hi' }] });
  });

  it('gives the events of a stream as they come', async () => {
    simulator.enqueue(answer());
    const types: string[] = [];
    const model = 'claude-opus-4-6';
    const events = await connect().messages.create({
      ...question,
      model,
      thinking: { type: 'adaptive' },
      stream: true,
    });
    for await (const each of events)
      types.push(each.type === 'content_block_start' ? each.content_block.type : each.type);
    expect(types.filter((type, index) => type !== types[index - 1])).toEqual([
      'message_start',
      ...['thinking', 'content_block_delta', 'content_block_stop'],
      ...['text', 'content_block_delta', 'content_block_stop'],
      ...['tool_use', 'content_block_delta', 'content_block_stop'],
      'message_delta',
      'message_stop',
    ]);
  });

  it('ends at a stop sequence, which is cut out of several pieces', async () => {
    const pieces = stream(text('One, two, ST'), text('OP, three'), goodEnd());
    const request = { ...question, stop_sequences: ['never', 'STOP'] };
    simulator.enqueue(pieces, pieces);
    const created = await connect().messages.create(request);
    expect(created).toMatchObject({
      content: [{ type: 'text', text: 'One, two, ' }],
      stop_reason: 'stop_sequence',
      stop_sequence: 'STOP',
    });
    const streamed = await connect().messages.stream(request).finalMessage();
    expect(streamed).toMatchObject({ content: created.content, stop_reason: 'stop_sequence', stop_sequence: 'STOP' });
  });

  it('parses an answer that has to be JSON, fences or not', async () => {
    const format = sdk.jsonSchemaOutputFormat({
      type: 'object',
      properties: { city: { type: 'string' }, degrees: { type: 'integer' } },
      required: ['city', 'degrees'],
    });
    const request = { ...question, output_config: { format } };
    const fenced = stream(text('```json\n{"city":"Os'), text('lo","degrees":4}\n```'), goodEnd());
    simulator.enqueue(fenced, fenced);
    const parsed = await connect().messages.parse(request);
    expect(parsed.parsed_output).toEqual({ city: 'Oslo', degrees: 4 });
    const streamed = await connect().messages.stream(request).finalMessage();
    expect(streamed.parsed_output).toEqual({ city: 'Oslo', degrees: 4 });
  });

  it('counts tokens: more for more text, tools and a system prompt', async () => {
    const { model, messages } = question;
    const count = async (more: object = {}) =>
      (await connect().messages.countTokens({ model, messages, ...more })).input_tokens;
    const [plain = 0, ...larger] = await Promise.all([
      count(),
      count({ tools: [weather] }),
      count({ system: 'Answer in the language of the question, and never mention the weather service by its name.' }),
      count({ messages: [{ role: 'user', content: 'Weather in Oslo? '.repeat(100) }] }),
    ]);
    expect(plain).toBeGreaterThan(0);
    for (const each of larger) expect(each).toBeGreaterThan(plain + 5);
  });

  it('lists the models and retrieves each', async () => {
    const models: Sdk1.Models.ModelInfo[] = [];
    for await (const model of connect().models.list({ limit: 3 })) models.push(model);
    expect(models.map(({ id }) => id)).toEqual([
      'claude-haiku-5-5',
      'claude-sonnet-5-5',
      'claude-opus-5-5',
      'claude-sonnet-5',
      'claude-sonnet-4-6',
      'claude-opus-4-6',
      'claude-opus-4-5',
      'claude-haiku-4-5',
      'claude-sonnet-4-5',
      'claude-sonnet-4',
      'auto',
    ]);
    for (const model of models) expect(plainly(await connect().models.retrieve(model.id))).toEqual(plainly(model));
    expect(await connect().models.retrieve('claude-sonnet-4-5-20250929')).toMatchObject({ id: 'claude-sonnet-4-5' });
  });

  it.each<[string, ClientOptions, Record<string, string | null>]>([
    [
      'authorization',
      { apiKey: null, authToken: ADMIN_KEY },
      { authorization: `Bearer ${ADMIN_KEY}`, 'x-api-key': null },
    ],
    [
      'x-api-key',
      { defaultHeaders: { authorization: null, 'x-api-key': ADMIN_KEY } },
      { authorization: null, 'x-api-key': ADMIN_KEY },
    ],
    [
      'both, one of them wrong',
      { defaultHeaders: { authorization: 'Bearer wrong', 'x-api-key': ADMIN_KEY } },
      { authorization: 'Bearer wrong', 'x-api-key': ADMIN_KEY },
    ],
  ])('is let in by its key in %s, under both API versions', async (_where, options, headers) => {
    for (const version of ['2023-06-01', '2026-10-21']) {
      const { client, sent } = sdk.connect(gateway, {
        ...options,
        defaultHeaders: { ...(options.defaultHeaders as object), 'anthropic-version': version },
      });
      expect(await client.messages.create(question)).toMatchObject({ stop_reason: 'end_turn' });
      const asSent = Object.fromEntries(Object.keys(headers).map((name) => [name, sent[0]?.headers.get(name) ?? null]));
      expect(asSent).toEqual(headers);
      expect(sent[0]?.headers.get('anthropic-version')).toBe(version);
    }
  });

  it('sends what is known of this line of the SDK', async () => {
    const { client, sent } = sdk.connect(gateway);
    await client.messages.create(question);
    expect(sent[0]?.headers.get('anthropic-version')).toBe(sdk.apiVersion);
    expect(sent[0]?.headers.get(sdk.version.startsWith('1') ? 'authorization' : 'x-api-key')).toContain(ADMIN_KEY);
  });

  it('lets upstream go when it aborts in mid-stream', async () => {
    simulator.enqueue(stream(text('Hi'), pause(600_000), text('never')));
    const streaming = connect().messages.stream(question);
    await new Promise((resolve) => streaming.once('text', resolve));
    expect(simulator.openStreams).toBe(1);
    streaming.abort();
    await expect(streaming.finalMessage()).rejects.toBeInstanceOf(sdk.Anthropic.APIUserAbortError);
    await eventually(() => simulator.openStreams === 0);
    expect(simulator.requests.at(-1)).toMatchObject({ aborted: true, finished: false });
    expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
  });

  it.each<[string, (client: Sdk1) => PromiseLike<unknown>]>([
    ['message batches', (client) => client.messages.batches.list()],
    ['batches to create', (client) => client.messages.batches.create({ requests: [] })],
    ['files', (client) => client.files.list()],
    ['beta files', (client) => client.beta.files.list()],
    ['skills', (client) => client.beta.skills.list()],
  ])('is told that there are no %s', async (_what, call) => {
    const error = await rejection(call(connect()));
    expect(error).toBeInstanceOf(sdk.Anthropic.NotFoundError);
    expect(error).toMatchObject({ status: 404, type: 'not_found_error', requestID: expect.stringMatching(/^req_/) });
  });
});

/** Without what the SDK adds to an answer. */
const plainly = (value: unknown) => JSON.parse(JSON.stringify(value));

function rejection(promise: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(promise).then(
    (value) => {
      throw new Error(`nothing was thrown: ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
}
