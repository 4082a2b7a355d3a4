import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { failure, goodEnd, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { createEndpoint } from '../support/endpoint-accounts.js';
import { modelsKnown } from '../support/models-known.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const MODEL = 'claude-sonnet-5';
const QUESTION = { model: MODEL, max_tokens: 1000, messages: [{ role: 'user' as const, content: 'Hello' }] };
const TOOL = { name: 'look', input_schema: { type: 'object' as const, properties: { at: { type: 'string' } } } };

let simulator: Simulator;
let inner: RunningGateway;
let outer: RunningGateway;
let client: Anthropic;

/** Client → gateway → gateway → the simulator of Amazon Q. */
beforeAll(async () => {
  simulator = await Simulator.start();
  inner = await startGateway(simulator);
  await modelsKnown(inner, simulator);
  outer = await startGateway(simulator, { accounts: 0, ALLOW_PRIVATE_ENDPOINTS: 'true' });
  const response = await createEndpoint(outer, { baseUrl: `${inner.url}/v1`, apiKey: ADMIN_KEY });
  const { id } = (await response.json()) as { id: string };
  await outer.app.get(ModelList).get(id);
  client = new Anthropic({ baseURL: outer.url, apiKey: ADMIN_KEY, maxRetries: 0 });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await outer.close();
  await inner.close();
  await simulator.close();
});

describe('a gateway behind a gateway', () => {
  it('answers the official SDK', async () => {
    simulator.enqueue(stream(text('Hello '), text('world'), goodEnd()));
    const message = await client.messages.create(QUESTION);
    expect(message).toMatchObject({ model: MODEL, content: [{ text: 'Hello world' }], stop_reason: 'end_turn' });
    expect(message.usage.input_tokens).toBeGreaterThan(0);
  });

  it('streams thinking, text and a tool to the official SDK', async () => {
    simulator.enqueue(
      stream(
        reasoning('Hm'),
        signature('c2ln'),
        text('Looking'),
        toolUse('tooluse_1', 'look', ['{"at":', '"it"}']),
        goodEnd(),
      ),
    );
    const asking = client.messages.stream({ ...QUESTION, thinking: { type: 'adaptive' }, tools: [TOOL] });
    const message = await asking.finalMessage();
    expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
    expect(message.content.at(-1)).toMatchObject({ id: 'tooluse_1', input: { at: 'it' } });
    expect(message.stop_reason).toBe('tool_use');
  });

  it('gives the very bytes of the inner one', async () => {
    const ask = async (gateway: RunningGateway) => {
      simulator.enqueue(stream(text('The same'), goodEnd()));
      const response = await fetch(`${gateway.url}/v1/messages`, {
        method: 'POST',
        headers: { 'x-api-key': ADMIN_KEY },
        body: JSON.stringify({ ...QUESTION, stream: true }),
      });
      return (await response.text()).replaceAll(/msg_[0-9a-f]{32}/g, 'msg_');
    };
    expect(await ask(outer)).toBe(await ask(inner));
  });

  it('lists the models and counts tokens of the inner one', async () => {
    const list = (api: Anthropic) =>
      api.models.list({ limit: 1000 }).then(({ data }) => data.map(({ id }) => id).sort());
    const innerClient = new Anthropic({ baseURL: inner.url, apiKey: ADMIN_KEY });
    expect(await list(client)).toEqual(await list(innerClient));
    const { max_tokens: _none, ...counted } = QUESTION;
    expect(await client.messages.countTokens(counted)).toEqual(await innerClient.messages.countTokens(counted));
  });

  it('passes on what is wrong with a request in the inner one’s words', async () => {
    const asking = client.messages.create({ ...QUESTION, messages: [] });
    await expect(asking).rejects.toMatchObject({ status: 400, message: expect.stringContaining('messages') });
    simulator.enqueue(failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'));
    await expect(client.messages.create(QUESTION)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('prompt is too long'),
    });
  });

  it('keeps a refusal of threads as the SDK’s tool runner needs it', async () => {
    const asking = client.beta.messages.create({ ...QUESTION, thread: { type: 'create' } } as never);
    await expect(asking).rejects.toMatchObject({
      status: 400,
      error: { error: { details: { error_code: 'thread_unsupported_request' } } },
    });
  });
});
