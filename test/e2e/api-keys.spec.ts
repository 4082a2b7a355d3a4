import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Simulator } from '../../simulator/simulator.js';
import { AdminKeySeeder } from '../../src/auth/api-keys/admin-key-seeder.service.js';
import { type AdminCall, adminApi } from '../support/admin-api.js';
import { eventually } from '../support/ask.js';
import { answered, postResponses } from '../support/ask-responses.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;
const call = adminApi(() => gateway);
const create = (body: unknown, more: AdminCall = {}) => call('POST', '/v2/api-keys', { body, ...more });
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
/** What the model API answers to a key. */
const statusOf = async (key: string) => (await call('GET', '/v1/models', { key })).status;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const UNLIMITED = {
  requestsPerMinute: null,
  tokensPerMinute: null,
  maxConcurrent: null,
  monthlyTokenBudget: null,
  monthlyCostBudget: null,
  allowedModels: null,
  allowedCidrs: null,
};
const LIMITED = {
  requestsPerMinute: 60,
  tokensPerMinute: 100_000,
  maxConcurrent: 4,
  monthlyTokenBudget: 1_000_000_000_000_000,
  monthlyCostBudget: 0.01,
  allowedModels: ['claude-haiku-*', 'gpt-5'],
  allowedCidrs: ['10.0.0.0/8', '127.0.0.1/32'],
};

describe('a key', () => {
  it('is made, shown once, works, and is shown without its secret from then on', async () => {
    const created = await create({ name: 'laptop' });
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    const { key, ...shown } = created.body;
    expect(shown).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'laptop',
      prefix: key.slice(0, 10),
      scopes: ['inference'],
      enabled: true,
      expiresAt: null,
      ...UNLIMITED,
      previousKeyExpiresAt: null,
      lastUsedAt: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/),
    });
    expect(key).toMatch(/^amq_[A-Za-z0-9_-]{49}$/);
    expect((await call('GET', `/v2/api-keys/${shown.id}`)).body).toEqual(shown);
    expect(await statusOf(key)).toBe(200);
    await eventually(async () => (await call('GET', `/v2/api-keys/${shown.id}`)).body.lastUsedAt !== null);
    const listed = await call('GET', '/v2/api-keys?limit=200');
    expect(listed.body.data).toContainEqual({ ...shown, lastUsedAt: expect.any(String) });
    expect(JSON.stringify(listed.body)).not.toContain(key);
  });

  it('has every limit it was made with, in its one spelling', async () => {
    const body = {
      name: 'limited',
      scopes: ['inference', 'metrics'],
      ...LIMITED,
      expiresAt: '2199-12-31T23:00:00-01:00',
    };
    const written = {
      ...body,
      allowedModels: [...LIMITED.allowedModels, 'gpt-5'],
      allowedCidrs: ['10.1.2.3/8', '10.0.0.0/8', '::ffff:127.0.0.1'],
    };
    const created = await create(written);
    expect(created.body).toMatchObject({ ...body, expiresAt: '2200-01-01T00:00:00.000Z' });
    expect((await create({ name: 'none', ...UNLIMITED, expiresAt: null })).body).toMatchObject(UNLIMITED);
  });

  it('is changed in what is named, and null takes a limit away', async () => {
    const { key, ...made } = (await create({ name: 'first', ...LIMITED, expiresAt: inSeconds(60) })).body;
    const path = `/v2/api-keys/${made.id}`;
    const first = await call('PATCH', path, { body: { name: 'second', maxConcurrent: 9 } });
    expect(first).toMatchObject({ status: 200, body: { ...made, name: 'second', maxConcurrent: 9 } });
    const cleared = await call('PATCH', path, { body: { ...UNLIMITED, expiresAt: null, scopes: ['metrics'] } });
    expect(cleared.body).toEqual({ ...made, ...UNLIMITED, name: 'second', expiresAt: null, scopes: ['metrics'] });
    expect(await statusOf(key)).toBe(403);
    expect((await call('PATCH', path, { body: {} })).body).toMatchObject({ name: 'second' });
    expect((await call('GET', path)).body).toMatchObject({ ...UNLIMITED, name: 'second' });
  });

  it('is refused from the moment it is disabled or deleted', async () => {
    const { key, id } = (await create({ name: 'short' })).body;
    expect(await statusOf(key)).toBe(200);
    await call('PATCH', `/v2/api-keys/${id}`, { body: { enabled: false } });
    expect(await statusOf(key)).toBe(401);
    await call('PATCH', `/v2/api-keys/${id}`, { body: { enabled: true } });
    expect(await statusOf(key)).toBe(200);
    expect(await call('DELETE', `/v2/api-keys/${id}`)).toMatchObject({ status: 204, body: undefined });
    expect(await statusOf(key)).toBe(401);
    expect((await call('DELETE', `/v2/api-keys/${id}`)).status).toBe(404);
  });

  it('takes the responses along that were stored for it, and no others', async () => {
    const { key, id } = (await create({ name: 'keeper' })).body;
    const asked = { model: 'claude-sonnet-5', input: 'Hello' };
    const kept = await postResponses(gateway, asked, { headers: { 'x-api-key': key } });
    expect(kept.status).toBe(200);
    await kept.text();
    const { id: another } = await answered(gateway);
    const dataSource = gateway.app.get(DataSource);
    const rowsOf = async () => {
      const tables = ['stored_responses', 'stored_items', 'stored_item_uses'];
      const all = await Promise.all(tables.map((table) => dataSource.query(`SELECT key_id FROM ${table}`)));
      return all.map((rows: { key_id: string }[]) => rows.filter((row) => row.key_id === id).length);
    };
    expect(Math.min(...(await rowsOf()))).toBeGreaterThan(0);
    await call('DELETE', `/v2/api-keys/${id}`);
    await eventually(async () => Math.max(...(await rowsOf())) === 0);
    expect((await call('GET', `/v1/responses/${another}`)).status).toBe(200);
  });

  it('gets another secret, and the one before stays good for an hour unless told otherwise', async () => {
    const { key, id } = (await create({ name: 'rotated' })).body;
    const first = await call('POST', `/v2/api-keys/${id}/rotate`);
    expect(first.status).toBe(200);
    expect(first.headers.get('cache-control')).toBe('no-store');
    expect(first.body).toMatchObject({ id, name: 'rotated', prefix: first.body.key.slice(0, 10) });
    const hours = (Date.parse(first.body.previousKeyExpiresAt) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(0.9);
    expect(hours).toBeLessThanOrEqual(1);
    expect([await statusOf(key), await statusOf(first.body.key)]).toEqual([200, 200]);
    const second = await call('POST', `/v2/api-keys/${id}/rotate`, { body: { overlapSeconds: 0 } });
    expect(second.body.previousKeyExpiresAt).toBeNull();
    expect([await statusOf(key), await statusOf(first.body.key), await statusOf(second.body.key)]).toEqual([
      401, 401, 200,
    ]);
    const shown = (await call('GET', `/v2/api-keys/${id}`)).body;
    expect(shown).not.toHaveProperty('key');
  });

  it('that is a setting is not rotated, and says why', async () => {
    const { data } = (await call('GET', '/v2/api-keys?limit=200')).body;
    const seeded = data.find(({ name }: { name: string }) => name === 'ADMIN_API_KEY');
    expect(await call('POST', `/v2/api-keys/${seeded.id}/rotate`)).toMatchObject({
      status: 409,
      body: { detail: 'This key is the setting ADMIN_API_KEY: it is changed there, at a restart.' },
    });
    expect(gateway.app.get(AdminKeySeeder).takeGeneratedKey()).toBeUndefined();
  });
});

describe('the last key of an administrator', () => {
  it('cannot take away its own right, in whatever way', async () => {
    const { data } = (await call('GET', '/v2/api-keys?limit=200')).body;
    const seeded = data.find(({ name }: { name: string }) => name === 'ADMIN_API_KEY');
    const path = `/v2/api-keys/${seeded.id}`;
    const tries: [string, AdminCall][] = [
      ['DELETE', {}],
      ['PATCH', { body: { enabled: false } }],
      ['PATCH', { body: { scopes: ['admin:read'] } }],
      ['PATCH', { body: { expiresAt: inSeconds(60) } }],
    ];
    for (const [method, more] of tries) {
      const refused = await call(method, path, more);
      expect(refused).toMatchObject({ status: 409, body: { type: 'urn:amq-gateway:problem:conflict' } });
      expect(refused.body.detail).toContain("the last enabled key with the scope 'admin'");
    }
    expect((await call('GET', path)).body).toEqual({ ...seeded, lastUsedAt: expect.any(String) });
  });
});

describe('what is wrong', () => {
  const many = (count: number) => Array.from({ length: count }, (_, number) => `model-${number}`);

  it.each<[string, object, string[]]>([
    ['an empty name', { name: '' }, ['name']],
    ['a name over 100 characters', { name: 'x'.repeat(101) }, ['name']],
    ['a name of spaces', { name: '  ' }, ['name']],
    ['a name with a line break', { name: 'a\nb' }, ['name']],
    ['a name with a NUL', { name: 'a\0b' }, ['name']],
    ['half a character in a name', { name: 'a\ud800' }, ['name']],
    ['a number for a name', { name: 7 }, ['name']],
    ['null for a name', { name: null }, ['name']],
    ['no scopes', { scopes: [] }, ['scopes']],
    ['null for scopes', { scopes: null }, ['scopes']],
    ['a text for scopes', { scopes: 'admin' }, ['scopes']],
    ['an unknown scope', { scopes: ['inference', 'root'] }, ['scopes']],
    ['a scope twice', { scopes: ['inference', 'inference'] }, ['scopes']],
    ['an expiry in the past', { expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt']],
    ['an expiry without a zone', { expiresAt: '2199-01-01T00:00:00' }, ['expiresAt']],
    ['a date for an expiry', { expiresAt: '2199-01-01' }, ['expiresAt']],
    ['a week for an expiry', { expiresAt: '2199-W01-1T00:00:00Z' }, ['expiresAt']],
    ['a month for an expiry', { expiresAt: '2199-01T00:00Z' }, ['expiresAt']],
    ['a day no calendar has', { expiresAt: '2199-02-30T00:00:00Z' }, ['expiresAt']],
    ['a number for an expiry', { expiresAt: 1_798_761_600 }, ['expiresAt']],
    ['limits of 0', { requestsPerMinute: 0, tokensPerMinute: 0 }, ['requestsPerMinute', 'tokensPerMinute']],
    ['limits below 0', { maxConcurrent: -1, monthlyCostBudget: -0.5 }, ['maxConcurrent', 'monthlyCostBudget']],
    ['a cost of 0', { monthlyCostBudget: 0 }, ['monthlyCostBudget']],
    [
      'half a request',
      { requestsPerMinute: 0.5, monthlyTokenBudget: 1.5 },
      ['requestsPerMinute', 'monthlyTokenBudget'],
    ],
    [
      'texts for limits',
      { requestsPerMinute: '60', monthlyCostBudget: '1' },
      ['requestsPerMinute', 'monthlyCostBudget'],
    ],
    [
      'limits beyond their limit',
      { requestsPerMinute: 1_000_001, tokensPerMinute: 1e10 },
      ['requestsPerMinute', 'tokensPerMinute'],
    ],
    [
      'limits far beyond',
      { maxConcurrent: 1e300, monthlyTokenBudget: 2 ** 53 },
      ['maxConcurrent', 'monthlyTokenBudget'],
    ],
    [
      'booleans and lists for limits',
      { maxConcurrent: true, monthlyCostBudget: [1] },
      ['maxConcurrent', 'monthlyCostBudget'],
    ],
    ['no models', { allowedModels: [] }, ['allowedModels']],
    ['a text for models', { allowedModels: 'claude-*' }, ['allowedModels']],
    ['an empty model', { allowedModels: ['a', ''] }, ['allowedModels']],
    ['a model of 257 characters', { allowedModels: ['x'.repeat(257)] }, ['allowedModels']],
    ['101 models', { allowedModels: many(101) }, ['allowedModels']],
    ['null for a model', { allowedModels: [null] }, ['allowedModels']],
    ['an object for models', { allowedModels: { length: 1, 0: 'a' } }, ['allowedModels']],
    ['no networks', { allowedCidrs: [] }, ['allowedCidrs']],
    ['a host name for a network', { allowedCidrs: ['localhost'] }, ['allowedCidrs']],
    ['a prefix too long', { allowedCidrs: ['10.0.0.0/33'] }, ['allowedCidrs']],
    ['a number for a network', { allowedCidrs: [10] }, ['allowedCidrs']],
    ['101 networks', { allowedCidrs: many(101).map((_, number) => `10.0.0.${number}`) }, ['allowedCidrs']],
    ['unknown fields', { key: 'mine', digest: 'x', seeded: true }, ['key', 'digest', 'seeded']],
    ['several wrong fields', { name: '', scopes: ['root'], colour: 'red' }, ['name', 'scopes', 'colour']],
  ])('is named when a key is made or changed: %s', async (_what, wrong, fields) => {
    const { id } = (await call('GET', '/v2/api-keys?limit=1')).body.data[0];
    for (const answer of [
      await create({ name: 'x', ...wrong }),
      await call('PATCH', `/v2/api-keys/${id}`, { body: wrong }),
    ]) {
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const named = answer.body.errors.map(({ field }: { field: string }) => field);
      expect(new Set(named)).toEqual(new Set(fields));
    }
  });

  it.each<[string, unknown, string[]]>([
    ['nothing', undefined, ['name']],
    ['an empty object', {}, ['name']],
    ['a key that is disabled from the start', { name: 'x', enabled: false }, ['enabled']],
  ])('is named of a new key: %s', async (_what, body, fields) => {
    const answer = await create(body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
  });

  it.each([-1, 2_592_001, 0.5, '60', null, true, [60]])(
    'is named of a rotation: %j for the overlap',
    async (overlapSeconds) => {
      const { id } = (await create({ name: 'not rotated' })).body;
      const answer = await call('POST', `/v2/api-keys/${id}/rotate`, { body: { overlapSeconds } });
      expect(answer.status).toBe(400);
      expect(new Set(answer.body.errors.map(({ field }: { field: string }) => field))).toEqual(
        new Set(['overlapSeconds']),
      );
      expect((await call('GET', `/v2/api-keys/${id}`)).body.previousKeyExpiresAt).toBeNull();
    },
  );

  it('names the limits of a number', async () => {
    expect((await create({ name: 'x', requestsPerMinute: 0, monthlyCostBudget: 0 })).body.errors).toEqual([
      {
        field: 'requestsPerMinute',
        message: 'requestsPerMinute must be a whole number from 1 to 1000000; null: no limit',
      },
      {
        field: 'monthlyCostBudget',
        message: 'monthlyCostBudget must be a number above 0, at most 1000000000; null: no limit',
      },
    ]);
  });

  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/rotate'],
  ])('is a key that is not there: %s …%s', async (method, suffix) => {
    for (const id of ['00000000-0000-4000-8000-000000000000', 'x', '%00', '__proto__', "'%20OR%201=1"]) {
      const answer = await call(method, `/v2/api-keys/${id}${suffix}`, method === 'GET' ? {} : { body: {} });
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
    }
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=many', 'limit'],
    ['limit=', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=page-two', 'cursor'],
    ['cursor=a&cursor=b', 'cursor'],
    ['order=name', 'order'],
  ])('is named of a list: ?%s', async (query, field) => {
    const answer = await call('GET', `/v2/api-keys?${query}`);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toContainEqual({ field, message: expect.any(String) });
  });
});

describe('the list', () => {
  it('comes in pages', async () => {
    for (const name of ['page 1', 'page 2', 'page 3']) await create({ name });
    const all = (await call('GET', '/v2/api-keys?limit=200')).body;
    expect(all.nextCursor).toBeNull();
    const first = (await call('GET', '/v2/api-keys?limit=2')).body;
    const rest = (await call('GET', `/v2/api-keys?limit=200&cursor=${first.nextCursor}`)).body;
    expect(first.data).toHaveLength(2);
    const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id);
    expect([...ids(first), ...ids(rest)]).toEqual(ids(all));
  });
});

describe('who may', () => {
  it.each<[string[], number, number]>([
    [['inference'], 403, 403],
    [['metrics'], 403, 403],
    [['admin:read'], 200, 403],
    [['admin'], 200, 201],
  ])('read and change keys: scopes %j answer %i and %i', async (scopes, reading, writing) => {
    const { key, id } = (await create({ name: 'scoped', scopes })).body;
    for (const path of ['/v2/api-keys', `/v2/api-keys/${id}`]) {
      expect((await call('GET', path, { key })).status).toBe(reading);
    }
    expect((await create({ name: 'made' }, { key })).status).toBe(writing);
    const changed = writing === 403 ? 403 : 200;
    expect((await call('PATCH', `/v2/api-keys/${id}`, { key, body: { name: 'renamed' } })).status).toBe(changed);
    expect((await call('POST', `/v2/api-keys/${id}/rotate`, { key })).status).toBe(changed);
    expect((await call('DELETE', `/v2/api-keys/${id}`)).status).toBe(204);
  });

  it.each([null, '', 'stranger', ADMIN_KEY.slice(0, -1)])('not: the key %j', async (key) => {
    const answer = await call('GET', '/v2/api-keys', { key });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-should-retry')).toBe('false');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });
});

describe('the audit log', () => {
  it('has the address of those who cut the connection right after what they asked for, or nothing is done', async () => {
    const { id } = (await create({ name: 'cut' })).body;
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    await new Promise((resolve) => socket.once('connect', resolve));
    socket.write(`DELETE /v2/api-keys/${id} HTTP/1.1\r\nhost: x\r\nx-api-key: ${ADMIN_KEY}\r\n\r\n`);
    await new Promise((resolve) => setImmediate(resolve));
    socket.resetAndDestroy();
    await eventually(() => gateway.logs.some((line) => line.msg === 'request' && line.path === `/v2/api-keys/${id}`));
    const rows: { address: string | null }[] = await gateway.app
      .get(DataSource)
      .query(`SELECT address FROM audit_events WHERE target = '${id}'`);
    expect(rows.map(({ address }) => address)).not.toContain(null);
  });

  it('has each change with who made it, and no secret', async () => {
    const { key, id } = (await create({ name: 'audited', maxConcurrent: 2 })).body;
    await call('PATCH', `/v2/api-keys/${id}`, { body: { maxConcurrent: 3 } });
    const rotated = (await call('POST', `/v2/api-keys/${id}/rotate`, { body: { overlapSeconds: 60 } })).body;
    await call('DELETE', `/v2/api-keys/${id}`);
    const rows: { action: string; actor: string; details: string }[] = await gateway.app
      .get(DataSource)
      .query(`SELECT * FROM audit_events WHERE target = '${id}' ORDER BY at`);
    expect(rows.map(({ action }) => action).toSorted()).toEqual([
      'api-key.create',
      'api-key.delete',
      'api-key.rotate',
      'api-key.update',
    ]);
    expect(new Set(rows.map(({ actor }) => actor))).toEqual(new Set(['ADMIN_API_KEY']));
    const update = rows.find(({ action }) => action === 'api-key.update');
    expect(JSON.parse(update?.details ?? '')).toEqual({ maxConcurrent: { from: 2, to: 3 } });
    for (const secret of [key, rotated.key]) expect(JSON.stringify(rows)).not.toContain(secret.slice(10));
  });
});
