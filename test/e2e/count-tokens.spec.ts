import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { simulatedModel } from '../../simulator/model-list.js';
import { contextUsage, failure, goodEnd, metadata, metering, reasoning, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { post, QUESTION, readEvents, type StreamedEvent, streamed } from '../support/ask.js';
import { modelsKnown } from '../support/models-known.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const WINDOW = 1_000;
const { model, messages } = QUESTION;
const sentence = 'The ferry left the harbour a little after six. ';
const prompt = (length: number) => [{ role: 'user', content: sentence.repeat(length / 10) }];

let simulator: Simulator;
let gateway: RunningGateway;

beforeEach(async () => {
  simulator = await Simulator.start();
  const models = [
    simulatedModel(model),
    simulatedModel('small', { tokenLimits: { maxInputTokens: WINDOW, maxOutputTokens: 500 } }),
  ];
  const accounts = [simulator.addAccount({ models }), simulator.addAccount({ models })];
  gateway = await startGateway(simulator, { accounts: 0, ...gatewayEnvironment(simulator.url, accounts) });
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
});

const count = (body: object = {}, path = '/v1/messages/count_tokens', headers = {}) =>
  post(gateway, { model, messages, ...body }, { path, headers });
const counted = async (body: object = {}, path?: string): Promise<number> =>
  ((await (await count(body, path)).json()) as { input_tokens: number }).input_tokens;
const asked = () => simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
const usageOf = (events: StreamedEvent[], type: string) => {
  const event = events.find((each) => each.type === type);
  return event?.usage ?? event?.message?.usage;
};

describe('count_tokens', () => {
  it.each(['/v1/messages/count_tokens', '/messages/count_tokens', '/v1/v1/messages/count_tokens'])(
    'answers at %s',
    async (path) => {
      const response = await count({}, path);
      expect(response.status).toBe(200);
      expect(response.headers.get('request-id')).toMatch(/^req_/);
      expect(await response.json()).toEqual({ input_tokens: 10 });
      expect(asked()).toHaveLength(0);
    },
  );

  it('says what was edited away to those who ask for editing, and that nothing was asked to the rest of the beta', async () => {
    const context_management = { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] };
    expect(await (await count({ context_management })).json()).toEqual({
      input_tokens: 10,
      context_management: { original_input_tokens: 10 },
    });
    expect(await (await count({}, '/v1/messages/count_tokens?beta=true')).json()).toEqual({
      input_tokens: 10,
      context_management: null,
    });
    const headers = { 'anthropic-beta': 'effort-2025-11-24,token-counting-2024-11-01' };
    expect(await (await count({}, undefined, headers)).json()).toEqual({ input_tokens: 10, context_management: null });
    const others = { 'anthropic-beta': 'effort-2025-11-24' };
    expect(await (await count({}, undefined, others)).json()).toEqual({ input_tokens: 10 });
  });

  it('counts what it ignores as the messages route does', async () => {
    const headers = { 'anthropic-beta': 'effort-2025-11-24,mine-2030-01-01' };
    expect((await count({ speed: 'fast', mine: 1 }, undefined, headers)).status).toBe(200);
    const page = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(page).toContain('amq_gateway_ignored_fields_total{field="speed"} 1');
    expect(page).toContain('amq_gateway_ignored_fields_total{field="other"} 1');
    expect(page).toContain('amq_gateway_betas_total{beta="effort-2025-11-24"} 1');
    expect(page).toContain('amq_gateway_betas_total{beta="other"} 1');
  });

  it('answers a burst of 28 at once', async () => {
    const burst = Array.from({ length: 28 }, (_, at) => count({ tools: [], messages: prompt(10 * (at + 1)) }));
    const statuses = (await Promise.all(burst)).map(({ status }) => status);
    expect(statuses).toEqual(Array.from({ length: 28 }, () => 200));
    expect(asked()).toHaveLength(0);
  });

  it('says what message_start says', async () => {
    const body = { messages: prompt(5_000), system: sentence };
    const tokens = await counted(body);
    expect(usageOf(await streamed(gateway, body), 'message_start').input_tokens).toBe(tokens);
  });

  it.each([
    ['no messages', { messages: [] }, 400],
    ['no model', { model: undefined }, 400],
    ['a feature that is refused', { mcp_servers: [{ type: 'url', name: 'a', url: 'https://example.org' }] }, 400],
  ])('refuses %s as the messages route does', async (_name, body, status) => {
    const response = await count(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } });
    const other = await post(gateway, { ...QUESTION, ...body });
    expect(other.status).toBe(status);
  });

  it('does without max_tokens, which belongs to an answer', async () => {
    expect((await count({ max_tokens: undefined })).status).toBe(200);
  });

  it('wants a key', async () => {
    expect((await count({}, undefined, { 'x-api-key': 'wrong' })).status).toBe(401);
  });

  it('does not know a model that no account lists, once the lists are known', async () => {
    await modelsKnown(gateway, simulator);
    const response = await count({ model: 'claude-nowhere-1' });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { type: 'not_found_error', message: expect.stringContaining('claude-nowhere-1') },
    });
    expect((await count({ model: `${model}-20260101` })).status).toBe(200);
  });
});

describe('count_tokens without an account that could be asked', () => {
  it('counts for any model', async () => {
    const lonely = await startGateway(simulator, { accounts: 0 });
    const response = await post(lonely, { model: 'anything', messages }, { path: '/v1/messages/count_tokens' });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ input_tokens: 8 });
    await lonely.close();
  });
});

describe('what upstream reports', () => {
  const large = { messages: prompt(20_000) };

  it.each([
    ['metadataEvent', [metadata({ uncachedInputTokens: 30_000, outputTokens: 5 }, 'END_TURN')]],
    [
      'metadataEvent with cached tokens',
      [metadata({ uncachedInputTokens: 100, cacheReadInputTokens: 29_900, outputTokens: 5 }, 'END_TURN')],
    ],
    ['the share of the window', [contextUsage(15.0025)]],
  ])('teaches how the model counts: %s', async (_name, end) => {
    const before = await counted(large);
    simulator.enqueue(...Array.from({ length: 8 }, () => stream(text('fine'), ...end, metering(0.1))));
    for (let turn = 0; turn < 8; turn++) expect((await post(gateway, { ...QUESTION, ...large })).status).toBe(200);
    const after = await counted(large);
    expect(before).toBeLessThan(26_000);
    expect(Math.abs(after / 30_000 - 1)).toBeLessThan(0.05);
    // The other model's tokens are its own.
    expect(await counted({ ...large, model: 'small' })).toBeLessThan(26_000);
  });

  it('stands in message_delta, after the estimate of message_start', async () => {
    simulator.enqueue(
      stream(
        text('fine'),
        metadata(
          { uncachedInputTokens: 90, outputTokens: 20, cacheReadInputTokens: 5, cacheWriteInputTokens: 3 },
          'END_TURN',
        ),
      ),
    );
    const events = await streamed(gateway, {});
    expect(usageOf(events, 'message_start')).toMatchObject({ input_tokens: 10, output_tokens: 1 });
    expect(usageOf(events, 'message_delta')).toMatchObject({
      input_tokens: 90,
      output_tokens: 20,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 3,
    });
  });

  it('is replaced by our own count where it says nothing', async () => {
    simulator.enqueue(stream(text(sentence.repeat(1_000)), metering(0.1)));
    const usage = usageOf(await streamed(gateway, { max_tokens: 20_000 }), 'message_delta');
    expect(usage.input_tokens).toBe(10);
    expect(usage.output_tokens).toBeGreaterThan(12_000);
    expect(usage.output_tokens).toBeLessThan(13_500);
  });

  it('tells apart what was thought', async () => {
    simulator.enqueue(
      stream(reasoning('one two three four five'), text('one two three four five'), goodEnd({ outputTokens: 10 })),
    );
    const response = await post(gateway, { ...QUESTION, thinking: { type: 'adaptive' } });
    expect(await response.json()).toMatchObject({
      usage: { output_tokens: 10, output_tokens_details: { thinking_tokens: 5 } },
    });
  });
});

describe('a prompt that does not fit', () => {
  const tooLong = failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD');
  const sayingNothing = failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID');
  const messageOf = async (response: Response) => ((await response.json()) as { error: { message: string } }).error;

  it.each([
    [true, 'streamed'],
    [false, 'whole'],
  ])('is told in the words that clients make room by (stream: %p)', async (stream) => {
    const response = await post(gateway, { ...QUESTION, stream, model: 'small', messages: prompt(3_000) });
    expect(response.status).toBe(400);
    const { type, message } = (await messageOf(response)) as unknown as { type: string; message: string };
    expect(type).toBe('invalid_request_error');
    const [, tokens] = /^prompt is too long: (\d+) tokens > 1000 maximum$/.exec(message) ?? [];
    expect(Number(tokens)).toBeGreaterThan(2_500);
    // No other account is asked, and none is worse for it.
    expect(asked()).toHaveLength(1);
  });

  it('is larger than the window in what is said, whatever we counted', async () => {
    simulator.enqueue(tooLong);
    const response = await post(gateway, QUESTION);
    expect((await messageOf(response)).message).toBe('prompt is too long: 200001 tokens > 200000 maximum');
  });

  it('is told the same when upstream says nothing of the sort, but the prompt is larger than the window', async () => {
    simulator.enqueue(sayingNothing, sayingNothing, sayingNothing);
    const long = await post(gateway, { ...QUESTION, model: 'small', messages: prompt(3_000) });
    expect(long.status).toBe(400);
    expect((await messageOf(long)).message).toMatch(/^prompt is too long: \d+ tokens > 1000 maximum$/);
    expect(asked()).toHaveLength(1);
  });

  it('is not suspected of a prompt that fits', async () => {
    simulator.enqueue(sayingNothing, sayingNothing, sayingNothing);
    const short = await post(gateway, { ...QUESTION, model: 'small' });
    expect(short.status).toBe(400);
    expect((await messageOf(short)).message).not.toContain('too long');
  });

  it('is told before the stream begins', async () => {
    simulator.enqueue(tooLong);
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(response.status).toBe(400);
    await expect(readEvents(response)).resolves.toEqual([]);
  });
});
