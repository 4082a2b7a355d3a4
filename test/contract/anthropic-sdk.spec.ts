import Sdk1 from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Sdk0 from 'anthropic-sdk-0';
import { event, failure, goodEnd, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
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

describe.each([
  ['1.11 (authorization header)', () => new Sdk1({ apiKey: ADMIN_KEY, baseURL: gateway.url, maxRetries: 0 })],
  [
    '0.128 (x-api-key header)',
    () => new Sdk0({ apiKey: ADMIN_KEY, baseURL: gateway.url, maxRetries: 0 }) as unknown as Sdk1,
  ],
])('the Anthropic SDK %s', (_version, connect) => {
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

  it.each([
    [
      'a prompt that is too long',
      failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
      400,
      'invalid_request_error',
      /prompt is too long/,
    ],
    [
      'a malformed request',
      failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'),
      400,
      'invalid_request_error',
      /Improperly formed/,
    ],
    [
      'throttling',
      failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': '7' } }),
      429,
      'rate_limit_error',
      /rate/,
    ],
    [
      'a spent quota',
      failure(402, 'ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT'),
      429,
      'rate_limit_error',
      /quota/,
    ],
    [
      'a suspended account',
      failure(403, 'AccessDeniedException', 'Your User ID (d-1) temporarily is suspended.', 'FEATURE_NOT_SUPPORTED'),
      403,
      'permission_error',
      /./,
    ],
  ])('throws the error of %s', async (_what, scripted, status, type, message) => {
    // Gateways of their own: some of these failures put the account out of service.
    const own = await startGateway(simulator);
    try {
      simulator.enqueue(scripted, scripted, scripted);
      const client = connect().withOptions({ baseURL: own.url });
      const error = await client.messages.create(question).then(
        () => undefined,
        (thrown) => thrown,
      );
      expect(error).toMatchObject({ status, type });
      expect(error.message).toMatch(message);
      expect(error.requestID).toMatch(/^req_/);
    } finally {
      await own.close();
    }
  });

  it('throws when the stream breaks in the middle', async () => {
    simulator.enqueue(stream(text('Half'), { reset: true }));
    const streaming = connect().messages.stream(question);
    await expect(streaming.finalMessage()).rejects.toMatchObject({ type: 'api_error' });
  });

  it('throws for a wrong key and an unknown model', async () => {
    const stranger = connect().withOptions({ apiKey: 'not-a-key' });
    await expect(stranger.messages.create(question)).rejects.toMatchObject({
      status: 401,
      type: 'authentication_error',
    });
    await expect(connect().messages.create({ ...question, model: 'gpt-9' })).rejects.toMatchObject({
      status: 404,
      type: 'not_found_error',
      message: expect.stringContaining('model: gpt-9'),
    });
  });

  it('ends well after an answer without metadata', async () => {
    simulator.enqueue(stream(text('Hi'), goodEnd().slice(-1)));
    const message = await connect().messages.stream(question).finalMessage();
    expect(message).toMatchObject({ stop_reason: 'end_turn', content: [{ text: 'Hi' }] });
  });
});
