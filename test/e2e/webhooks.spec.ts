import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Simulator } from '../../simulator/simulator.js';
import { StatusChanges } from '../../src/accounts/health/status-changes.service.js';
import { formatSecret } from '../../src/webhooks/receivers/signature.js';
import { WEBHOOK_EVENTS } from '../../src/webhooks/webhook-event.js';
import { adminApi } from '../support/admin-api.js';
import { eventually } from '../support/ask.js';
import { later } from '../support/later.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { verified, WebhookReceiver } from '../support/webhook-receiver.js';

const UNKNOWN = '0b0e0c7e-7f0a-4a53-a8c5-6a9f2c1f9d11';

let simulator: Simulator;

beforeAll(async () => {
  simulator = await Simulator.start();
});
afterAll(() => simulator.close());

describe('webhooks', () => {
  let gateway: RunningGateway;
  let receiver: WebhookReceiver;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    gateway = await startGateway(simulator, { accounts: 2, ALLOW_PRIVATE_ENDPOINTS: 'true', LOG_LEVEL: 'trace' });
  });
  afterAll(() => gateway.close());
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await receiver.close();
    for (const { id } of (await call('GET', '/v2/webhooks?limit=200')).body.data)
      await call('DELETE', `/v2/webhooks/${id}`);
  });

  const create = async (fields: object = {}) =>
    (await call('POST', '/v2/webhooks', { body: { url: receiver.url, ...fields } })).body;
  const deliveriesOf = async (id: string) => (await call('GET', `/v2/webhooks/${id}/deliveries`)).body.data;

  it('are made, shown, listed, changed and deleted', async () => {
    const made = await call('POST', '/v2/webhooks', { body: { url: receiver.url, description: 'On call' } });
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { secret, ...shown } = made.body;
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(shown).toEqual({
      id: expect.any(String),
      url: receiver.url,
      events: WEBHOOK_EVENTS,
      enabled: true,
      description: 'On call',
      createdAt: expect.any(String),
      updatedAt: shown.createdAt,
      lastDelivery: null,
    });
    const other = await create({ events: ['pool.empty'], enabled: false });
    expect((await call('GET', `/v2/webhooks/${shown.id}`)).body).toEqual(shown);
    const first = (await call('GET', '/v2/webhooks?limit=1')).body;
    const second = (await call('GET', `/v2/webhooks?limit=1&cursor=${first.nextCursor}`)).body;
    expect([first.data, second.data[0].id, second.nextCursor]).toEqual([[shown], other.id, null]);
    const change = { url: `${receiver.url}2`, events: ['pool.recovered'], enabled: false, description: null };
    const changed = (await call('PATCH', `/v2/webhooks/${shown.id}`, { body: change })).body;
    expect(changed).toMatchObject(change);
    expect((await call('PATCH', `/v2/webhooks/${shown.id}`, { body: {} })).body).toEqual(changed);
    expect((await call('DELETE', `/v2/webhooks/${shown.id}`)).status).toBe(204);
    expect((await call('GET', `/v2/webhooks/${shown.id}`)).status).toBe(404);
  });

  it.each<[string, object, string]>([
    ['no URL', { url: undefined }, 'url'],
    ['a URL that is none', { url: 'hooks' }, 'url'],
    ['another scheme', { url: 'ftp://hooks.example.com/' }, 'url'],
    ['credentials in the URL', { url: 'https://me:secret@hooks.example.com/' }, 'url'],
    ['a fragment', { url: 'https://hooks.example.com/#a' }, 'url'],
    ['a URL that is too long', { url: `https://hooks.example.com/${'a'.repeat(2048)}` }, 'url'],
    ['an event that there is not', { events: ['pool.empty', 'constructor'] }, 'events'],
    ['no events', { events: [] }, 'events'],
    ['an event twice', { events: ['pool.empty', 'pool.empty'] }, 'events'],
    ['no word for whether it is enabled', { enabled: null }, 'enabled'],
    ['a description of several lines', { description: 'a\nb' }, 'description'],
    ['a weak secret', { secret: 'whsec_c2hvcnQ=' }, 'secret'],
    ['a field that there is not', { retries: 3 }, 'retries'],
  ])('are refused with %s', async (_what, fields, field) => {
    const answer = await call('POST', '/v2/webhooks', { body: { url: 'https://hooks.example.com/', ...fields } });
    expect([answer.status, answer.body.errors.map((error: { field: string }) => error.field)]).toEqual([400, [field]]);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/rotate'],
    ['POST', '/test'],
    ['GET', '/deliveries'],
  ])('that there are not are not found: %s /v2/webhooks/…%s', async (method, path) => {
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    for (const id of [UNKNOWN, 'a%00b', '__proto__', 'x'.repeat(500)])
      expect((await call(method, `/v2/webhooks/${id}${path}`, { body })).status).toBe(404);
  });

  it('are read with `admin:read` and changed by administrators only', async () => {
    const { id } = await create();
    const { key } = (await call('POST', '/v2/api-keys', { body: { name: 'reader', scopes: ['admin:read'] } })).body;
    const statuses = [
      await call('GET', '/v2/webhooks', { key }),
      await call('GET', `/v2/webhooks/${id}/deliveries`, { key }),
      await call('POST', `/v2/webhooks/${id}/test`, { key, body: {} }),
      await call('DELETE', `/v2/webhooks/${id}`, { key }),
      await call('GET', '/v2/webhooks', { key: null }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 403, 403, 401]);
    const { origin } = new URL(receiver.url);
    expect((await call('GET', '/v2/webhooks', { key })).body.data[0]).toMatchObject({ id, url: origin });
    expect((await call('GET', `/v2/webhooks/${id}`, { key })).body.url).toBe(origin);
  });

  it('are fifty at most', async () => {
    const made = await Promise.all(
      Array.from({ length: 51 }, () => call('POST', '/v2/webhooks', { body: { url: receiver.url } })),
    );
    expect(made.filter(({ status }) => status === 201)).toHaveLength(50);
    expect(made.find(({ status }) => status === 409)?.body.detail).toContain('50 webhooks');
  });

  it('are told what happens to accounts, signed with the secret they were given', async () => {
    const secret = formatSecret(Buffer.alloc(24, 7));
    const given = await create({ secret });
    expect(given.secret).toBe(secret);
    const statuses = gateway.app.get(StatusChanges);
    const [one, two] = simulator.accounts.map(({ id }) => id);
    if (one === undefined || two === undefined) throw new Error('there are two accounts');
    await statuses.apply(one, { status: 'suspended', reason: 'Your User ID temporarily is suspended.' });
    await eventually(() => receiver.types.length === 1);
    await call('POST', `/v2/accounts/${two}/disable`);
    await eventually(() => receiver.types.length === 2);
    await call('POST', `/v2/accounts/${one}/reset`);
    await eventually(() => receiver.types.length === 4);
    await call('POST', `/v2/accounts/${two}/enable`);
    expect(receiver.types.toSorted()).toEqual([
      'account.recovered',
      'account.suspended',
      'pool.empty',
      'pool.recovered',
    ]);
    expect(receiver.received[0]?.event).toEqual({
      id: receiver.received[0]?.headers['webhook-id'],
      type: 'account.suspended',
      createdAt: expect.any(String),
      data: {
        account: {
          id: one,
          label: one,
          status: 'suspended',
          reason: 'Your User ID temporarily is suspended.',
          since: expect.any(String),
        },
      },
    });
    await Promise.all(receiver.received.map((each) => verified(each, secret)));
    await eventually(async () =>
      (await deliveriesOf(given.id)).every(({ state }: { state: string }) => state === 'delivered'),
    );
    const { data, nextCursor } = (await call('GET', `/v2/webhooks/${given.id}/deliveries?limit=3`)).body;
    const rest = (await call('GET', `/v2/webhooks/${given.id}/deliveries?limit=3&cursor=${nextCursor}`)).body;
    expect([data.length, rest.data.length, rest.nextCursor]).toEqual([3, 1, null]);
    expect(rest.data[0]).toEqual({
      id: receiver.received[0]?.event.id,
      type: 'account.suspended',
      state: 'delivered',
      attempts: 1,
      status: 204,
      error: null,
      createdAt: expect.any(String),
      nextAttemptAt: null,
      endedAt: expect.any(String),
    });
  });

  it('are tried out, enabled or not', async () => {
    const { id, secret } = await create({ enabled: false });
    const test = async () => (await call('POST', `/v2/webhooks/${id}/test`)).body;
    const delivered = await test();
    expect(delivered).toEqual({
      eventId: expect.any(String),
      delivered: true,
      status: 204,
      error: null,
      durationMs: expect.any(Number),
    });
    expect(receiver.received[0]?.event).toMatchObject({
      id: delivered.eventId,
      type: 'webhook.test',
      data: { webhook: { id } },
    });
    await Promise.all(receiver.received.map((each) => verified(each, secret)));
    receiver.answer = (response) => response.writeHead(503, { 'content-type': 'text/html' }).end('an answer of theirs');
    expect(await test()).toMatchObject({ delivered: false, status: 503, error: 'status' });
    expect((await call('GET', `/v2/webhooks/${id}`)).body.lastDelivery).toEqual({
      at: expect.any(String),
      status: 503,
      error: 'status',
    });
    expect(await deliveriesOf(id)).toMatchObject([
      { type: 'webhook.test', state: 'given_up', status: 503, nextAttemptAt: null },
      { type: 'webhook.test', state: 'delivered' },
    ]);
    expect(JSON.stringify(gateway.logs)).not.toContain('an answer of theirs');
  });

  it('sign with the secret before as well after a rotation, and no longer than they were told', async () => {
    const { id, secret: before } = await create();
    const rotate = async (body?: object) => (await call('POST', `/v2/webhooks/${id}/rotate`, { body })).body.secret;
    const sent = async () => {
      await call('POST', `/v2/webhooks/${id}/test`);
      const last = receiver.received.at(-1);
      if (!last) throw new Error('nothing was sent');
      return last;
    };
    const after = await rotate({ overlapSeconds: 3_600 });
    await Promise.all([before, after].map(async (secret) => verified(await sent(), secret)));
    const own = formatSecret(Buffer.alloc(32, 9));
    expect(await rotate({ secret: own, overlapSeconds: 0 })).toBe(own);
    await verified(await sent(), own);
    await expect(verified(await sent(), after)).rejects.toThrow();
    const last = await rotate();
    later(gateway, 86_401);
    const late = await sent();
    later(gateway, -86_401);
    expect(String(late.headers['webhook-signature']).split(' ')).toHaveLength(1);
    expect(last).not.toBe(own);
  });

  it('leave neither secret nor the rest of their URL in the database, the audit log or the log', async () => {
    const secret = formatSecret(Buffer.from('planted-secret-of-a-webhook-000000'));
    const url = `${receiver.url}&key=planted-in-the-url`;
    const { id } = await create({ url, secret });
    await call('PATCH', `/v2/webhooks/${id}`, { body: { url: `${url}-2` } });
    const { secret: second } = (await call('POST', `/v2/webhooks/${id}/rotate`)).body;
    await call('POST', `/v2/webhooks/${id}/test`);
    expect((await call('POST', '/v2/webhooks', { body: { url: 'nonsense', secret } })).status).toBe(400);
    const dataSource = gateway.app.get(DataSource);
    const stored = await Promise.all(
      ['webhooks', 'webhook_deliveries', 'audit_events'].map((table) => dataSource.query(`SELECT * FROM ${table}`)),
    );
    await call('DELETE', `/v2/webhooks/${id}`);
    const { data: audited } = (await call('GET', `/v2/audit?target=${id}`)).body;
    const texts = [stored, gateway.logs, audited, (await call('GET', '/v2/webhooks')).body].map((each) =>
      JSON.stringify(each),
    );
    for (const text of texts)
      for (const planted of [secret.slice(6), second.slice(6), 'planted-in-the-url'])
        expect(text).not.toContain(planted);
    expect(audited.map(({ action, details }: { action: string; details: unknown }) => [action, details])).toMatchObject(
      [
        ['webhook.delete', { url: new URL(url).origin }],
        ['webhook.test', { status: 204, error: null }],
        ['webhook.rotate', { overlapSeconds: 86_400 }],
        ['webhook.update', { url: { from: new URL(url).origin } }],
        ['webhook.create', { url: new URL(url).origin, enabled: true }],
      ],
    );
  });

  it('are counted', async () => {
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^amq_gateway_webhook_deliveries_total\{outcome="delivered"\} [1-9]/m);
    expect(metrics).toMatch(/^amq_gateway_webhook_deliveries_total\{outcome="dropped"\} 0$/m);
    expect(metrics).toMatch(/^amq_gateway_webhook_deliveries_waiting \d/m);
  });
});

describe('webhooks into this network', () => {
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    gateway = await startGateway(simulator, { accounts: 1 });
  });
  afterAll(() => gateway.close());

  it.each([
    'https://127.0.0.1/',
    'https://10.1.2.3/',
    'https://169.254.169.254/latest/',
    'https://[::1]/',
    'https://0x7f000001/',
    'https://localhost/',
    'https://hooks.internal/',
    'https://hooks/',
    'http://hooks.example.com/',
  ])('are refused unless ALLOW_PRIVATE_ENDPOINTS is set: %s', async (url) => {
    const made = await call('POST', '/v2/webhooks', { body: { url } });
    expect([made.status, made.body.errors[0].message]).toEqual([
      400,
      expect.stringContaining('ALLOW_PRIVATE_ENDPOINTS'),
    ]);
    const good = (await call('POST', '/v2/webhooks', { body: { url: 'https://hooks.example.com/?a=b' } })).body;
    expect((await call('PATCH', `/v2/webhooks/${good.id}`, { body: { url } })).status).toBe(400);
    await call('DELETE', `/v2/webhooks/${good.id}`);
  });
});
