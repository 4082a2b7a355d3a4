import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { failure } from '../../simulator/script.js';
import { type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { eventually } from '../support/ask.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { later } from '../support/later.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;
const call = adminApi(() => gateway);

const SUSPENDED = 'Your User ID (d-0000000000.example) temporarily is suspended.';
const suspended = failure(403, 'AccessDeniedException', SUSPENDED, 'TEMPORARILY_SUSPENDED');
const show = async (id: string) => (await call('GET', `/v2/accounts/${id}`)).body;
const asked = () => simulator.requests.filter((each) => each.operation === 'GenerateAssistantResponse');
const keyWith = async (...scopes: string[]) =>
  (await call('POST', '/v2/api-keys', { body: { name: scopes.join(), scopes } })).body.key as string;

async function add(label: string, simulated = simulator.addAccount()) {
  const { body } = await call('POST', '/v2/accounts', { body: { label, ...credentialsOf(simulated) } });
  await gateway.app.get(ModelList).get(body.id);
  return { id: body.id as string, simulated };
}

describeOnEachSharedDatabase('POST /v2/accounts/{id}/probe', (database) => {
  let id: string;
  let simulated: SimulatedAccount;

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 0, ...database().environment });
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });
  beforeEach(async () => {
    ({ id, simulated } = await add('probed'));
    simulator.reset();
  });
  afterEach(() => call('DELETE', `/v2/accounts/${id}`));

  const probe = (account = id, key: string | null = ADMIN_KEY) =>
    call('POST', `/v2/accounts/${account}/probe`, { key });
  const auditOf = async (account: string): Promise<{ actor: string; action: string; details: object }[]> => {
    const rows = await gateway.app
      .get(DataSource)
      .query(
        `SELECT actor, action, details FROM audit_events WHERE target = '${account}' AND action = 'account.probe'`,
      );
    return rows.map((row: { details: string }) => ({ ...row, details: JSON.parse(row.details) }));
  };

  it('sends one real request, and answers with the account and how it ended', async () => {
    const { status, headers, body } = await probe();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      ...(await show(id)),
      probe: { ok: true, model: 'claude-haiku-5.5', latencyMs: expect.any(Number) },
    });
    expect(asked()).toHaveLength(1);
    expect(await auditOf(id)).toEqual([
      {
        actor: expect.any(String),
        action: 'account.probe',
        details: { ok: true, model: 'claude-haiku-5.5' },
      },
    ]);
  });

  it('has the same effect as a client’s request when it is refused, in the service’s words', async () => {
    simulator.enqueueFor(simulated.id, suspended);
    const { status, body } = await probe();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      id,
      status: 'suspended',
      statusReason: SUSPENDED,
      probe: { ok: false, error: SUSPENDED },
    });
    expect(await auditOf(id)).toMatchObject([{ details: { ok: false, error: SUSPENDED } }]);
  });

  it('is how a suspended account is tested again', async () => {
    simulated.suspended = true;
    expect((await probe()).body).toMatchObject({ status: 'suspended', probe: { ok: false } });
    expect((await probe()).body).toMatchObject({ status: 'suspended', probe: { ok: false } });
    simulated.suspended = false;
    expect((await probe()).body).toMatchObject({ status: 'active', statusReason: null, probe: { ok: true } });
  });

  it('and one the service had closed', async () => {
    simulated.featureGate = 'Not for this identity.';
    expect((await probe()).body).toMatchObject({ status: 'disabled', statusReason: 'Not for this identity.' });
    simulated.featureGate = false;
    expect((await probe()).body).toMatchObject({ status: 'active', probe: { ok: true } });
  });

  it('leaves what an administrator disabled disabled', async () => {
    await call('POST', `/v2/accounts/${id}/disable`);
    expect((await probe()).body).toMatchObject({ enabled: false, status: 'disabled', probe: { ok: true } });
  });

  it('renews a token that is refused, as a client’s request does', async () => {
    simulated.expireTokens();
    const renewals = simulated.renewals;
    expect((await probe()).body).toMatchObject({ status: 'active', probe: { ok: true } });
    expect(simulated.renewals).toBe(renewals + 1);
  });

  it('looks into an ambiguous refusal before it answers', async () => {
    const error = 'User is not authorized to make this call.';
    simulator.answer(() => failure(403, 'AccessDeniedException', error));
    expect((await probe()).body).toMatchObject({ status: 'active', probe: { ok: false, error } });
    expect(asked()).toHaveLength(2);
    later(gateway, 15);
    expect((await probe()).body).toMatchObject({ status: 'disabled', statusReason: error, probe: { ok: false } });
    expect(asked()).toHaveLength(4);
  });

  it('changes nothing when the service is in trouble', async () => {
    simulator.answer(() => failure(500, 'InternalServerException', 'x'));
    expect((await probe()).body).toMatchObject({ status: 'active', statusReason: null, probe: { ok: false } });
  });

  it('is sent once when two ask at once', async () => {
    simulated.latencyMs = 100;
    const answers = await Promise.all([probe(), probe()]);
    expect(answers.map(({ body }) => body.probe.ok)).toEqual([true, true]);
    expect(asked()).toHaveLength(1);
  });

  it('runs to its end when whoever asked has gone', async () => {
    const { promise: whenGone, resolve: goOn } = Promise.withResolvers<void>();
    simulator.answer(() => whenGone.then(() => suspended));
    const controller = new AbortController();
    const left = fetch(`${gateway.url}/v2/accounts/${id}/probe`, {
      method: 'POST',
      headers: { 'x-api-key': ADMIN_KEY },
      signal: controller.signal,
    }).catch(() => 'left');
    await eventually(() => asked().length > 0);
    controller.abort();
    expect(await left).toBe('left');
    goOn();
    await eventually(async () => (await show(id)).status === 'suspended');
  });

  it('answers 404 when the account is deleted meanwhile, whatever comes of it', async () => {
    const { promise: whenGone, resolve: goOn } = Promise.withResolvers<void>();
    simulator.answer(() => whenGone.then(() => suspended));
    const answer = probe();
    await eventually(() => asked().length > 0);
    expect((await call('DELETE', `/v2/accounts/${id}`)).status).toBe(204);
    goOn();
    expect((await answer).status).toBe(404);
    expect(await call('GET', '/v2/accounts')).toMatchObject({ body: { data: [] } });
  });

  it.each([
    ['nobody', 'nobody'],
    ['a name as long as a path can be', 'x'.repeat(2000)],
    ['a name that is none', '%2e%2e'],
  ])('answers 404 for %s', async (_what, unknown) => {
    const { status, headers, body } = await probe(unknown);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(JSON.stringify(body).length).toBeLessThan(500);
  });

  it('wants a key of an administrator who may write', async () => {
    expect((await probe(id, null)).status).toBe(401);
    expect((await probe(id, 'amq_wrong')).status).toBe(401);
    for (const scope of ['inference', 'admin:read', 'metrics']) {
      expect((await probe(id, await keyWith(scope))).status).toBe(403);
    }
    expect(asked()).toEqual([]);
  });
});

describe('a probe of an endpoint that speaks the Anthropic API', () => {
  let endpoint: AnthropicEndpoint;

  beforeEach(async () => {
    simulator = await Simulator.start();
    endpoint = await AnthropicEndpoint.start({ models: ['claude-opus-5', 'claude-haiku-5'] });
    gateway = await startGateway(simulator, { accounts: 0, ALLOW_PRIVATE_ENDPOINTS: 'true' });
  });
  afterEach(async () => {
    await gateway.close();
    await endpoint.close();
    await simulator.close();
  });

  it('is a message to the cheapest of its models', async () => {
    const { id } = await addEndpoint(gateway, endpoint);
    const { body } = await call('POST', `/v2/accounts/${id}/probe`);
    expect(body).toMatchObject({ id, status: 'active', probe: { ok: true, model: 'claude-haiku-5' } });
  });

  it('finds that its key was taken away', async () => {
    const { id } = await addEndpoint(gateway, endpoint);
    endpoint.key = 'sk-ant-another';
    const { body } = await call('POST', `/v2/accounts/${id}/probe`);
    expect(body).toMatchObject({ id, status: 'needs_login', probe: { ok: false } });
    expect(body.statusReason).toBe(body.probe.error);
  });
});

describe('POST /v2/accounts/probe', () => {
  beforeEach(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 0 });
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
  });

  const probeAll = (key: string | null = ADMIN_KEY) => call('POST', '/v2/accounts/probe', { key });

  it('tells of every account that is enabled', async () => {
    const [good, locked, off] = [await add('good'), await add('locked'), await add('off')];
    locked.simulated.suspended = true;
    await call('POST', `/v2/accounts/${off.id}/disable`);
    const { status, body } = await probeAll();
    expect(status).toBe(200);
    expect(body).toEqual({
      data: [
        { id: good.id, ok: true, status: 'active', latencyMs: expect.any(Number) },
        {
          id: locked.id,
          ok: false,
          status: 'suspended',
          error: expect.stringContaining('temporarily is suspended'),
          latencyMs: expect.any(Number),
        },
      ],
    });
    const [row] = await gateway.app
      .get(DataSource)
      .query("SELECT details FROM audit_events WHERE action = 'account.probe'");
    expect(JSON.parse(row.details)).toEqual({ accounts: 2, answered: 1 });
  });

  it('has nothing to tell without accounts', async () => {
    expect((await probeAll()).body).toEqual({ data: [] });
  });

  it('asks four at a time, and shares what runs with whoever asks meanwhile', async () => {
    for (let number = 0; number < 10; number++) await add(`seat ${number}`);
    simulator.reset();
    let most = 0;
    simulator.answer(async () => {
      most = Math.max(most, simulator.openStreams);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return undefined;
    });
    const answers = await Promise.all([probeAll(), probeAll(), probeAll()]);
    for (const { status, body } of answers) expect([status, body.data.length]).toEqual([200, 10]);
    expect(asked()).toHaveLength(10);
    expect(most).toBeLessThanOrEqual(4);
    await probeAll();
    expect(asked()).toHaveLength(20);
  });

  it('wants a key of an administrator who may write', async () => {
    await add('asked');
    simulator.reset();
    expect((await probeAll(null)).status).toBe(401);
    for (const scope of ['inference', 'admin:read', 'metrics']) {
      expect((await probeAll(await keyWith(scope))).status).toBe(403);
    }
    expect(asked()).toEqual([]);
  });
});

describe('GET /health?probe=true', () => {
  beforeEach(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 0 });
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
  });

  const health = (query = '?probe=true', key: string | null = ADMIN_KEY) => call('GET', `/health${query}`, { key });

  it('sends one real request through an account that can serve', async () => {
    const { id } = await add('asked');
    simulator.reset();
    const { status, body } = await health();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'healthy',
      tested_account: id,
      test: { ok: true, model: 'claude-haiku-5.5', latency_ms: expect.any(Number) },
    });
    expect(asked()).toHaveLength(1);
  });

  it('takes accounts in turn', async () => {
    const ids = [(await add('first')).id, (await add('second')).id];
    const tested = [];
    for (let request = 0; request < 2; request++) tested.push((await health()).body.tested_account);
    expect(tested.toSorted()).toEqual(ids.toSorted());
  });

  it('is unhealthy when the request fails, and says why', async () => {
    const [first, second] = [await add('first'), await add('second')];
    for (const { simulated } of [first, second]) simulated.suspended = true;
    const { status, body } = await health();
    expect(status).toBe(503);
    expect(body).toMatchObject({
      status: 'unhealthy',
      active_accounts: 1,
      tested_account: first.id,
      test: { ok: false, error: expect.stringContaining('temporarily is suspended') },
    });
    expect(await show(first.id)).toMatchObject({ status: 'suspended' });
  });

  it('asks another next time, where the one it asked had a fault', async () => {
    const ids = [(await add('first')).id, (await add('second')).id];
    simulator.answer(() => failure(429, 'ThrottlingException', 'x'));
    const tested = [];
    for (let request = 0; request < 2; request++) tested.push((await health()).body.tested_account);
    expect(tested.toSorted()).toEqual(ids.toSorted());
  });

  it('has nobody to ask where all accounts are out, and is unhealthy', async () => {
    const { id, simulated } = await add('out');
    simulated.suspended = true;
    await call('POST', `/v2/accounts/${id}/probe`);
    simulator.reset();
    const { status, body } = await health();
    expect([status, body.status, body.tested_account]).toEqual([503, 'unhealthy', null]);
    expect(simulator.requests).toEqual([]);
  });

  it('has nobody to ask without an account', async () => {
    const { status, body } = await health();
    expect([status, body.status, body.tested_account]).toEqual([200, 'degraded', null]);
  });

  it.each(['?probe=true', '?probe=1', '?a=b&probe=true'])('is for administrators: %s', async (query) => {
    expect((await health(query, null)).status).toBe(401);
    expect((await health(query, await keyWith('inference'))).status).toBe(403);
    expect((await health(query, await keyWith('admin:read'))).status).toBe(200);
  });

  it.each(['', '?probe=false', '?probe=', '?probe', '?probe=true&probe=true', '?probe[x]=true', '?PROBE=true'])(
    'is open to everybody, and asks nobody, otherwise: %s',
    async (query) => {
      await add('left alone');
      simulator.reset();
      const { status, body } = await health(query, null);
      expect([status, body.status, body.tested_account]).toEqual([200, 'healthy', undefined]);
      expect(simulator.requests).toEqual([]);
    },
  );
});
