import { request } from 'node:http';
import AnthropicClient from '@anthropic-ai/sdk';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { SimulatedAccount } from '../../simulator/account.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { simulatedModel } from '../../simulator/model-list.js';
import { failure } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Clock } from '../../src/platform/clock.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

/** A gateway on accounts that were told before its start what they list. */
async function startOn(simulator: Simulator, accounts: SimulatedAccount[], settings: Record<string, string> = {}) {
  return startGateway(simulator, { accounts: 0, ...gatewayEnvironment(simulator.url, accounts), ...settings });
}

const listing = (simulator: Simulator, id: string, models: string[]) =>
  simulator.addAccount({ id, models: models.map((model) => simulatedModel(model)) });
const headers = { 'x-api-key': ADMIN_KEY, 'anthropic-version': '2023-06-01' };
const idsOf = (page: unknown) => (page as { data: { id: string }[] }).data.map(({ id }) => id);
const listsAsked = (simulator: Simulator) =>
  simulator.requests.filter(({ operation }) => operation === 'ListAvailableModels').length;

describe('the models', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;

  beforeAll(async () => {
    simulator = await Simulator.start();
    const left = listing(simulator, 'left', ['auto', 'claude-sonnet-4.5', 'claude-opus-4.5', 'claude-3.7-sonnet']);
    const right = listing(simulator, 'right', ['auto', 'claude-sonnet-4.5', 'claude-haiku-5.5', 'gpt-5.6-sol']);
    gateway = await startOn(simulator, [left, right], {
      MODEL_ALIASES: JSON.stringify({
        'gpt-4o': 'claude-sonnet-4.5',
        gone: 'claude-opus-5.5',
        'review-*': 'claude-opus-4.5',
      }),
    });
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  const NEWEST_FIRST = [
    'claude-haiku-5-5',
    'claude-opus-4-5',
    'claude-sonnet-4-5',
    'gpt-4o',
    'claude-3-7-sonnet',
    'auto',
    'gpt-5.6-sol',
  ];
  const get = (path: string) => fetch(gateway.url + path, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: bodies under test, looked into at any depth
  const json = async (path: string): Promise<any> => (await get(path)).json();

  it.each(['/v1/models', '/models', '/v1/v1/models', '/v1//models', '//models'])(
    '%s lists those of all accounts, newest first',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('request-id')).toMatch(/^req_/);
      const page = await response.json();
      expect(idsOf(page)).toEqual(NEWEST_FIRST);
      expect(page).toMatchObject({ has_more: false, first_id: 'claude-haiku-5-5', last_id: 'gpt-5.6-sol' });
    },
  );

  it('shows Claude Code’s discovery every Claude model', async () => {
    const response = await fetch(`${gateway.url}/v1/models?limit=1000`, {
      headers: { authorization: `Bearer ${ADMIN_KEY}`, 'user-agent': 'claude-code/2.1.329' },
      redirect: 'error',
    });
    const page = (await response.json()) as { data: { id: string; display_name: string }[] };
    expect(page.data.filter(({ id }) => id.includes('claude')).map(({ display_name }) => display_name)).toEqual([
      'Claude Haiku 5.5',
      'Claude Opus 4.5',
      'Claude Sonnet 4.5',
      'Claude 3.7 Sonnet',
    ]);
  });

  it('are walked page by page by the SDK, in both directions', async () => {
    const client = new AnthropicClient({ apiKey: ADMIN_KEY, baseURL: gateway.url });
    const walk = async (query: AnthropicClient.Models.ModelListParams) => {
      const pages: string[][] = [];
      const first = await client.models.list(query);
      for await (const page of first.iterPages()) pages.push(idsOf(page));
      return pages;
    };
    expect(await walk({ limit: 3 })).toEqual([
      NEWEST_FIRST.slice(0, 3),
      NEWEST_FIRST.slice(3, 6),
      NEWEST_FIRST.slice(6),
    ]);
    expect(await walk({ limit: 3, before_id: 'gpt-5.6-sol' })).toEqual([
      NEWEST_FIRST.slice(3, 6),
      NEWEST_FIRST.slice(0, 3),
    ]);
    expect(await walk({ lifecycle: ['active', 'retired'] })).toEqual([NEWEST_FIRST]);
    expect(await walk({ lifecycle: ['retired'] })).toEqual([[]]);
  });

  it.each([
    ['limit=0', 'limit: Input should be greater than or equal to 1'],
    ['limit=1001', 'limit: Input should be less than or equal to 1000'],
    ['after_id=gone', "after_id: There is no model 'gone' in this list"],
    ['lifecycle=new', "lifecycle.0: Input should be 'active', 'deprecated' or 'retired'"],
  ])('refuse %s', async (query, message) => {
    const response = await get(`/v1/models?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'invalid_request_error', message } });
  });

  it.each([
    ['claude-opus-4-5', 'claude-opus-4-5'],
    ['claude-opus-4.5', 'claude-opus-4-5'],
    ['claude-opus-4-5-20251101', 'claude-opus-4-5'],
    ['claude-opus-4-5[1m]', 'claude-opus-4-5'],
    ['anthropic/Claude-Opus-4-5-latest', 'claude-opus-4-5'],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', 'claude-opus-4-5'],
    ['gpt-4o', 'gpt-4o'],
    ['review-this', 'review-this'],
    ['gpt-5-mini', 'gpt-5-mini'],
    ['auto', 'auto'],
    ['gpt-5.6-sol', 'gpt-5.6-sol'],
  ])('has one by the name %s', async (name, id) => {
    for (const path of ['/v1/models', '/models']) {
      expect(await json(`${path}/${encodeURIComponent(name)}`)).toMatchObject({ type: 'model', id });
    }
  });

  it.each([
    ['claude-opus-5-5', 'model: claude-opus-5-5'],
    ['gone', 'model: gone'],
    ['anthropic%2Fclaude-opus-9', 'model: anthropic/claude-opus-9'],
    ['..%2F..%2Fhealth', 'model: ../../health'],
    ['%00%0d%0a', 'model: \0\r\n'],
    ['__proto__', 'model: __proto__'],
    ['anthropic/claude-opus-4-5', 'Not found: GET /v1/models/anthropic/claude-opus-4-5'],
  ])('has none by the name %s', async (name, message) => {
    const response = await get(`/v1/models/${name}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ type: 'error', error: { type: 'not_found_error', message } });
  });

  it('repeats no more of a name than any model’s could be long', async () => {
    const { error } = await json(`/v1/models/${'x'.repeat(4000)}`);
    expect(error.message).toBe(`model: ${'x'.repeat(256)}`);
  });

  it('answers a name that can’t be decoded with 400', async () => {
    // fetch would mend it.
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const { hostname, port } = new URL(gateway.url);
    request({ hostname, port, path: '/v1/models/%zz', headers }, (response) =>
      resolve(response.resume().statusCode),
    ).end();
    expect(await promise).toBe(400);
  });

  it('wants a key, and answers HEAD', async () => {
    expect((await fetch(`${gateway.url}/v1/models`)).status).toBe(401);
    expect((await fetch(`${gateway.url}/v1/models/auto`)).status).toBe(401);
    const head = await fetch(`${gateway.url}/v1/models`, { method: 'HEAD', headers });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  describe('in OpenAI’s shape', () => {
    const client = () => new OpenAI({ apiKey: ADMIN_KEY, baseURL: `${gateway.url}/v1`, maxRetries: 0 });

    it('are listed for all who send no anthropic-version, whatever else they ask for', async () => {
      const response = await fetch(`${gateway.url}/v1/models?limit=1`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
      const list = (await response.json()) as { data: object[] };
      expect(Object.keys(list)).toEqual(['object', 'data']);
      expect(idsOf(list)).toEqual(NEWEST_FIRST);
      expect(list.data[1]).toEqual({
        id: 'claude-opus-4-5',
        object: 'model',
        created: Date.parse('2025-11-24') / 1000,
        owned_by: 'anthropic',
      });
    });

    it('are read by the SDK', async () => {
      const ids: string[] = [];
      for await (const model of client().models.list()) ids.push(model.id);
      expect(ids).toEqual(NEWEST_FIRST);
      expect(await client().models.retrieve('anthropic/claude-opus-4.5')).toMatchObject({ id: 'claude-opus-4-5' });
      expect(await client().models.retrieve('gpt-4o')).toMatchObject({ id: 'gpt-4o', object: 'model' });
    });

    it('are not found by name in OpenAI’s envelope', async () => {
      await expect(client().models.retrieve('acme/none')).rejects.toMatchObject({
        status: 404,
        code: 'model_not_found',
        param: 'model',
        type: 'invalid_request_error',
        message: expect.stringContaining("'acme/none'"),
      });
    });

    it('have Codex’ own catalogue beside them when it asks', async () => {
      const response = await fetch(`${gateway.url}/v1/models?client_version=0.169.0`, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      const { data, models } = (await response.json()) as { data: { id: string }[]; models: { slug: string }[] };
      expect(models.map(({ slug }) => slug)).toEqual(NEWEST_FIRST);
      expect(data.map(({ id }) => id)).toEqual(NEWEST_FIRST);
    });
  });

  it.each([
    ['claude-opus-4-5-20251101', 'claude-opus-4.5'],
    ['gpt-4o', 'claude-sonnet-4.5'],
    ['openai/gpt-4o-2024-08-06', 'claude-sonnet-4.5'],
    ['review-gpt-5', 'claude-opus-4.5'],
    ['gpt-5', 'claude-sonnet-4.5'],
    ['gpt-5-pro', 'claude-opus-4.5'],
    ['o4-mini', 'claude-haiku-5.5'],
    ['gpt-5.6-sol', 'gpt-5.6-sol'],
  ])('answer to %s as %s, and say so beside the client’s own name', async (model, upstreamId) => {
    const asked = simulator.requests.length;
    const response = await post(gateway, { ...QUESTION, model });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-amq-model')).toBe(upstreamId);
    expect(await response.json()).toMatchObject({ model });
    expect(JSON.stringify(simulator.requests.slice(asked))).toContain(`"modelId":"${upstreamId}"`);
    const requestId = response.headers.get('request-id');
    await eventually(() => gateway.logs.some((line) => line.msg === 'request' && line.requestId === requestId));
    expect(gateway.logs.find((line) => line.requestId === requestId && line.msg === 'request')).toMatchObject({
      model,
      upstreamModel: upstreamId,
    });
  });

  it('have a GPT answered by the one account that lists it, never by a Claude of another', async () => {
    for (let turn = 0; turn < 4; turn++) {
      const response = await post(gateway, { ...QUESTION, model: 'gpt-5.6-sol' });
      expect(response.headers.get('x-amq-account')).toBe('right');
    }
  });

  it('can each be asked under the id in the list', async () => {
    for (const model of NEWEST_FIRST) expect((await post(gateway, { ...QUESTION, model })).status).toBe(200);
  });

  it('are asked for once an hour, however many want them', async () => {
    const clock = gateway.app.get(Clock);
    const now = clock.now.bind(clock);
    expect(listsAsked(simulator)).toBe(2);
    for (const account of simulator.accounts) account.models = [simulatedModel('claude-fable-5.1')];
    clock.now = () => now() + 3_500_000;
    await Promise.all(Array.from({ length: 50 }, () => get('/v1/models')));
    expect(listsAsked(simulator)).toBe(2);

    clock.now = () => now() + 3_700_000;
    // Old ones are shown while new ones are asked for.
    expect(idsOf(await json('/v1/models'))).toEqual(NEWEST_FIRST);
    await eventually(async () => idsOf(await json('/v1/models')).join() === 'claude-fable-5-1');
    await Promise.all(Array.from({ length: 50 }, () => get('/v1/models/claude-fable-5-1')));
    expect(listsAsked(simulator)).toBe(4);
    expect((await get('/v1/models/claude-opus-4-5')).status).toBe(404);
  });
});

describe('the models, when accounts are missing', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });
  afterAll(() => simulator.close());

  const ask = async (gateway: RunningGateway, path: string) => {
    const response = await fetch(gateway.url + path, { headers });
    return { status: response.status, body: await response.json() };
  };

  it('are those of the accounts that can be asked', async () => {
    const broken = listing(simulator, 'broken', ['claude-opus-4.5']);
    broken.controlPlaneFailure = { kind: 'error', status: 403, type: 'AccessDeniedException', message: 'no' };
    const gateway = await startOn(simulator, [listing(simulator, 'good', ['claude-sonnet-4.5']), broken]);
    expect(idsOf((await ask(gateway, '/v1/models')).body)).toEqual(['claude-sonnet-4-5']);
    expect(await ask(gateway, '/v1/models/claude-opus-4-5')).toMatchObject({ status: 404 });
    await gateway.close();
  });

  it('are none where nobody can be asked, and it is not said that one does not exist', async () => {
    const lost = listing(simulator, 'lost', ['claude-opus-4.5']);
    lost.controlPlaneFailure = { kind: 'error', status: 500 };
    const gateway = await startOn(simulator, [lost]);
    expect(await ask(gateway, '/v1/models')).toMatchObject({ status: 200, body: { data: [] } });
    expect(await ask(gateway, '/v1/models/claude-opus-4-5')).toMatchObject({
      status: 502,
      body: { error: { type: 'api_error', message: 'No account could be asked for its models' } },
    });
    await gateway.close();
  });

  it('are none without any account', async () => {
    const gateway = await startOn(simulator, []);
    expect(await ask(gateway, '/v1/models')).toEqual({
      status: 200,
      body: { data: [], has_more: false, first_id: null, last_id: null },
    });
    expect(await ask(gateway, '/v1/models/auto')).toMatchObject({ status: 404 });
    await gateway.close();
  });
});

describe('OpenAI’s names for models', () => {
  let simulator: Simulator;

  beforeAll(async () => {
    simulator = await Simulator.start();
  });
  afterAll(() => simulator.close());

  it('are not found where they are refused, but for those the operator gave', async () => {
    const gateway = await startOn(simulator, [listing(simulator, 'one', ['claude-sonnet-4.5'])], {
      OPENAI_MODEL_NAMES: 'refuse',
      MODEL_ALIASES: '{"gpt-4o":"claude-sonnet-4.5"}',
    });
    expect((await post(gateway, { ...QUESTION, model: 'gpt-4o' })).status).toBe(200);
    const refused = await post(gateway, { ...QUESTION, model: 'gpt-5' });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ error: { message: 'model: gpt-5' } });
    await gateway.close();
  });

  it('of a listed model are not answered by a Claude when its account fails', async () => {
    const accounts = [
      listing(simulator, 'claudes', ['claude-sonnet-4.5']),
      listing(simulator, 'gpts', ['gpt-5.6-sol']),
    ];
    const gateway = await startOn(simulator, accounts);
    await fetch(`${gateway.url}/v1/models`, { headers });
    simulator.enqueue(...Array.from({ length: 4 }, () => failure(429, 'ThrottlingException', 'slow down')));
    const response = await post(gateway, { ...QUESTION, model: 'gpt-5.6-sol' });
    expect([response.status, response.headers.get('x-amq-account')]).toEqual([429, 'gpts']);
    simulator.reset();
    await gateway.close();
  });

  it('stand for what most accounts have while no list is known', async () => {
    const lost = listing(simulator, 'lost', ['claude-sonnet-4.5', 'claude-sonnet-5']);
    lost.controlPlaneFailure = { kind: 'error', status: 500 };
    const gateway = await startOn(simulator, [lost]);
    const response = await post(gateway, { ...QUESTION, model: 'gpt-5' });
    expect([response.status, response.headers.get('x-amq-model')]).toEqual([200, 'claude-sonnet-4.5']);
    const foreign = await post(gateway, { ...QUESTION, model: 'модель\r\nx: y' });
    expect([foreign.status, foreign.headers.get('x-amq-model')]).toEqual([400, null]);
    await gateway.close();
  });
});
