import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { simulatedModel } from '../../simulator/model-list.js';
import { Simulator } from '../../simulator/simulator.js';
import { post, QUESTION } from '../support/ask.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { askWith, type LimitedKey, limitedKey, PROTOCOLS } from '../support/limited-keys.js';
import { modelsKnown } from '../support/models-known.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const HAIKU_ONLY = { allowedModels: ['claude-haiku*'] };
const ALIASES = { smart: 'claude-sonnet-4.5', fast: 'claude-haiku-4.5', 'claude-haiku-next*': 'claude-sonnet-4.5' };

const listing = (simulator: Simulator, id: string, models: string[]) =>
  simulator.addAccount({ id, models: models.map((model) => simulatedModel(model)) });

async function startOn(simulator: Simulator, environment: Record<string, string> = {}) {
  const accounts = gatewayEnvironment(simulator.url, simulator.accounts);
  return startGateway(simulator, { accounts: 0, ...accounts, ...environment });
}

describe('a key for some models', () => {
  let simulator: Simulator;
  let endpoint: AnthropicEndpoint;
  let gateway: RunningGateway;
  let haiku: LimitedKey;

  beforeAll(async () => {
    simulator = await Simulator.start();
    listing(simulator, 'one', ['auto', 'claude-sonnet-4.5', 'claude-haiku-4.5', 'gpt-5.6-sol']);
    gateway = await startOn(simulator, {
      MODEL_ALIASES: JSON.stringify(ALIASES),
      ALLOW_PRIVATE_ENDPOINTS: 'true',
    });
    await modelsKnown(gateway, simulator);
    endpoint = await AnthropicEndpoint.start({ models: ['claude-haiku-9', 'claude-opus-9'] });
    await addEndpoint(gateway, endpoint);
    haiku = await limitedKey(gateway, HAIKU_ONLY);
  });
  beforeEach(() => {
    simulator.reset();
    endpoint.reset();
  });
  afterAll(async () => {
    await gateway.close();
    await Promise.all([simulator.close(), endpoint.close()]);
  });

  const asked = () => simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse').length;
  const nobodyAsked = () => asked() === 0 && endpoint.messages.length === 0;

  describe.each([...PROTOCOLS, '/v1/responses/compact', '/v1/messages/count_tokens', '/v1/responses/input_tokens'])(
    'on %s',
    (path) => {
      const isResponses = path.startsWith('/v1/responses');
      const ask = (model: string, { secret }: LimitedKey = haiku) => {
        const { max_tokens, messages } = QUESTION;
        const conversation = isResponses ? { input: 'Hello' } : { messages };
        const limit = path === '/v1/messages' ? { max_tokens } : {};
        return post(gateway, { model, ...conversation, ...limit }, { path, headers: { 'x-api-key': secret } });
      };

      it.each([
        'claude-haiku-4-5',
        'claude-haiku-4.5',
        'claude-haiku-4-5-20251001',
        'Claude-Haiku-4-5[1m]',
        'anthropic/claude-haiku-4-5',
        'gpt-4o-mini',
        'fast',
      ])('may ask for %s', async (model) => {
        expect((await ask(model)).status).toBe(200);
      });

      it.each([
        'claude-sonnet-4-5',
        'claude-sonnet-4.5',
        'claude-sonnet-4-5-20250929',
        'CLAUDE-SONNET-4-5[1m]',
        'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
        'gpt-4o',
        'gpt-haiku',
        'o3-pro',
        'smart',
        'claude-haiku-next-1',
        'auto',
        'gpt-5.6-sol',
        'claude-opus-9',
        'nobody-has-it',
      ])('may not ask for %s', async (model) => {
        const refused = await ask(model);
        expect(refused.status).toBe(403);
        expect(refused.headers.get('x-should-retry')).toBe('false');
        expect(await refused.json()).toMatchObject({
          error: {
            type: 'permission_error',
            message: `This API key may not use the model '${model}'.`,
            ...(!path.startsWith('/v1/messages') && { code: 'permission_denied', param: 'model' }),
          },
        });
        expect(nobodyAsked()).toBe(true);
      });
    },
  );

  it('refuses before a place is taken, and counts it', async () => {
    const limited = await limitedKey(gateway, { ...HAIKU_ONLY, requestsPerMinute: 1 });
    const refused = await askWith(gateway, limited, '/v1/messages', { model: 'claude-sonnet-4-5' });
    expect(refused.status).toBe(403);
    expect(refused.headers.get('anthropic-ratelimit-requests-limit')).toBeNull();
    expect((await askWith(gateway, limited, '/v1/messages', { model: 'claude-haiku-4-5' })).status).toBe(200);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/amq_gateway_key_refusals_total\{limit="allowed_models"\} \d+/);
  });

  it('may use OpenAI’s names where those are allowed, and no others', async () => {
    const openai = await limitedKey(gateway, { allowedModels: ['gpt-4*', 'smart'] });
    for (const model of ['gpt-4o', 'GPT-4o-2024-08-06', 'gpt-4o-mini', 'smart']) {
      expect((await askWith(gateway, openai, '/v1/chat/completions', { model })).status).toBe(200);
    }
    for (const model of ['claude-sonnet-4-5', 'gpt-5', 'fast', 'gpt-5.6-sol']) {
      expect((await askWith(gateway, openai, '/v1/chat/completions', { model })).status).toBe(403);
    }
  });

  describe.each(['/v1/messages', '/v1/messages/count_tokens'])('on %s', (path) => {
    const advisor = (model: string) => ({ type: 'advisor_20260301', name: 'advisor', model });
    const askEndpoint = (fields: object) =>
      post(
        gateway,
        { ...QUESTION, model: 'claude-haiku-9', ...fields },
        { path, headers: { 'x-api-key': haiku.secret } },
      );
    const added = (model: string) => {
      const tool = { type: 'tool_definition', definition: advisor(model) };
      return { messages: [...QUESTION.messages, { role: 'system', content: [{ type: 'tool_addition', tool }] }] };
    };

    it.each<[string, object]>([
      ['claude-opus-9', { fallbacks: [{ model: 'claude-haiku-9' }, { model: 'claude-opus-9' }] }],
      ['default', { fallbacks: 'default' }],
      ['claude-opus-9', { tools: [advisor('claude-opus-9')] }],
      ['claude-opus-9', added('claude-opus-9')],
      // What our own names mean is nothing to an endpoint.
      ['fast', { fallbacks: [{ model: 'fast' }] }],
    ])('may not have an endpoint ask for %s beside it: %j', async (model, fields) => {
      const refused = await askEndpoint(fields);
      expect(refused.status).toBe(403);
      expect(await refused.text()).toContain(`may not use the model '${model}'`);
      expect(nobodyAsked()).toBe(true);
    });

    it('may have an endpoint ask for another that is allowed', async () => {
      const answer = await askEndpoint({ fallbacks: [{ model: 'claude-haiku-4-5-20251001' }] });
      expect(answer.status).toBe(200);
    });
  });

  it('asks an endpoint for the model that was checked, however often the request names one', async () => {
    const body = (...models: string[]) =>
      `{${models.map((model) => `"model":"${model}",`).join('')}"max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}`;
    const headers = { 'x-api-key': haiku.secret };
    expect((await post(gateway, body('claude-opus-9', 'claude-haiku-9'), { headers })).status).toBe(200);
    const sent = endpoint.messages.map(({ bytes }) => bytes.toString()).join();
    expect(sent).toContain('claude-haiku-9');
    expect(sent).not.toContain('claude-opus-9');
    expect((await post(gateway, body('claude-haiku-9', 'claude-opus-9'), { headers })).status).toBe(403);
    const fallbacks = '"fallbacks":[{"model":"claude-opus-9"}],"fallbacks":[{"model":"claude-haiku-9"}],';
    endpoint.reset();
    expect((await post(gateway, body('claude-haiku-9').replace('{', `{${fallbacks}`), { headers })).status).toBe(200);
    expect(endpoint.messages.map(({ bytes }) => bytes.toString()).join()).not.toContain('claude-opus-9');
  });

  describe('lists only those', () => {
    const get = async (path: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(gateway.url + path, { headers: { 'x-api-key': haiku.secret, ...headers } });
      // biome-ignore lint/suspicious/noExplicitAny: bodies under test, looked into at any depth
      return { status: answer.status, body: (await answer.json()) as any };
    };
    const idsOf = ({ body }: Awaited<ReturnType<typeof get>>) => body.data.map(({ id }: { id: string }) => id);
    const ANTHROPIC = { 'anthropic-version': '2023-06-01' };
    const MINE = ['claude-haiku-4-5', 'claude-haiku-9', 'fast'];

    it.each([{}, ANTHROPIC])('in the shape for %j', async (headers) => {
      expect(idsOf(await get('/v1/models', headers)).toSorted()).toEqual(MINE);
    });

    it('a page at a time', async () => {
      const pages: string[] = [];
      for (let after = ''; ; ) {
        const page = await get(`/v1/models?limit=1${after}`, ANTHROPIC);
        pages.push(...idsOf(page));
        if (!page.body.has_more) break;
        after = `&after_id=${page.body.last_id}`;
      }
      expect(pages.toSorted()).toEqual(MINE);
      const behind = await get('/v1/models?after_id=claude-sonnet-4-5', ANTHROPIC);
      expect(behind.status).toBe(400);
    });

    it('for Codex', async () => {
      const { body } = await get('/v1/models?client_version=1.0.0');
      expect(body.models.map(({ slug }: { slug: string }) => slug).toSorted()).toEqual(MINE);
    });

    it('one by one, and the others are not there', async () => {
      for (const headers of [{}, ANTHROPIC]) {
        expect(await get('/v1/models/claude-haiku-4-5-20251001', headers)).toMatchObject({
          status: 200,
          body: { id: 'claude-haiku-4-5' },
        });
        for (const model of ['claude-sonnet-4-5', 'gpt-4o', 'smart', 'claude-opus-9', 'gpt-haiku']) {
          expect((await get(`/v1/models/${model}`, headers)).status).toBe(404);
        }
      }
    });
  });
});

describe('a key for one model, where a name leads to another at each account', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;

  beforeAll(async () => {
    simulator = await Simulator.start();
    listing(simulator, 'older', ['claude-sonnet-4.5']);
    listing(simulator, 'newer', ['claude-sonnet-5']);
    gateway = await startOn(simulator);
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  it('is answered by that model from the first request on, and by the accounts that have it', async () => {
    const key = await limitedKey(gateway, { allowedModels: ['claude-sonnet-5'] });
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => askWith(gateway, key, '/v1/chat/completions', { model: 'gpt-4o' })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    expect(new Set(answers.map(({ headers }) => headers.get('x-amq-model')))).toEqual(new Set(['claude-sonnet-5']));
    expect(new Set(answers.map(({ headers }) => headers.get('x-amq-account')))).toEqual(new Set(['newer']));
  });

  it('is not answered at all where no account has it', async () => {
    const key = await limitedKey(gateway, { allowedModels: ['claude-opus*'] });
    for (const model of ['gpt-4o', 'claude-sonnet-5']) {
      expect((await askWith(gateway, key, '/v1/messages', { model })).status).toBe(403);
    }
    expect((await askWith(gateway, key, '/v1/messages', { model: 'claude-opus-5' })).status).toBe(404);
  });
});
