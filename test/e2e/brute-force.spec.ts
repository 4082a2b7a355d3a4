import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import { formatApiKey } from '../../src/auth/api-keys/api-key.js';
import { Clock } from '../../src/platform/clock.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, QUESTION } from '../support/ask.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { TestClock } from '../support/test-clock.js';

const OFFICE = '198.51.100.7';
const RETRY_HEADERS = ['retry-after', 'x-should-retry'] as const;

/** Addresses nobody has used yet, so that no test has to wait for another's block. */
let lastAddress = 0;
const newAddress = () => `203.0.113.${++lastAddress}`;

describe('who comes with wrong keys', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let clock: TestClock;
  const admin = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { TRUSTED_PROXIES: '127.0.0.0/8, 10.0.0.0/8' });
    clock = new TestClock(Date.now());
    gateway.app.get(Clock).now = () => clock.now();
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  /** @param from what the proxy says */
  const call = async (path: string, key: string | undefined, from: string) => {
    const response = await fetch(gateway.url + path, {
      headers: { 'x-forwarded-for': from, ...(key && { authorization: `Bearer ${key}` }) },
    });
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const statusOf = async (key: string | undefined, from: string) => (await call('/v1/models', key, from)).status;
  const guess = async (times: number, from: string, path = '/v1/models') => {
    const statuses: number[] = [];
    for (let time = 0; time < times; time++) statuses.push((await call(path, randomUUID(), from)).status);
    return statuses;
  };
  const createKey = async (wanted: object = {}): Promise<{ id: string; key: string }> => {
    const { status, body } = await admin('POST', '/v2/api-keys', {
      body: { name: 'guest', scopes: ['inference'], ...wanted },
      headers: { 'x-forwarded-for': OFFICE },
    });
    expect([body, status]).toEqual([expect.anything(), 201]);
    return body;
  };
  const audited = async (address: string) => {
    const { body } = await admin('GET', `/v2/audit?address=${address}`);
    return body.data as Record<string, unknown>[];
  };
  const logLineOf = async (response: { headers: Headers }) => {
    const requestId = response.headers.get('x-request-id');
    await eventually(() => gateway.logs.some((line) => line.msg === 'request' && line.requestId === requestId));
    return gateway.logs.find((line) => line.msg === 'request' && line.requestId === requestId);
  };

  it.each([
    ['/v1/models', { error: { type: expect.any(String), message: expect.stringMatching(/^Too many wrong API keys/) } }],
    ['/v2/accounts', { type: 'urn:amq-gateway:problem:rate_limit', status: 429, detail: expect.any(String) }],
  ])('are slowed down after ten, in the words of the protocol: %s', async (path, body) => {
    const from = newAddress();
    expect(await guess(12, from, path)).toEqual([...Array(11).fill(401), 429]);
    const refused = await call(path, randomUUID(), from);
    expect(refused).toMatchObject({ status: 429, body });
    expect(RETRY_HEADERS.map((name) => refused.headers.get(name))).toEqual(['1', 'false']);
    clock.advance(1);
    expect(await guess(2, from, path)).toEqual([401, 429]);
    const { headers } = await call(path, randomUUID(), from);
    expect(headers.get('retry-after')).toBe('2');
  });

  it('are slowed down on Messages too, in its words', async () => {
    const from = newAddress();
    await guess(11, from);
    const response = await fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'x-api-key': 'stranger', 'x-forwarded-for': from, 'content-type': 'application/json' },
      body: JSON.stringify(QUESTION),
    });
    expect(response.status).toBe(429);
    expect(RETRY_HEADERS.map((name) => response.headers.get(name))).toEqual(['1', 'false']);
    expect(await response.json()).toMatchObject({
      type: 'error',
      error: {
        type: 'rate_limit_error',
        message: 'Too many wrong API keys came from your address. Try again in 1 s.',
      },
    });
  });

  it('lock out nobody elsewhere, and nobody who was good from the same address before', async () => {
    const from = newAddress();
    const [early, late] = [await createKey(), await createKey()];
    expect(await statusOf(early.key, from)).toBe(200);
    await guess(11, from);
    expect(await statusOf(early.key, from)).toBe(200);
    expect(await statusOf(late.key, from)).toBe(429);
    expect(await statusOf(late.key, newAddress())).toBe(200);
    clock.advance(1);
    expect(await statusOf(late.key, from)).toBe(200);
  });

  it('are slowed down without the others of their address when it is always the same key', async () => {
    const from = newAddress();
    const statuses: number[] = [];
    for (let time = 0; time < 22; time++) statuses.push(await statusOf('always the same', from));
    expect(statuses).toEqual([...Array(21).fill(401), 429]);
    expect(await statusOf((await createKey()).key, from)).toBe(200);
  });

  it('are told from those who bring no key', async () => {
    const from = newAddress();
    for (let time = 0; time < 30; time++) expect(await statusOf(undefined, from)).toBe(401);
  });

  it('answers no more of them when they come all at once', async () => {
    const from = newAddress();
    const statuses = await Promise.all(
      Array.from({ length: 200 }, (_, index) => statusOf(formatApiKey(Buffer.alloc(32, index)), from)),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(11);
    expect(statuses.filter((status) => status === 429)).toHaveLength(189);
  });

  it('are known by the last address that no trusted proxy told of itself', async () => {
    const from = newAddress();
    await guess(11, from);
    expect(await statusOf('stranger', `${newAddress()}, ${from}`)).toBe(429);
    expect(await statusOf('stranger', `unknown, ${from}:4711, 10.1.2.3`)).toBe(429);
    expect(await statusOf('stranger', `${from}, ${newAddress()}`)).toBe(401);
  });

  it('are by IPv6 one address when they come from one network', async () => {
    for (let host = 1; host <= 11; host++) await guess(1, `2001:db8:7::${host.toString(16)}`);
    expect(await statusOf('stranger', '2001:db8:7::ffff')).toBe(429);
    expect(await statusOf('stranger', '2001:db8:8::1')).toBe(401);
  });

  it('keeps a key to its networks, by the address that counts', async () => {
    const { id, key } = await createKey({ allowedCidrs: ['198.51.100.0/24', '2001:db8:1::/48'] });
    expect(await statusOf(key, OFFICE)).toBe(200);
    expect(await statusOf(key, `::ffff:${OFFICE}`)).toBe(200);
    expect(await statusOf(key, '2001:DB8:1::7')).toBe(200);
    const from = newAddress();
    const refused = await call('/v1/models', key, `${OFFICE}, ${from}`);
    expect(refused).toMatchObject({
      status: 403,
      body: { error: { message: `This API key may not be used from your address, ${from}.` } },
    });
    expect(await statusOf(key, '')).toBe(403);
    expect(await statusOf(key, 'x'.repeat(8_000))).toBe(403);
    await eventually(async () => (await audited(from)).length > 0);
    expect(await audited(from)).toMatchObject([
      { keyId: id, actor: 'guest', outcome: 'refused', action: 'api-key.refuse', details: { reason: 'wrong_address' } },
    ]);
  });

  it('stand in the audit log once at first, with the block they brought, and never with a key', async () => {
    const from = newAddress();
    const key = formatApiKey(Buffer.alloc(32, 77));
    const { headers } = await call('/v1/models', key, from);
    await guess(10, from);
    await eventually(async () => (await audited(from)).length === 3);
    const rows = await audited(from);
    expect(rows.reverse()).toMatchObject([
      {
        action: 'api-key.refuse',
        outcome: 'refused',
        actor: 'unknown key',
        requestId: headers.get('x-request-id'),
        details: { reason: 'unknown', prefix: key.slice(0, 10) },
      },
      { action: 'api-key.refuse', details: { reason: 'unknown' } },
      { action: 'address.block', target: from, details: { seconds: 1 } },
    ]);
    expect(JSON.stringify(rows)).not.toContain(key.slice(0, 11));
  });

  it('stand in the log line of their request, as does who is let in', async () => {
    const from = newAddress();
    expect(await logLineOf(await call('/v1/models', 'stranger', from))).toMatchObject({
      address: from,
      authFailure: 'unknown',
      status: 401,
    });
    const { id, key } = await createKey();
    const line = await logLineOf(await call('/v1/models', key, from));
    expect(line).toMatchObject({ address: from, apiKey: id, status: 200 });
  });

  it('are counted by reason', async () => {
    const count = async () => {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return new Map(
        [...text.matchAll(/^amq_gateway_auth_failures_total\{reason="(\w+)"\} (\d+)$/gm)].map(([, reason, value]) => [
          reason,
          Number(value),
        ]),
      );
    };
    const before = await count();
    const from = newAddress();
    await guess(13, from);
    await statusOf(undefined, from);
    const { key } = await createKey();
    expect((await call('/v2/accounts', key, newAddress())).status).toBe(403);
    const after = await count();
    const grown = [...after].map(([reason, value]) => [reason, value - (before.get(reason) ?? 0)]);
    expect(Object.fromEntries(grown)).toEqual({
      missing: 1,
      unknown: 11,
      disabled: 0,
      expired: 0,
      wrong_address: 0,
      missing_scope: 1,
      blocked: 2,
    });
  });
});

describe('an X-Forwarded-For that nobody vouches for', () => {
  it('helps nobody to another address', async () => {
    const simulator = await Simulator.start();
    const gateway = await startGateway(simulator, { TRUSTED_PROXIES: '10.0.0.0/8' });
    try {
      const statuses: number[] = [];
      for (let time = 0; time < 12; time++) {
        const headers = { 'x-forwarded-for': newAddress(), 'x-api-key': randomUUID() };
        statuses.push((await fetch(`${gateway.url}/v1/models`, { headers })).status);
      }
      expect(statuses).toEqual([...Array(11).fill(401), 429]);
    } finally {
      await gateway.close();
      await simulator.close();
    }
  });
});
