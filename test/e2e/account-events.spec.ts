import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { failure } from '../../simulator/script.js';
import { type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { AccountEvents } from '../../src/accounts/events/account-events.service.js';
import { EventStreams, MOST_STREAMS } from '../../src/accounts/events/event-streams.service.js';
import { RecoveryJob } from '../../src/accounts/pool/recovery.job.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnSqlite } from '../support/databases.js';
import { EventListener } from '../support/event-listener.js';
import { hearEachOther } from '../support/hear-each-other.js';
import { later } from '../support/later.js';
import { open } from '../support/raw-http.js';
import { describeWith } from '../support/services.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

/** Of no class that is known: counted at once, and another account is asked. */
const odd = failure(418, 'TeapotException', 'Short and stout.');
const BREAKER = {
  CIRCUIT_BREAKER_ENABLED: 'true',
  CIRCUIT_BREAKER_ERROR_THRESHOLD: 2,
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: 300,
};

let simulator: Simulator;
let listeners: EventListener[];

beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator.close());
beforeEach(() => {
  listeners = [];
});
afterEach(() => {
  for (const listener of listeners) listener.close();
});

const listen = async (gateway: RunningGateway, key?: string) => {
  const listener = await EventListener.connect(gateway, key);
  listeners.push(listener);
  return listener;
};
/** Requests go on to the other account each time: clients see nothing of it. */
const openBreaker = async (gateway: RunningGateway, { id }: SimulatedAccount) => {
  simulator.enqueueFor(id, odd, odd);
  for (let request = 0; request < 4; request++) expect((await post(gateway, QUESTION)).status).toBe(200);
};
const breakerEvents = ({ events }: EventListener) => events.filter(({ type }) => type === 'account.breaker');

describe('changes of accounts', () => {
  let gateway: RunningGateway;
  let bad: SimulatedAccount;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    gateway = await startGateway(simulator, { accounts: 2, STREAM_PING_INTERVAL: 1, ...BREAKER });
    bad = simulator.accounts.at(-1) as SimulatedAccount;
  });
  afterAll(() => gateway.close());

  it('of a breaker are told as they happen, and shown wherever accounts are', async () => {
    const listener = await listen(gateway);
    await openBreaker(gateway, bad);
    await eventually(() => breakerEvents(listener).length === 1);
    const { body } = await call('GET', `/v2/accounts/${bad.id}`);
    expect(body).toMatchObject({
      status: 'active',
      breaker: { state: 'open', failures: 2, openUntil: expect.any(String) },
    });
    const { openUntil } = body.breaker;
    expect(breakerEvents(listener)).toEqual([
      {
        type: 'account.breaker',
        accountId: bad.id,
        from: 'closed',
        to: 'open',
        failures: 2,
        openUntil,
        reason: 'unknown',
        at: expect.any(String),
      },
    ]);
    expect((await call('GET', `/admin/accounts/${bad.id}`)).body).toMatchObject({
      enabled: true,
      available: false,
      circuit_breaker_open: true,
      circuit_breaker_open_until: openUntil,
    });
    expect((await call('GET', '/v2/accounts/stats')).body).toMatchObject({ enabled: 2, usable: 1 });
    expect((await call('GET', '/health')).body).toMatchObject({
      status: 'degraded',
      enabled_accounts: 2,
      active_accounts: 1,
    });
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toContain(`amazonq_circuit_breaker_opened_total{account_id="${bad.id}"} 1`);
    expect(metrics).toContain(`amq_gateway_circuit_breaker_state{account_id="${bad.id}"} 2`);
    expect(metrics).toContain(`amazonq_account_available{account_id="${bad.id}"} 0`);
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({ level: 'warn', account: bad.id, from: 'closed', to: 'open', reason: 'unknown' }),
    );
  });

  it('end with a reset, which is told too', async () => {
    const listener = await listen(gateway);
    const { body } = await call('POST', `/v2/accounts/${bad.id}/reset`);
    expect(body.breaker).toEqual({ state: 'closed', failures: 0, openUntil: null });
    expect((await call('GET', '/health')).body).toMatchObject({ status: 'healthy', active_accounts: 2 });
    await eventually(() => listener.events.length === 1);
    expect(listener.events).toMatchObject([
      { type: 'account.breaker', from: 'open', to: 'closed', openUntil: null, reason: 'operator' },
    ]);
  });

  it('by whomever they are made are told in their order', async () => {
    const listener = await listen(gateway);
    await call('POST', `/v2/accounts/${bad.id}/disable`);
    await call('PATCH', `/v2/accounts/${bad.id}`, { body: { weight: 3 } });
    await call('POST', `/v2/accounts/${bad.id}/enable`);
    const imported = {
      label: 'New',
      provider: 'anthropic',
      baseUrl: 'https://api.example.com',
      apiKey: 'key-of-the-new-one',
    };
    expect((await call('POST', '/v2/accounts/import', { body: { ...imported, enabled: false } })).body.created).toBe(1);
    const { data } = (await call('GET', '/v2/accounts?q=New')).body;
    await call('DELETE', `/v2/accounts/${data[0].id}`);
    await eventually(() => listener.events.length === 7);
    expect(listener.events.map(({ type, accountId }) => [type, accountId])).toEqual([
      ['account.status', bad.id],
      ['account.update', bad.id],
      ['account.update', bad.id],
      ['account.status', bad.id],
      ['account.update', bad.id],
      ['account.create', data[0].id],
      ['account.delete', data[0].id],
    ]);
    expect(listener.events[0]).toMatchObject({ from: 'active', to: 'disabled', reason: expect.any(String) });
  });

  it('bring an account back by themselves: a probe closes its breaker', async () => {
    const listener = await listen(gateway);
    await openBreaker(gateway, bad);
    await eventually(() => breakerEvents(listener).length === 1);
    later(gateway, 200);
    await gateway.app.get(RecoveryJob).run();
    await eventually(() => breakerEvents(listener).length === 2);
    expect(breakerEvents(listener)[1]).toMatchObject({ from: 'open', to: 'closed', reason: 'success' });
    await eventually(async () => (await call('GET', `/v2/accounts/${bad.id}`)).body.errorCount === 0);
  });

  it('are told to keys that may read, and to no others', async () => {
    const keyWith = async (scope: string) =>
      (await call('POST', '/v2/api-keys', { body: { name: scope, scopes: [scope] } })).body.key as string;
    await listen(gateway, await keyWith('admin:read'));
    const refused = await fetch(`${gateway.url}/v2/events`, { headers: { 'x-api-key': await keyWith('inference') } });
    expect(refused.status).toBe(403);
    expect((await fetch(`${gateway.url}/v2/events`)).status).toBe(401);
  });

  it('come as a stream that nobody gathers or keeps, with a comment in silence', async () => {
    const listener = await listen(gateway);
    await eventually(() => listener.text.includes(': keep-alive\n\n'));
    const head = await fetch(`${gateway.url}/v2/events`, { method: 'HEAD', headers: { 'x-api-key': ADMIN_KEY } });
    expect(head.status).toBe(200);
    const answer = await fetch(`${gateway.url}/v2/events`, { headers: { 'x-api-key': ADMIN_KEY } });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    });
    await answer.body?.cancel();
  });

  it('are told to so many listeners and no more', async () => {
    const streams = gateway.app.get(EventStreams);
    for (const listener of listeners.splice(0)) listener.close();
    await eventually(() => streams.size === 0);
    await Promise.all(Array.from({ length: MOST_STREAMS }, () => listen(gateway)));
    const refused = await fetch(`${gateway.url}/v2/events`, { headers: { 'x-api-key': ADMIN_KEY } });
    expect(refused.status).toBe(429);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(refused.headers.get('retry-after')).toBe('60');
    for (const listener of listeners.splice(0)) listener.close();
    await eventually(() => streams.size === 0);
    await listen(gateway);
  });

  it('do not pile up for a listener that does not read', async () => {
    const streams = gateway.app.get(EventStreams);
    for (const listener of listeners.splice(0)) listener.close();
    await eventually(() => streams.size === 0);
    const socket = await open(gateway.url);
    socket.on('error', () => undefined);
    socket.write(`GET /v2/events HTTP/1.1\r\nhost: x\r\nx-api-key: ${ADMIN_KEY}\r\n\r\n`);
    await eventually(() => streams.size === 1);
    socket.pause();
    const events = gateway.app.get(AccountEvents);
    const reason = 'x'.repeat(100_000);
    await eventually(() => {
      for (let event = 0; event < 10; event++) {
        events.publish({ type: 'account.status', accountId: 'one', from: 'active', to: 'suspended', reason });
      }
      return streams.size === 0;
    });
    socket.destroy();
  });
});

describe('a listener', () => {
  it('is told the end when the service stops, which does not wait for it', async () => {
    const gateway = await startGateway(simulator, { SHUTDOWN_GRACE: 30 });
    const listener = await listen(gateway);
    const startedAt = performance.now();
    await gateway.close();
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await eventually(() => listener.hasEnded);
  });
});

describeWith('redis', 'two replicas', (redisUrl) => {
  describeOnSqlite('that share a Redis', (database) => {
    it('open a breaker together, tell of it on both sides, and know it after a restart', async () => {
      const environment = { ...database().environment, REDIS_URL: redisUrl, ...BREAKER };
      const here = await startGateway(simulator, { accounts: 2, ...environment });
      const there = await startGateway(simulator, { accounts: 0, ...environment });
      await hearEachOther(here, there);
      const bad = simulator.accounts.at(-1) as SimulatedAccount;
      const shown = async (gateway: RunningGateway) =>
        (await adminApi(() => gateway)('GET', `/v2/accounts/${bad.id}`)).body.breaker;
      const listener = await listen(there);
      await openBreaker(here, bad);
      await eventually(() => breakerEvents(listener).length === 1);
      await eventually(async () => (await shown(there)).state === 'open');
      const opened = await shown(here);
      expect(await shown(there)).toEqual(opened);
      await here.close();
      const again = await startGateway(simulator, { accounts: 0, ...environment });
      expect(await shown(again)).toEqual(opened);
      await adminApi(() => again)('POST', `/v2/accounts/${bad.id}/reset`);
      await eventually(async () => (await shown(there)).state === 'closed');
      await Promise.all([there.close(), again.close()]);
    });
  });
});
