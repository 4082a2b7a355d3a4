import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf, eventOf, jsonOf, streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { failure, goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Clock } from '../../src/platform/clock.js';
import type { Allowance } from '../../src/platform/state/allowance.js';
import { StateStore } from '../../src/platform/state/state-store.js';
import { Spending } from '../../src/proxy/spending/spending.service.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnSqlite } from '../support/databases.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { askWith, type LimitedKey, limitedKey, PROTOCOLS, type ProtocolPath } from '../support/limited-keys.js';
import { modelsKnown } from '../support/models-known.js';
import { open } from '../support/raw-http.js';
import { describeWith } from '../support/services.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const good = () => stream(text('fine'), goodEnd());
/** Until its client leaves. */
const unending = () => stream(text('begun'), pause(60_000));
/** An answer of 1,000 tokens is expected, to a few of a question: of twenty, and no more, one of these is enough. */
const FOR_TWENTY = [
  { requestsPerMinute: 20 },
  { tokensPerMinute: 20_999 },
  { maxConcurrent: 20 },
  { monthlyTokenBudget: 20_999 },
  { monthlyCostBudget: 0.2095 },
];

/** How many of 200 requests at once are let in, and go on; the others are refused, and nothing else happens. */
async function lettingIn(gateways: readonly RunningGateway[], key: LimitedKey): Promise<number> {
  const clients = new AbortController();
  const answers = await Promise.all(
    Array.from({ length: 200 }, (_, index) => {
      const gateway = gateways[index % gateways.length] as RunningGateway;
      return askWith(gateway, key, PROTOCOLS[index % 3], { stream: true }, { signal: clients.signal });
    }),
  );
  const statuses = answers.map(({ status }) => status);
  clients.abort();
  expect(statuses.filter((status) => status !== 200)).toEqual(statuses.filter((status) => status === 429));
  return statuses.filter((status) => status === 200).length;
}

const settled: jest.Mock<Allowance['settle']>[] = [];

/** Every allowance that is given out from now on is to be settled, whatever becomes of its request. */
function watchAllowances({ app }: RunningGateway) {
  const state = app.get(StateStore);
  const take = state.takeAllowance.bind(state);
  return jest.spyOn(state, 'takeAllowance').mockImplementation(async (...asked) => {
    const answer = await take(...asked);
    if ('refused' in answer) return answer;
    const { standings, settle } = answer.allowance;
    const watched = jest.fn<Allowance['settle']>((used) => settle.call(answer.allowance, used));
    settled.push(watched);
    return { allowance: { standings, settle: watched } };
  });
}

const allSettled = () => eventually(() => settled.every((settle) => settle.mock.calls.length > 0));
const lastUsed = async () => {
  await allSettled();
  return settled.at(-1)?.mock.calls[0]?.[0];
};

describe('a key with limits', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let taken: ReturnType<typeof watchAllowances>;

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 2, SHUTDOWN_GRACE: 1, ALLOW_PRIVATE_ENDPOINTS: 'true' });
    await modelsKnown(gateway, simulator);
    taken = watchAllowances(gateway);
  });
  beforeEach(() => {
    simulator.reset();
    simulator.answer(good);
  });
  afterEach(() => {
    jest.restoreAllMocks();
    taken = watchAllowances(gateway);
    return eventually(() => simulator.openStreams === 0);
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
    expect(settled.length).toBeGreaterThan(50);
    for (const settle of settled) expect(settle).toHaveBeenCalledTimes(1);
  });

  const key = (limits: object) => limitedKey(gateway, limits);
  const ask = (key: LimitedKey, path?: ProtocolPath, fields?: object, init?: RequestInit) =>
    askWith(gateway, key, path, fields, init);
  const asked = () => simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse').length;

  it.each(FOR_TWENTY)('gets no request more than it may, of 200 at once: %j', async (limits) => {
    simulator.answer(unending);
    const limited = await key(limits);
    expect(await lettingIn([gateway], limited)).toBe(20);
    expect(asked()).toBe(20);
  });

  it.each([{ requestsPerMinute: 2 }, { tokensPerMinute: 2_500 }])(
    'has as much again when it was told, and not before: %j',
    async (limits) => {
      simulator.answer(() => stream(text('fine'), goodEnd({ uncachedInputTokens: 500, outputTokens: 500 })));
      const limited = await key(limits);
      const answers: Response[] = [];
      const statuses = async () => {
        for (let count = 0; count < 3; count++) {
          answers.push(await ask(limited));
          await allSettled();
        }
        return answers.slice(-3).map(({ status }) => status);
      };
      const clock = gateway.app.get(Clock);
      const start = clock.now();
      const time = jest.spyOn(clock, 'now').mockReturnValue(start);
      expect(await statuses()).toEqual([200, 200, 429]);
      const seconds = Number(answers.at(-1)?.headers.get('retry-after'));
      time.mockReturnValue(start + (seconds - 1) * 1000);
      expect(await statuses()).toEqual([429, 429, 429]);
      time.mockReturnValue(start + seconds * 1000);
      expect(await statuses()).toEqual([200, 200, 429]);
    },
  );

  it.each([{ monthlyTokenBudget: 1_030 }, { monthlyCostBudget: 0.0152 }])(
    'has its budget again with the next month: %j',
    async (limits) => {
      simulator.answer(() => stream(text('fine'), goodEnd({ uncachedInputTokens: 500, outputTokens: 500 })));
      const limited = await key(limits);
      const status = async () => {
        await allSettled();
        return (await ask(limited)).status;
      };
      expect([await status(), await status()]).toEqual([200, 429]);
      const clock = gateway.app.get(Clock);
      const date = new Date(clock.now());
      const next = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
      const time = jest.spyOn(clock, 'now').mockReturnValue(next - 1);
      expect(await status()).toBe(429);
      time.mockReturnValue(next);
      expect([await status(), await status()]).toEqual([200, 429]);
    },
  );

  describe.each(PROTOCOLS)('on %s', (path) => {
    const isAnthropic = path === '/v1/messages';
    const names = (what: string) => {
      const words = ['limit', 'remaining', 'reset'];
      return words.map((word) => (isAnthropic ? `anthropic-ratelimit-${what}-${word}` : `x-ratelimit-${word}-${what}`));
    };
    const told = ({ headers }: Response, what: string) => names(what).map((name) => headers.get(name));

    it.each([false, true])('is told what is left, stream: %s', async (isStream) => {
      const limited = await key({ requestsPerMinute: 5, tokensPerMinute: 10_000 });
      const answer = await ask(limited, path, { stream: isStream });
      await answer.text();
      expect(answer.status).toBe(200);
      const [limit, remaining, reset] = told(answer, 'requests');
      expect([limit, remaining]).toEqual(['5', '4']);
      expect(reset).toMatch(isAnthropic ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : /^(\d+m)?\d+s$/);
      const [tokens, left] = told(answer, 'tokens');
      expect(tokens).toBe('10000');
      // "Hello" and the answer that is expected.
      expect(Number(left)).toBeGreaterThan(8_900);
      expect(Number(left)).toBeLessThan(9_000);
    });

    it('is refused in the API’s form, told when to come again', async () => {
      const limited = await key({ requestsPerMinute: 1 });
      expect((await ask(limited, path, { stream: true })).status).toBe(200);
      const refused = await ask(limited, path, { stream: true });
      expect(refused.status).toBe(429);
      const seconds = Number(refused.headers.get('retry-after'));
      expect(seconds).toBeGreaterThan(50);
      expect(seconds).toBeLessThanOrEqual(61);
      expect(told(refused, 'requests').slice(0, 2)).toEqual(['1', '0']);
      expect(refused.headers.get('x-amq-account')).toBeNull();
      expect(await refused.json()).toMatchObject({
        error: {
          type: 'rate_limit_error',
          message: `This API key is limited to 1 requests per minute. Please try again in ${seconds}s.`,
          ...(!isAnthropic && { code: 'rate_limit_exceeded' }),
        },
      });
      expect(asked()).toBe(1);
    });

    it('is told that what needs more than a minute has does not help to be tried again', async () => {
      const limited = await key({ tokensPerMinute: 200 });
      const refused = await ask(limited, path);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBeNull();
      expect(refused.headers.get('retry-after-ms')).toBeNull();
      expect(refused.headers.get('x-should-retry')).toBe('false');
      expect(told(refused, 'tokens').slice(0, 2)).toEqual(['200', '200']);
      const { error } = (await refused.json()) as { error: { type: string; message: string } };
      expect(error.type).toBe('rate_limit_error');
      expect(error.message).toMatch(/^This request may need 1,0\d\d tokens, more than .* 200 tokens per minute\.$/);
      expect(asked()).toBe(0);
    });

    it.each([
      ['monthlyTokenBudget', 1_030, '1,030 tokens'],
      ['monthlyCostBudget', 0.0152, '0.0152 USD'],
    ])('has no more than its %s', async (budget, most, spelled) => {
      const limited = await key({ [budget]: most });
      simulator.answer(() => stream(text('fine'), goodEnd({ uncachedInputTokens: 500, outputTokens: 500 })));
      expect((await ask(limited, path)).status).toBe(200);
      await allSettled();
      const refused = await ask(limited, path);
      expect(refused.status).toBe(429);
      expect(refused.headers.get('retry-after')).toBeNull();
      expect(refused.headers.get('x-should-retry')).toBe('false');
      const { error } = (await refused.json()) as { error: Record<string, string> };
      expect(error.message).toContain(
        `monthly budget of ${spelled} has no room for this request. It begins anew on 20`,
      );
      if (!isAnthropic) expect(error).toMatchObject({ type: 'insufficient_quota', code: 'insufficient_quota' });
      expect(asked()).toBe(1);
    });

    it('gives its place back on every path', async () => {
      const limited = await key({ maxConcurrent: 1 });
      const passes = async (fields: object = {}) => {
        await allSettled();
        const answer = await ask(limited, path, fields);
        await answer.text();
        expect(answer.status).not.toBe(429);
        return answer.status;
      };
      expect(await passes()).toBe(200);
      expect(await passes({ stream: true })).toBe(200);
      expect(await passes({ model: 'nobody-has-it' })).toBe(404);
      simulator.enqueue(failure(400, 'ValidationException', 'wrong'));
      expect(await passes()).toBe(400);
      simulator.enqueue(stream(text('half'), { cut: true }));
      await passes({ stream: true });

      for (const begins of [false, true]) {
        const client = new AbortController();
        const before = asked();
        simulator.enqueue(begins ? stream(text('begun'), pause(60_000)) : { kind: 'silence' });
        const gone = ask(limited, path, { stream: true }, { signal: client.signal });
        if (begins) await (await gone).body?.getReader().read();
        else await eventually(() => asked() > before);
        const busy = await ask(limited, path);
        expect(busy.status).toBe(429);
        expect(busy.headers.get('retry-after')).toBe('1');
        client.abort();
        await gone.catch(() => undefined);
        expect(await passes()).toBe(200);
      }
    });

    it('is charged for what was used, not for what was expected', async () => {
      const limited = await key({ tokensPerMinute: 100_000 });
      const usage = { uncachedInputTokens: 10, outputTokens: 5, cacheReadInputTokens: 7, cacheWriteInputTokens: 3 };
      simulator.answer(() => stream(text('fine'), goodEnd(usage)));
      const left = async () => {
        await allSettled();
        const answer = await ask(limited, path, { stream: true });
        await answer.text();
        return Number(told(answer, 'tokens')[1]);
      };
      const first = await left();
      expect(first - (await left())).toBe(25);
      // What never was answered costs nothing.
      simulator.enqueue(failure(400, 'ValidationException', 'wrong'));
      await left();
      expect(first - (await left())).toBe(50);
    });
  });

  it('is charged for what came of an answer that its client left', async () => {
    const limited = await key({ tokensPerMinute: 100_000 });
    simulator.enqueue(stream(text('word '.repeat(100)), pause(60_000)));
    const client = new AbortController();
    const answer = await ask(limited, '/v1/messages', { stream: true }, { signal: client.signal });
    await answer.body?.getReader().read();
    client.abort();
    const used = await lastUsed();
    expect(used?.tokens).toBeGreaterThan(100);
    expect(used?.tokens).toBeLessThan(250);
  });

  it('is charged for what it asked when it left before the answer', async () => {
    const limited = await key({ tokensPerMinute: 100_000 });
    simulator.enqueue({ kind: 'silence' });
    const client = new AbortController();
    const messages = [{ role: 'user', content: 'word '.repeat(500) }];
    const gone = ask(limited, '/v1/messages', { messages }, { signal: client.signal });
    await eventually(() => asked() === 1);
    client.abort();
    await gone.catch(() => undefined);
    const used = await lastUsed();
    expect(used?.tokens).toBeGreaterThan(450);
    expect(used?.tokens).toBeLessThan(900);
  });

  it('pays a request that no account was asked for with a place in its minute only', async () => {
    const limited = await key({ tokensPerMinute: 100_000, requestsPerMinute: 5 });
    expect((await ask(limited, '/v1/messages', { model: 'nobody-has-it' })).status).toBe(404);
    expect(await lastUsed()).toEqual({ tokens: 0, cost: 0 });
    const next = await ask(limited);
    expect(next.headers.get('anthropic-ratelimit-requests-remaining')).toBe('3');
  });

  it('may count tokens, list models and compact within its limits', async () => {
    const limited = await key({ requestsPerMinute: 1, maxConcurrent: 1 });
    const headers = { 'x-api-key': limited.secret };
    for (let count = 0; count < 3; count++) {
      expect((await post(gateway, QUESTION, { path: '/v1/messages/count_tokens', headers })).status).toBe(200);
      const body = { model: QUESTION.model, input: 'Hello' };
      expect((await post(gateway, body, { path: '/v1/responses/input_tokens', headers })).status).toBe(200);
      expect((await fetch(`${gateway.url}/v1/models`, { headers })).status).toBe(200);
    }
    expect(taken).not.toHaveBeenCalled();
    const compact = () =>
      post(gateway, { model: QUESTION.model, input: 'Hello' }, { path: '/v1/responses/compact', headers });
    expect((await compact()).status).toBe(200);
    const refused = await compact();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
  });

  it('counts the conversation that a response goes on with', async () => {
    const limited = await key({ tokensPerMinute: 100_000 });
    const long = { input: 'word '.repeat(2_000), store: true };
    const first = (await (await ask(limited, '/v1/responses', long)).json()) as { id: string };
    await allSettled();
    await ask(limited, '/v1/responses', { previous_response_id: first.id });
    const [, , estimate] = taken.mock.calls.at(-1) ?? [];
    expect(estimate?.tokens).toBeGreaterThan(2_000);
  });

  it('is named in the log line with the limit, and counted', async () => {
    const limited = await key({ requestsPerMinute: 1 });
    await ask(limited);
    await ask(limited);
    const line = gateway.logs.findLast(({ keyLimit }) => keyLimit !== undefined);
    expect(line).toMatchObject({ keyLimit: 'requests_per_minute', errorKind: 'rate_limit', status: 429 });
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/amq_gateway_key_refusals_total\{limit="requests_per_minute"\} \d+/);
  });

  it('that has none costs no trip to the shared state, and what it uses is booked all the same', async () => {
    const book = jest.spyOn(gateway.app.get(Spending), 'book');
    const unlimited = await key({});
    for (const path of PROTOCOLS) {
      const answer = await ask(unlimited, path);
      expect(Array.from(answer.headers.keys()).filter((name) => name.includes('ratelimit'))).toEqual([]);
    }
    expect(taken).not.toHaveBeenCalled();
    await eventually(() => book.mock.calls.length === 3);
    for (const [keyId, used] of book.mock.calls) {
      expect([keyId, used.tokens]).toEqual([unlimited.id, 15]);
      expect(used.cost).toBeGreaterThan(0);
    }
  });

  it('takes no place that a client left before it was given', async () => {
    const limited = await key({ maxConcurrent: 1 });
    const { promise, resolve } = Promise.withResolvers<void>();
    const state = gateway.app.get(StateStore);
    const take = state.takeAllowance.bind(state);
    const slow = jest.spyOn(state, 'takeAllowance').mockImplementationOnce(async (...call) => {
      const answer = await take(...call);
      await promise;
      return answer;
    });
    const client = new AbortController();
    const gone = ask(limited, '/v1/messages', {}, { signal: client.signal });
    await eventually(() => slow.mock.calls.length > 0);
    client.abort();
    await gone.catch(() => undefined);
    await eventually(() => gateway.logs.findLast(({ outcome }) => outcome !== undefined)?.outcome === 'cancelled');
    resolve();
    await allSettled();
    expect((await ask(limited)).status).toBe(200);
  });

  describe('at an endpoint of the Messages API', () => {
    let endpoint: AnthropicEndpoint;

    beforeAll(async () => {
      endpoint = await AnthropicEndpoint.start({ models: ['endpoint-model'] });
      await addEndpoint(gateway, endpoint);
    });
    afterAll(() => endpoint.close());
    beforeEach(() => endpoint.reset());

    const askEndpoint = (key: LimitedKey, fields: object = {}, init?: RequestInit) =>
      ask(key, '/v1/messages', { model: 'endpoint-model', ...fields }, init);

    it.each([false, true])('is charged for what the endpoint says, stream: %s', async (isStream) => {
      const limited = await key({ tokensPerMinute: 100_000, requestsPerMinute: 5, maxConcurrent: 1 });
      const answer = await askEndpoint(limited, { stream: isStream });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('anthropic-ratelimit-requests-remaining')).toBe('4');
      await answer.text();
      expect(await lastUsed()).toMatchObject({ tokens: 11 + 3 + 7 });
    });

    it('is charged for what it asked where the endpoint does not say', async () => {
      const limited = await key({ tokensPerMinute: 100_000 });
      endpoint.enqueue(jsonOf('{"type":"message"}'));
      await (await askEndpoint(limited)).text();
      expect((await lastUsed())?.tokens).toBeGreaterThan(1_000);
    });

    it('is charged for what came of an answer that it left', async () => {
      const limited = await key({ tokensPerMinute: 100_000, maxConcurrent: 1 });
      const [start = '', block = ''] = textEvents('endpoint-model', []);
      const delta = { type: 'text_delta', text: 'word '.repeat(100) };
      endpoint.enqueue(streamOf(start, block, eventOf({ type: 'content_block_delta', index: 0, delta }), 'silence'));
      const client = new AbortController();
      const answer = await askEndpoint(limited, { stream: true }, { signal: client.signal });
      await answer.body?.getReader().read();
      expect((await askEndpoint(limited)).status).toBe(429);
      client.abort();
      const used = await lastUsed();
      expect(used?.tokens).toBeGreaterThan(14);
      expect((await askEndpoint(limited)).status).toBe(200);
    });

    it('is not charged for a request that the endpoint refused, and has its place back', async () => {
      const limited = await key({ tokensPerMinute: 100_000, maxConcurrent: 1 });
      endpoint.enqueue(errorOf(400, 'invalid_request_error', 'wrong'));
      expect((await askEndpoint(limited)).status).toBe(400);
      expect(await lastUsed()).toEqual({ tokens: 0, cost: 0 });
    });

    it('has what only the endpoint can read estimated', async () => {
      const limited = await key({ tokensPerMinute: 2_000 });
      const messages = [{ role: 'user', content: [{ type: 'made_up', text: 'word '.repeat(2_000) }] }];
      const refused = await askEndpoint(limited, { messages });
      expect(refused.status).toBe(429);
      expect(refused.headers.get('x-should-retry')).toBe('false');
      expect(endpoint.messages).toHaveLength(0);
    });
  });

  it('gives back the places of requests that wait behind each other on a connection', async () => {
    const limited = await key({ maxConcurrent: 3 });
    simulator.answer(unending);
    const body = JSON.stringify(QUESTION);
    const lines = ['POST /v1/messages HTTP/1.1', 'host: gateway', `x-api-key: ${limited.secret}`];
    const headers = ['content-type: application/json', `content-length: ${body.length}`, '', body];
    const socket = await open(gateway.url);
    socket.write([...lines, ...headers].join('\r\n').repeat(3));
    await eventually(() => asked() === 3);
    socket.destroy();
    await allSettled();
    simulator.answer(good);
    expect((await ask(limited)).status).toBe(200);
  });

  it('gives its place back when the service stops', async () => {
    const limited = await key({ maxConcurrent: 1 });
    const before = asked();
    simulator.enqueue(stream(text('begun'), pause(60_000)));
    const running = await ask(limited, '/v1/messages', { stream: true });
    await eventually(() => asked() > before);
    const settle = settled.at(-1);
    await gateway.close();
    await running.text().catch(() => undefined);
    expect(settle).toHaveBeenCalledTimes(1);
  });
});

describeWith('redis', 'a key with limits, on two replicas', (redisUrl) => {
  describeOnSqlite('with one database', (database) => {
    let simulator: Simulator;
    let gateways: [RunningGateway, RunningGateway];
    const made: LimitedKey[] = [];
    const key = async (limits: object) => {
      const added = await limitedKey(gateways[0], limits);
      made.push(added);
      return added;
    };
    const stopped = new WeakSet<RunningGateway>();
    const stop = async (gateway: RunningGateway) => {
      if (!stopped.has(gateway)) await gateway.close();
      stopped.add(gateway);
    };

    beforeEach(async () => {
      simulator = await Simulator.start();
      const environment = { ...database().environment, REDIS_URL: redisUrl };
      const first = await startGateway(simulator, { accounts: 2, SHUTDOWN_GRACE: 0, ...environment });
      gateways = [first, await startGateway(simulator, { accounts: 0, ...environment })];
      for (const gateway of gateways) await modelsKnown(gateway, simulator);
      simulator.answer(good);
    });
    afterEach(async () => {
      await Promise.all(gateways.map(stop));
      await simulator.close();
      const redis = new Redis(redisUrl);
      for (const { id } of made.splice(0)) {
        const names = await redis.keys(`*${id}*`);
        if (names.length > 0) await redis.del(...names);
      }
      redis.disconnect();
    });

    it('gets no request more than it may from both together', async () => {
      simulator.answer(unending);
      for (const limits of FOR_TWENTY) {
        expect([limits, await lettingIn(gateways, await key(limits))]).toEqual([limits, 20]);
      }
    });

    it('has its place back on the other when one stops', async () => {
      const used = await key({ maxConcurrent: 1 });
      simulator.enqueue(unending());
      const running = await askWith(gateways[0], used, '/v1/messages', { stream: true });
      expect((await askWith(gateways[1], used)).status).toBe(429);
      await stop(gateways[0]);
      await running.text().catch(() => undefined);
      expect((await askWith(gateways[1], used)).status).toBe(200);
    });

    it('may do no more at once, and has its place back on the other', async () => {
      const used = await key({ maxConcurrent: 1 });
      simulator.enqueue(stream(text('begun'), pause(60_000)));
      const client = new AbortController();
      const running = await askWith(gateways[0], used, '/v1/messages', { stream: true }, { signal: client.signal });
      expect((await askWith(gateways[1], used)).status).toBe(429);
      client.abort();
      await running.text().catch(() => undefined);
      await eventually(async () => (await askWith(gateways[1], used)).status === 200);
    });
  });
});
