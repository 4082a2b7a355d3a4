import { afterAll, afterEach, beforeAll, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Simulator } from '../../simulator/simulator.js';
import { AppModule } from '../../src/app.module.js';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { routesOf } from '../../src/route-list.js';
import { type AdminAnswer, adminApi, credentialsOf } from '../support/admin-api.js';
import { amqGateway } from '../support/command-line.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const PLANTED = 'plantedSecretOfTheAuditTests';

/** What an administrator may change, such as `PATCH /v2/accounts/:id`. */
const changes = routesOf(AppModule.register(readConfiguration({}))).filter(
  ({ method, path, scope }) => method !== 'GET' && scope === 'admin' && path.startsWith('/'),
);

interface Event {
  sequence: number;
  hash: string;
  at: string;
  actor: string;
  keyId: string | null;
  action: string;
  target: string | null;
  outcome: string;
  details: unknown;
  requestId: string;
}

describeOnEachSharedDatabase('the audit log', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, {
      accounts: 0,
      ALLOW_PRIVATE_ENDPOINTS: 'true',
      ...database().environment,
    });
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  const list = async (query: string): Promise<{ data: Event[]; nextCursor: string | null }> => {
    const { status, body } = await call('GET', `/v2/audit${query}`);
    expect({ query, status }).toEqual({ query, status: 200 });
    return body;
  };
  const eventsOf = async ({ headers }: AdminAnswer) => (await list(`?requestId=${headers.get('x-request-id')}`)).data;
  const command = (...args: string[]) => amqGateway(['audit', ...args], { environment: database().environment });

  it('has an event of each change an administrator can make, with who, what, before and after', async () => {
    const account = simulator.addAccount();
    const created = await call('POST', '/v2/accounts', { body: { label: 'first', ...credentialsOf(account) } });
    const { id } = created.body;
    const key = await call('POST', '/v2/api-keys', { body: { name: 'second', scopes: ['inference'] } });
    const login = await call('POST', '/v2/accounts/login', { body: { label: 'signing in' } });
    const webhook = await call('POST', '/v2/webhooks', { body: { url: simulator.url, events: ['pool.empty'] } });
    const answers = new Map([
      ['POST /v2/webhooks', webhook],
      ['POST /v2/accounts', created],
      ['POST /v2/api-keys', key],
      ['POST /v2/accounts/login', login],
    ]);
    const ids: Record<string, string> = {
      '/v2/accounts': id,
      '/v2/api-keys': key.body.id,
      '/v2/webhooks': webhook.body.id,
    };
    const change = async (route: string, body?: unknown) => {
      const [method = '', path = ''] = route.split(' ');
      const owner = Object.keys(ids).find((beginning) => path.startsWith(beginning)) ?? '';
      const at = path.replace(':loginId', login.body.loginId).replace(':id', ids[owner] ?? id);
      answers.set(route, await call(method, at, body === undefined ? {} : { body }));
    };
    await change('PATCH /v2/accounts/:id', { weight: 7 });
    for (const prefix of ['/v2/accounts', '/admin/accounts', '/accounts'])
      for (const action of ['disable', 'enable', 'reset']) await change(`POST ${prefix}/:id/${action}`);
    await change('POST /v2/accounts/:id/refresh');
    await change('POST /v2/accounts/:id/probe');
    await change('POST /v2/accounts/probe');
    await change('POST /v2/accounts/import', [credentialsOf(simulator.addAccount())]);
    await change('POST /v2/accounts/login/:loginId/profile', { profileArn: 'arn:aws:x' });
    await change('DELETE /v2/accounts/login/:loginId');
    await change('PATCH /v2/api-keys/:id', { requestsPerMinute: 5 });
    await change('POST /v2/api-keys/:id/rotate', { overlapSeconds: 0 });
    await change('DELETE /v2/api-keys/:id');
    await change('PATCH /v2/webhooks/:id', { enabled: false });
    await change('POST /v2/webhooks/:id/rotate', {});
    await change('POST /v2/webhooks/:id/test');
    await change('DELETE /v2/webhooks/:id');
    await change('PATCH /v2/settings', { maxAttempts: 4 });
    await change('DELETE /v2/accounts/:id');

    expect([...answers.keys()].sort()).toEqual(changes.map(({ method, path }) => `${method} ${path}`).sort());
    const refused = ['POST /v2/accounts/login/:loginId/profile'];
    for (const [route, answer] of answers) {
      const events = await eventsOf(answer);
      const outcome = refused.includes(route) ? 'refused' : 'success';
      expect({ route, status: answer.status, events }).toMatchObject({
        events: expect.arrayContaining([expect.objectContaining({ actor: 'ADMIN_API_KEY', outcome })]),
      });
      expect({ route, isGood: answer.status < 300 }).toEqual({ route, isGood: outcome === 'success' });
    }
    const [updated] = await eventsOf(answers.get('PATCH /v2/accounts/:id') ?? created);
    expect(updated).toMatchObject({
      action: 'account.update',
      target: id,
      keyId: expect.any(String),
      address: expect.stringContaining('127.0.0.1'),
      details: { weight: { from: expect.any(Number), to: 7 } },
    });
  });

  it.each<[string, string, { body?: unknown; headers?: Record<string, string> }, object]>([
    [
      'PATCH',
      '/v2/accounts/nobody',
      { body: { weight: 2 } },
      { action: 'PATCH /v2/accounts/:id', target: 'nobody', details: { status: 404 } },
    ],
    [
      'POST',
      '/v2/accounts',
      { body: { label: 7, clientSecret: PLANTED } },
      { action: 'POST /v2/accounts', target: null, details: { status: 400 } },
    ],
    [
      'PATCH',
      '/v2/settings',
      { body: { strategy: PLANTED } },
      { action: 'PATCH /v2/settings', details: { status: 400 } },
    ],
    [
      'PATCH',
      '/v2/settings',
      { body: { maxAttempts: 2 }, headers: { 'if-match': '"999"' } },
      { details: { status: 412 } },
    ],
    ['DELETE', `/v2/api-keys/${'x'.repeat(1_000)}`, {}, { action: 'DELETE /v2/api-keys/:id', target: 'x'.repeat(200) }],
  ])('has an event of what was refused: %s %s', async (method, path, request, expected) => {
    const answer = await call(method, path, request);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    const events = await eventsOf(answer);
    expect(events).toMatchObject([{ outcome: 'refused', actor: 'ADMIN_API_KEY', ...expected }]);
  });

  it('keeps changes from being made as long as it can’t be written, and says later what was done first', async () => {
    const insert = jest.spyOn(AuditRepository.prototype, 'insert').mockRejectedValue(new Error('disk full'));
    const settings = () => call('GET', '/v2/settings');
    const before = (await settings()).body.maxAttempts;
    const done = await call('PATCH', '/v2/settings', { body: { maxAttempts: before + 1 } });
    expect(done).toMatchObject({ status: 500, body: { detail: expect.stringContaining('may have been done') } });
    expect((await settings()).body.maxAttempts).toBe(before + 1);
    const kept = await call('PATCH', '/v2/settings', { body: { maxAttempts: before + 2 } });
    expect(kept).toMatchObject({ status: 503, body: { detail: expect.stringContaining('Nothing was changed') } });
    expect((await settings()).body.maxAttempts).toBe(before + 1);
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({
        msg: 'An event is not in the audit log',
        action: 'settings.update',
        requestId: done.headers.get('x-request-id'),
      }),
    );
    insert.mockRestore();
    const next = await call('PATCH', '/v2/settings', { body: { maxAttempts: before } });
    expect(next.status).toBe(200);
    expect((await eventsOf(done)).map(({ action, outcome }) => [action, outcome])).toEqual([
      ['PATCH /v2/settings', 'failed'],
      ['settings.update', 'success'],
    ]);
    expect(await eventsOf(next)).toMatchObject([{ action: 'settings.update' }]);
  });

  it('is one log line for each event, with its place and hash', async () => {
    const { data } = await list('?limit=20');
    for (const { sequence, hash, action } of data)
      expect(gateway.logs).toContainEqual(expect.objectContaining({ context: 'Audit', sequence, hash, action }));
  });

  it('is listed, the newest first, on pages that hold each event once', async () => {
    const pages: Event[] = [];
    let query = '?limit=7';
    for (let cursor: string | null = ''; cursor !== null; query = `?limit=7&cursor=${cursor}`) {
      const { data, nextCursor } = await list(query);
      pages.push(...data);
      cursor = nextCursor;
    }
    const { data: all } = await list('?limit=200');
    expect(pages).toEqual(all);
    expect(all.length).toBeGreaterThan(20);
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence).toSorted((a, b) => b - a));
  });

  it('answers filters', async () => {
    const { data: all } = await list('?limit=200');
    const middle = all[Math.floor(all.length / 2)] as Event;
    const filters: [string, (event: Event) => boolean][] = [
      ['action=account.update', ({ action }) => action === 'account.update'],
      ['action=account.*', ({ action }) => action.startsWith('account.')],
      ['action=account.login.*', ({ action }) => action.startsWith('account.login.')],
      ['action=account', () => false],
      ['action=*', () => false],
      ['action=%25.*', () => false],
      ['outcome=refused', ({ outcome }) => outcome === 'refused'],
      [
        'outcome=refused&actor=ADMIN_API_KEY&action=PATCH%20/v2/settings',
        ({ action }) => action === 'PATCH /v2/settings',
      ],
      ['actor=system', ({ actor }) => actor === 'system'],
      [`keyId=${middle.keyId}`, ({ keyId }) => keyId === middle.keyId],
      [`target=${middle.target}`, ({ target }) => target === middle.target],
      [`requestId=${middle.requestId}`, ({ requestId }) => requestId === middle.requestId],
      [`from=${middle.at}`, ({ at }) => at >= middle.at],
      [`to=${middle.at}`, ({ at }) => at < middle.at],
      [
        `from=${middle.at}&to=2100-01-01T00:00:00%2B01:00&action=account.*`,
        ({ at, action }) => at >= middle.at && action.startsWith('account.'),
      ],
    ];
    for (const [filter, matches] of filters) {
      const { data } = await list(`?limit=200&${filter}`);
      const expected = all.filter(
        (event) => matches(event) && (!filter.startsWith('outcome=refused&') || event.outcome === 'refused'),
      );
      expect({ filter, found: data.map(({ sequence }) => sequence) }).toEqual({
        filter,
        found: expected.map(({ sequence }) => sequence),
      });
      const paged = await list(`?limit=1&${filter}`);
      expect(paged.data).toEqual(data.slice(0, 1));
    }
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['cursor=nonsense', 'cursor'],
    [`cursor=${Buffer.from('1795197600000.abc').toString('base64url')}`, 'cursor'],
    ['from=yesterday', 'from'],
    ['from=2026-11-01', 'from'],
    ['from=2026-W46-1T00:00:00Z', 'from'],
    ['from=2026-11-01T12Z', 'from'],
    ['to=2026-11-01T24:00:00.5Z', 'to'],
    ['to=2026-02-30T00:00:00Z', 'to'],
    ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'to'],
    ['outcome=good', 'outcome'],
    ['actor=', 'actor'],
    [`target=${'x'.repeat(201)}`, 'target'],
    ['actor=a&actor=b', 'actor'],
    ['action=account.%00*', 'action'],
    ['who=me', 'who'],
  ])('refuses %s, naming the field', async (query, field) => {
    const { status, body } = await call('GET', `/v2/audit?${query}`);
    expect({ status, fields: body.errors?.map((error: { field: string }) => error.field) }).toEqual({
      status: 400,
      fields: expect.arrayContaining([field]),
    });
  });

  it('is for keys that may read, and for no others', async () => {
    const keyWith = async (scope: string) =>
      (await call('POST', '/v2/api-keys', { body: { name: scope, scopes: [scope] } })).body.key;
    expect((await call('GET', '/v2/audit', { key: await keyWith('admin:read') })).status).toBe(200);
    expect((await call('GET', '/v2/audit', { key: await keyWith('inference') })).status).toBe(403);
    expect((await call('GET', '/v2/audit', { key: null })).status).toBe(401);
  });

  it('holds no secret', async () => {
    const rows = JSON.stringify(await gateway.app.get(DataSource).query('SELECT * FROM audit_events'));
    for (const secret of [PLANTED, ADMIN_KEY, 'clientSecret":', 'refreshToken":', 'amq_'.padEnd(12)])
      expect(rows).not.toContain(secret);
  });

  it('is verified beside the service, by a command', async () => {
    const head = await command('head');
    expect(head).toMatchObject({ status: 0, printed: expect.stringMatching(/^\d+:[0-9a-f]{64}\n$/) });
    const noted = head.printed.trim();
    const good = await command('verify', '--head', noted);
    expect(good).toMatchObject({ status: 0, printed: expect.stringContaining('as written, none is missing') });
    expect(good.printed).toContain(noted);
    const json = await command('verify', '--json');
    expect(JSON.parse(json.printed)).toMatchObject({ isRight: true, problems: [], first: 1 });
    expect(JSON.parse((await command('head', '--json')).printed)).toMatchObject({
      sequence: Number.parseInt(head.printed, 10),
    });
    expect(await command('verify', '--head', `1:${'0'.repeat(64)}`)).toMatchObject({
      status: 1,
      printed: expect.stringContaining('not in this log'),
    });

    const query = (statement: string) => gateway.app.get(DataSource).query(statement);
    await query("UPDATE audit_events SET actor = 'somebody else' WHERE sequence = 2");
    await query('DELETE FROM audit_events WHERE sequence IN (4, 5)');
    const bad = await command('verify');
    expect(bad.status).toBe(1);
    expect(bad.printed).toContain('entry 2: changed\n  entries 4 to 5: missing');
    expect(await command('--help')).toMatchObject({ status: 0, printed: expect.stringContaining('amq-gateway audit') });
    expect((await command()).status).toBe(2);
    expect(await command('verfiy')).toMatchObject({
      status: 2,
      told: expect.stringContaining("unknown command 'verfiy'"),
    });
    expect(await command('verify', '--head', '7')).toMatchObject({
      status: 2,
      told: expect.stringContaining('SEQUENCE:HASH'),
    });
  });
});
