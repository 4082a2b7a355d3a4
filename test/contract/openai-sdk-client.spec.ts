import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { Simulator } from '../../simulator/simulator.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { WEATHER_QUESTION } from '../support/weather.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { MODEL_ALIASES: JSON.stringify({ 'gpt-5': 'claude-sonnet-5' }) });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const connect = () => connectOpenai(gateway).client;
const question = { model: 'claude-sonnet-5', messages: [{ role: 'user' as const, content: WEATHER_QUESTION }] };

describe('the client', () => {
  it.each(['', '/v1', '/v1/', '/', '//v1/'])('finds its way with a base URL that ends in "%s"', async (end) => {
    const { client } = connectOpenai(gateway, { baseURL: gateway.url + end });
    expect((await client.chat.completions.create(question)).choices[0]?.finish_reason).toBe('stop');
    expect((await client.models.list()).data.length).toBeGreaterThan(0);
  });

  it.each([
    ['authorization', {}],
    ['api-key', { authorization: null, 'api-key': ADMIN_KEY }],
    ['x-api-key', { authorization: null, 'x-api-key': ADMIN_KEY }],
  ])('is let in by its key in %s', async (_where, defaultHeaders) => {
    const { client } = connectOpenai(gateway, { defaultHeaders });
    expect((await client.chat.completions.create(question)).choices[0]?.finish_reason).toBe('stop');
  });

  it('lists the models and retrieves each', async () => {
    const models: OpenAI.Model[] = [];
    for await (const model of connect().models.list()) models.push(model);
    expect(models.map(({ id }) => id)).toEqual(expect.arrayContaining(['claude-sonnet-5', 'claude-opus-4-6', 'gpt-5']));
    for (const model of models) {
      expect(model).toMatchObject({ object: 'model', created: expect.any(Number), owned_by: expect.any(String) });
      expect(await connect().models.retrieve(model.id)).toMatchObject({ ...model });
    }
    expect(await connect().models.retrieve('anthropic/claude-sonnet-5')).toMatchObject({ object: 'model' });
  });

  it.each<[string, (client: OpenAI) => PromiseLike<unknown>]>([
    ['stored completions', (client) => client.chat.completions.retrieve('chatcmpl-1')],
    ['completions to list', (client) => client.chat.completions.list()],
    ['embeddings', (client) => client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' })],
    ['files', (client) => client.files.list()],
    ['images', (client) => client.images.generate({ prompt: 'x' })],
    ['older completions', (client) => client.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'x' })],
  ])('is told that there are no %s', async (_what, call) => {
    const error = await Promise.resolve(call(connect())).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({ status: 404, type: 'invalid_request_error', requestID: expect.stringMatching(/./) });
  });
});
