import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { from, type Observable, Subject } from 'rxjs';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { failure, goodEnd, pause, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { RetryPauses } from '../../src/proxy/retry-pauses.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { CHAT_QUESTION } from '../support/ask-chat.js';
import { ASKED } from '../support/ask-responses.js';
import { addEndpoint, deleteAccount } from '../support/endpoint-accounts.js';
import { later } from '../support/later.js';
import { withoutPauses } from '../support/no-pauses.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;
const call = adminApi(() => gateway);
/** Fresh ones for each test. */
let accounts: string[];

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 0, ALLOW_PRIVATE_ENDPOINTS: 'true' });
});
beforeEach(async () => {
  simulator.reset();
  gateway.logs.length = 0;
  withoutPauses(gateway);
  accounts = [await add(), await add()];
});
afterEach(async () => {
  await eventually(() => gateway.app.get(Pool).totalInFlight() === 0);
  for (const id of accounts) await call('DELETE', `/v2/accounts/${id}`);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

async function add(): Promise<string> {
  const body = { label: 'one', ...credentialsOf(simulator.addAccount()) };
  const { id } = (await call('POST', '/v2/accounts', { body })).body;
  await gateway.app.get(ModelList).get(id);
  return id;
}

const broken = failure(500, 'InternalServerException', 'x');
const noCapacity = failure(429, 'ThrottlingException', 'x', 'INSUFFICIENT_MODEL_CAPACITY');
const throttled = (seconds?: string) =>
  failure(429, 'ThrottlingException', 'x', null, seconds ? { headers: { 'retry-after': seconds } } : {});
const suspended = failure(403, 'AccessDeniedException', 'Ask support.', 'TEMPORARILY_SUSPENDED');
const OVERLOADED =
  'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
const good = stream(text('fine'), goodEnd());

const calls = () => simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
const lineOf = async (asked = '/v1/messages') => {
  const find = () => gateway.logs.find(({ msg, path }) => msg === 'request' && path === asked);
  await eventually(() => find() !== undefined);
  return find() ?? {};
};

/** From now on a pause is over when the work is, which is told who waits. */
function duringPauses(work: () => Observable<unknown>): void {
  gateway.app.get(RetryPauses).wait = work;
}

describe('the pause before an account is asked once more', () => {
  it('is short after a fault, and longer each time where there is no capacity', async () => {
    const pauses = withoutPauses(gateway);
    simulator.enqueue(broken, good);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    simulator.enqueue(noCapacity, noCapacity, good);
    const response = await post(gateway, QUESTION);
    expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([200, '1']);
    const [fault = 0, first = 0, second = 0, ...more] = pauses;
    expect(more).toEqual([]);
    expect(Math.abs(fault - 250)).toBeLessThanOrEqual(62.5);
    expect(Math.abs(first - 1000)).toBeLessThanOrEqual(250);
    expect(Math.abs(second - 2000)).toBeLessThanOrEqual(500);
  });

  it('ends at another account when that one was taken out of use meanwhile', async () => {
    let bad: string | undefined;
    duringPauses(() => {
      bad = accounts.find((id) => gateway.app.get(Pool).inFlight(id) === 1);
      return from(call('POST', `/v2/accounts/${bad}/disable`));
    });
    simulator.enqueue(broken, good);
    const response = await post(gateway, QUESTION);
    expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([200, '2']);
    expect(response.headers.get('x-amq-account')).not.toBe(bad);
    expect(new Set(calls().map(({ accountId }) => accountId)).size).toBe(2);
  });

  it('ends at another account when the minute of that one is full: asking again is a request as well', async () => {
    for (const id of accounts) await call('PATCH', `/v2/accounts/${id}`, { body: { requestsPerMinute: 1 } });
    simulator.enqueue(broken, good);
    const response = await post(gateway, QUESTION);
    expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([200, '2']);
    expect(new Set(calls().map(({ accountId }) => accountId)).size).toBe(2);
    expect(calls()).toHaveLength(2);
  });

  it('counts what is asked again among the requests of the minute', async () => {
    const [limited = '', other = ''] = accounts;
    await call('PATCH', `/v2/accounts/${limited}`, { body: { requestsPerMinute: 2 } });
    await call('POST', `/v2/accounts/${other}/disable`);
    simulator.enqueue(broken, good);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    expect((await post(gateway, QUESTION)).status).toBe(429);
    expect(calls()).toHaveLength(2);
  });

  it('is left at once by a client that goes, and nobody is asked for it any more', async () => {
    const paused = Promise.withResolvers<void>();
    const over = new Subject<void>();
    duringPauses(() => {
      paused.resolve();
      return over;
    });
    simulator.enqueue(broken);
    const gone = new AbortController();
    const answer = post(gateway, QUESTION, { signal: gone.signal }).catch(() => 'gone');
    await paused.promise;
    expect(over.observed).toBe(true);
    gone.abort();
    expect(await answer).toBe('gone');
    await eventually(() => !over.observed);
    expect(await lineOf()).toMatchObject({ outcome: 'cancelled', attempts: 1, failedCalls: [{ class: 'transient' }] });
    expect(calls()).toHaveLength(1);
  });
});

describe('a request that goes on for too long', () => {
  it('begins no further attempt later than twice the time of a first byte after its first', async () => {
    simulator.answer(() => {
      later(gateway, 121);
      return suspended;
    });
    const response = await post(gateway, QUESTION);
    expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([403, '1']);
    expect(calls()).toHaveLength(1);
  });

  it('asks another account within that time', async () => {
    let count = 0;
    simulator.answer(() => {
      if (count++ > 0) return good;
      later(gateway, 119);
      return suspended;
    });
    const response = await post(gateway, QUESTION);
    expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([200, '2']);
  });
});

describe('when every account fails', () => {
  it.each([
    ['of two waits the shorter one', [throttled('30'), throttled('7')], 429, '7'],
    ['the same, the other way round', [throttled('7'), throttled('30')], 429, '7'],
    ['a wait, where one account named none: a short one', [throttled('30'), throttled()], 429, '2'],
    ['when to come again, rather than a suspension after it', [throttled('7'), suspended], 429, '7'],
    ['a fault that passes, rather than a suspension after it', [broken, broken, suspended], 502, null],
  ])('the client is told %s', async (_what, answers, status, retryAfter) => {
    simulator.enqueue(...answers);
    const response = await post(gateway, QUESTION);
    expect([response.status, response.headers.get('retry-after')]).toEqual([status, retryAfter]);
    expect(response.headers.get('x-amq-attempts')).toBe('2');
  });
});

describe('what was told of an answer that does not come to its end', () => {
  it('is counted for a client that hangs up', async () => {
    simulator.enqueue(stream(text('one two three'), pause(10_000), goodEnd()));
    const gone = new AbortController();
    const response = await post(gateway, { ...QUESTION, stream: true }, { signal: gone.signal });
    const reader = response.body?.getReader();
    for (let read = ''; !read.includes('three'); ) read += Buffer.from((await reader?.read())?.value ?? []).toString();
    gone.abort();
    const line = await lineOf();
    expect(line).toMatchObject({ outcome: 'cancelled', attempts: 1, outputEstimated: true });
    expectAbout(line.outputTokens, 3);
  });

  it.each<[string, object]>([
    ['/v1/messages', QUESTION],
    ['/v1/chat/completions', CHAT_QUESTION],
    ['/v1/responses', ASKED],
  ])(
    'is counted where none of it was sent, which is an error and asked for no second time: JSON of %s',
    async (path, body) => {
      simulator.enqueue(stream(text('one two three'), { reset: true }), good);
      const response = await post(gateway, body, { path });
      expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([502, '1']);
      expect(calls()).toHaveLength(1);
      const line = await lineOf(path);
      expect(line).toMatchObject({ outcome: 'error', failureClass: 'transient', outputEstimated: true });
      expectAbout(line.outputTokens, 3);
    },
  );

  it('is counted for an endpoint that breaks off, its bytes as they came', async () => {
    const endpoint = await AnthropicEndpoint.start({ models: ['claude-only-there'] });
    const { id } = await addEndpoint(gateway, endpoint);
    try {
      const whole = textEvents('claude-only-there', ['one two three']);
      const sent = whole.slice(0, whole.findIndex((event) => event.includes('three')) + 1);
      endpoint.enqueue(streamOf(...sent, 'reset'));
      const response = await post(gateway, { ...QUESTION, model: 'claude-only-there', stream: true });
      const bytes = await response.text();
      expect(bytes.startsWith(sent.join(''))).toBe(true);
      expect(bytes.slice(sent.join('').length)).toMatch(/^event: error\ndata: \{[^\n]+\}\n\n$/);
      const line = await lineOf();
      expect(line).toMatchObject({
        ...{ outcome: 'error', attempts: 1, outputEstimated: true },
        failedCalls: [{ account: id, class: 'transient', ms: expect.any(Number) }],
      });
      expectAbout(line.outputTokens, 3);
    } finally {
      await deleteAccount(gateway, id);
      await endpoint.close();
    }
  });
});

describe('a call that failed at an endpoint after its answer began', () => {
  let endpoint: AnthropicEndpoint;
  let id: string;

  beforeEach(async () => {
    endpoint = await AnthropicEndpoint.start({ models: ['claude-only-there'] });
    ({ id } = await addEndpoint(gateway, endpoint));
  });
  afterEach(async () => {
    await deleteAccount(gateway, id);
    await endpoint.close();
  });

  it('is listed where the endpoint said so itself, its words as they came', async () => {
    const said = [...textEvents('claude-only-there', ['one two three']).slice(0, 3), OVERLOADED];
    endpoint.enqueue(streamOf(...said));
    const response = await post(gateway, { ...QUESTION, model: 'claude-only-there', stream: true });
    expect(await response.text()).toBe(said.join(''));
    expect(await lineOf()).toMatchObject({
      ...{ outcome: 'error', attempts: 1, streamError: 'overloaded', failureClass: 'capacity' },
      failedCalls: [{ account: id, class: 'capacity', ms: expect.any(Number) }],
    });
  });

  it('is an error and no client that went, where a JSON answer is cut', async () => {
    const headers = { 'content-type': 'application/json', 'content-length': '1000' };
    endpoint.enqueue({ status: 200, headers, body: ['{"type":"message"', 'reset'] });
    const response = await post(gateway, { ...QUESTION, model: 'claude-only-there' });
    await expect(response.text()).rejects.toThrow();
    expect(await lineOf()).toMatchObject({
      outcome: 'error',
      failureClass: 'transient',
      failedCalls: [{ account: id }],
    });
  });
});

/** Our own count, on the scale of the model. */
function expectAbout(tokens: unknown, counted: number): void {
  expect(tokens).toBeGreaterThanOrEqual(counted);
  expect(tokens).toBeLessThanOrEqual(2 * counted);
}
