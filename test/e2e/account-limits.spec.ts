import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { failure, goodEnd, pause, stream, text } from '../../simulator/script.js';
import { type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { Roster } from '../../src/accounts/pool/roster.service.js';
import { WaitingLine } from '../../src/accounts/pool/waiting-line.service.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { StateStore } from '../../src/platform/state/state-store.js';
import { StreamTimes } from '../../src/proxy/reply/stream-times.js';
import { type AdminApi, adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnSqlite } from '../support/databases.js';
import { modelsKnown } from '../support/models-known.js';
import { describeWith } from '../support/services.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const good = () => stream(text('fine'), goodEnd());
const throttled = (headers: Record<string, string> = {}) =>
  failure(429, 'ThrottlingException', 'slow', null, { headers });

let simulator: Simulator;
let gateway: RunningGateway;
let admin: AdminApi;
let account: SimulatedAccount;

async function start(environment: Record<string, string | number>): Promise<void> {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 1, ...environment });
  admin = adminApi(() => gateway);
  [account] = simulator.accounts as [SimulatedAccount];
  await modelsKnown(gateway, simulator);
}
async function stop(): Promise<void> {
  await gateway.close();
  await simulator.close();
}

const limitTo = async (changes: object, id = account.id) => {
  expect((await admin('PATCH', `/v2/accounts/${id}`, { body: changes })).status).toBe(200);
};
const reset = async (id = account.id) => {
  expect((await admin('POST', `/v2/accounts/${id}/reset`)).status).toBeLessThan(300);
};
const asked = () => simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
const waiting = () => gateway.app.get(WaitingLine).size;
const say = (content: string, key = ADMIN_KEY, init: RequestInit & { path?: string } = {}) =>
  post(gateway, { ...QUESTION, messages: [{ role: 'user', content }] }, { headers: { 'x-api-key': key }, ...init });

/** Keeps the account busy until the returned function is called. */
async function busy(): Promise<() => void> {
  const before = asked().length;
  const client = new AbortController();
  simulator.enqueue({ kind: 'silence' });
  say('for as long as it takes', ADMIN_KEY, { signal: client.signal }).catch(() => undefined);
  await eventually(() => asked().length > before);
  return () => client.abort();
}

describe('an account that may be asked once at a time', () => {
  beforeAll(() => start({ QUEUE_SIZE: 5, QUEUE_TIMEOUT: 8 }));
  afterAll(stop);
  beforeEach(async () => {
    await limitTo({ maxConcurrent: 1 });
    simulator.reset();
  });
  afterEach(() => eventually(() => waiting() === 0 && simulator.openStreams === 0));

  it('serves one request after the other', async () => {
    let most = 0;
    simulator.answer(() => {
      most = Math.max(most, simulator.openStreams);
      return stream(text('fine'), pause(5), goodEnd());
    });
    const answers = await Promise.all(Array.from({ length: 6 }, (_, index) => say(`${index}`)));
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(200));
    expect(most).toBe(1);
  });

  it('is shared fairly by API keys: one that asks once comes second, not last', async () => {
    const { body: other } = await admin('POST', '/v2/api-keys', { body: { name: 'other' } });
    const letGo = await busy();
    const order: string[] = [];
    const ask = async (name: string, key: string) => {
      const answer = await say(name, key);
      await answer.text();
      order.push(`${name} ${answer.status}`);
    };
    const answers = ['one', 'two', 'three', 'four'].map((name) => ask(name, ADMIN_KEY));
    await eventually(() => waiting() === 4);
    answers.push(ask('of the other', other.key));
    await eventually(() => waiting() === 5);
    letGo();
    await Promise.all(answers);
    expect(order).toHaveLength(5);
    expect(order.slice(0, 2)).toContain('of the other 200');
  });

  it.each([
    ['/v1/messages', { error: { type: 'rate_limit_error' } }],
    ['/v1/chat/completions', { error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } }],
    ['/v1/responses', { error: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } }],
  ])('refuses one more than may wait at once: %s', async (path, error) => {
    const letGo = await busy();
    const line = Array.from({ length: 5 }, (_, index) => say(`${index}`));
    await eventually(() => waiting() === 5);
    const { model } = QUESTION;
    const refused = await post(gateway, path === '/v1/responses' ? { model, input: 'Hi' } : QUESTION, { path });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(refused.headers.get('x-amq-account')).toBeNull();
    expect(await refused.json()).toMatchObject(error);
    letGo();
    for (const answer of await Promise.all(line)) expect(answer.status).toBe(200);
  });

  it('gives a place in a full line that one key fills to another key', async () => {
    const { body: other } = await admin('POST', '/v2/api-keys', { body: { name: 'another' } });
    const letGo = await busy();
    const line = Array.from({ length: 5 }, (_, index) => say(`${index}`));
    await eventually(() => waiting() === 5);
    const late = say('of the other', other.key);
    const refused = (await Promise.race(line)).status;
    letGo();
    expect(refused).toBe(429);
    expect((await late).status).toBe(200);
    const statuses = (await Promise.all(line)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 200, 200, 200, 429]);
  });

  it('is not asked for a client that hung up while it waited', async () => {
    const letGo = await busy();
    const client = new AbortController();
    const gone = say('gone', ADMIN_KEY, { signal: client.signal }).catch(() => 'hung up');
    await eventually(() => waiting() === 1);
    client.abort();
    expect(await gone).toBe('hung up');
    await eventually(() => waiting() === 0);
    letGo();
    expect((await say('next')).status).toBe(200);
    expect(asked()).toHaveLength(2);
  });

  it('serves who waits as soon as its limit is raised', async () => {
    const letGo = await busy();
    const waits = say('waits');
    await eventually(() => waiting() === 1);
    await limitTo({ maxConcurrent: 2 });
    expect((await waits).status).toBe(200);
    letGo();
  });

  it('is waited for no longer than a stream waits for its status, unless told so', () => {
    const { settings } = readConfiguration({ DATABASE_PATH: 'unused.db' });
    expect(settings.QUEUE_TIMEOUT * 1000).toBeLessThan(gateway.app.get(StreamTimes).status);
  });

  it('is told of in the metrics', async () => {
    const letGo = await busy();
    const waits = say('waits');
    const shown = async () => (await fetch(`${gateway.url}/metrics`)).text();
    await eventually(async () => (await shown()).includes('amq_gateway_waiting_requests 1'));
    letGo();
    await waits;
    expect(await shown()).toContain('amq_gateway_waiting_requests 0');
  });
});

describe('a line with a short deadline', () => {
  beforeAll(() => start({ QUEUE_TIMEOUT: 1 }));
  afterAll(stop);
  beforeEach(async () => {
    await limitTo({ maxConcurrent: null, requestsPerMinute: null });
    await reset();
    simulator.reset();
  });

  it('ends in a 429 with a retry-after for who waited in vain', async () => {
    await limitTo({ maxConcurrent: 1 });
    const letGo = await busy();
    const refused = await say('in vain');
    letGo();
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(asked()).toHaveLength(1);
  });

  it('is none for who would wait in vain for certain: so many a minute, and the rest is told when', async () => {
    await limitTo({ requestsPerMinute: 3 });
    // Requests of the last minute count, whenever the limit was set.
    simulator.answer(() => good());
    const statuses = [];
    let last: Response | undefined;
    for (let request = 0; request < 5; request++) {
      last = await say(`${request}`);
      statuses.push(last.status);
    }
    expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(3);
    expect(statuses.slice(3)).toEqual([429, 429]);
    expect(Number(last?.headers.get('retry-after'))).toBeGreaterThan(1);
    expect(Number(last?.headers.get('retry-after'))).toBeLessThanOrEqual(61);
    expect(asked()).toHaveLength(statuses.filter((status) => status === 200).length);
  });
});

describe('an account that said it is asked too often', () => {
  beforeAll(() => start({ accounts: 2, QUEUE_TIMEOUT: 3 }));
  afterAll(stop);
  beforeEach(async () => {
    for (const { id } of simulator.accounts) await reset(id);
    simulator.reset();
  });

  it('is left alone for as long as it said, while another serves', async () => {
    simulator.enqueue(throttled({ 'retry-after': '60' }));
    for (let request = 0; request < 5; request++) expect((await say(`${request}`)).status).toBe(200);
    const [first, ...others] = asked().map(({ accountId }) => accountId);
    expect(others).toHaveLength(5);
    expect(others).not.toContain(first);
  });

  it('is not asked again where nobody else is left, and the client hears when it may try', async () => {
    simulator.enqueue(throttled({ 'retry-after': '60' }), throttled({ 'retry-after': '40' }));
    expect((await say('first')).status).toBe(429);
    const refused = await say('second');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(37);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(40);
    expect(asked()).toHaveLength(2);
  });

  it('is asked again after a second or so where it did not say, by a request that waited for it', async () => {
    simulator.enqueue(throttled(), throttled());
    const told = await say('first');
    expect(told.status).toBe(429);
    expect((await say('second')).status).toBe(200);
    const [, before, after] = asked();
    expect((after?.at ?? 0) - (before?.at ?? 0)).toBeGreaterThan(700);
  });

  it('is asked again at once when an operator says so', async () => {
    simulator.enqueue(throttled({ 'retry-after': '60' }), throttled({ 'retry-after': '60' }));
    expect((await say('first')).status).toBe(429);
    for (const { id } of simulator.accounts) await reset(id);
    expect((await say('second')).status).toBe(200);
  });
});

describeWith('redis', 'limits of accounts over two replicas', (redisUrl) => {
  describeOnSqlite('on one database', (database) => {
    let other: RunningGateway;

    beforeEach(async () => {
      const environment = { ...database().environment, REDIS_URL: redisUrl, QUEUE_TIMEOUT: 10 };
      await start(environment);
      other = await startGateway(simulator, { ...environment, accounts: 0 });
      await modelsKnown(other, simulator);
    });
    afterEach(async () => {
      await Promise.all([stop(), other.close()]);
      const redis = new Redis(redisUrl);
      await redis.del(`amq-gateway:taken:account:${account.id}`, `amq-gateway:minute:account:${account.id}`);
      redis.disconnect();
    });

    const limitBoth = async (changes: object) => {
      await limitTo(changes);
      const field = Object.keys(changes)[0] as string;
      const value = (changes as Record<string, unknown>)[field];
      const shown = async () => (await adminApi(() => other)('GET', `/v2/accounts/${account.id}`)).body[field];
      await eventually(async () => (await shown()) === value);
      // What the admin API reads is in the database; the pool of the other replica reads it every five seconds.
      await other.app.get(AccountDirectory).changed();
    };

    it('hold together: no more at once than the account may have, and everybody is served', async () => {
      await limitBoth({ maxConcurrent: 2 });
      let most = 0;
      simulator.answer(() => {
        most = Math.max(most, simulator.openStreams);
        return stream(text('fine'), pause(10), goodEnd());
      });
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => post(index % 2 ? gateway : other, QUESTION)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
      expect(most).toBe(2);
    });

    it('hold together: no more a minute', async () => {
      await limitBoth({ requestsPerMinute: 5 });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, index) => post(index % 2 ? gateway : other, QUESTION)),
      );
      expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array(5).fill(200), ...Array(5).fill(429)]);
      expect(asked()).toHaveLength(5);
    });

    /** Resolves when the other replica hears this one: it subscribes in the background of its start. */
    const heard = async () => {
      let isHeard = false;
      other.app.get(StateStore).subscribe('spec', () => {
        isHeard = true;
      });
      await eventually(() => {
        gateway.app.get(StateStore).publish('spec', '');
        return isHeard;
      });
    };

    it('a rate limit that one was told of is known to the other', async () => {
      await heard();
      simulator.enqueue(throttled({ 'retry-after': '60' }));
      expect((await post(gateway, QUESTION)).status).toBe(429);
      const member = () => other.app.get(Roster).find(account.id);
      await eventually(() => (member()?.coolingUntil ?? 0) > Date.now());
      const refused = await post(other, QUESTION);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50);
      expect(asked()).toHaveLength(1);
      await reset();
      await eventually(() => member()?.coolingUntil === 0);
      expect((await post(other, QUESTION)).status).toBe(200);
    });
  });
});
