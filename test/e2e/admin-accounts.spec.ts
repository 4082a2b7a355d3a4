import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { Simulator } from '../../simulator/simulator.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { post, QUESTION } from '../support/ask.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const ARN = 'arn:aws:codewhisperer:us-east-1:123456789012:profile/ABCDEFGHIJKL';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describeOnEachSharedDatabase('/v2/accounts', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 0, LOG_LEVEL: 'trace', ...database().environment });
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  let number = 0;
  const described = (fields: object = {}) => ({
    label: `Seat ${++number}`,
    ...credentialsOf(simulator.addAccount()),
    ...fields,
  });
  const anthropic = (fields: object = {}) => ({
    label: `Endpoint ${++number}`,
    provider: 'anthropic',
    baseUrl: 'https://api.anthropic.com',
    apiKey: `sk-ant-planted-${number}`,
    ...fields,
  });
  const create = async (fields: object = {}) => (await call('POST', '/v2/accounts', { body: described(fields) })).body;
  const query = (sql: string) => gateway.app.get(DataSource).query(sql);
  const auditOf = async (
    id: string,
  ): Promise<{ action: string; actor: string; outcome: string; details: unknown }[]> => {
    const rows = await query(
      `SELECT action, actor, outcome, details FROM audit_events WHERE target = '${id}' ORDER BY at`,
    );
    return rows.map((row: { details: string | null }) => ({ ...row, details: JSON.parse(row.details ?? 'null') }));
  };
  const fieldsIn = (body: { errors?: { field: string }[] }) => (body.errors ?? []).map(({ field }) => field);

  describe('POST', () => {
    it('takes an account in, says where it is, and shows every field of it', async () => {
      const body = described();
      const answer = await call('POST', '/v2/accounts', { body });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^acc_[0-9a-f]{24}$/),
        label: body.label,
        provider: 'amazonq',
        enabled: true,
        status: 'active',
        statusReason: null,
        statusSince: TIME,
        statusUntil: null,
        weight: 1,
        priority: 0,
        requestsPerMinute: null,
        maxConcurrent: null,
        region: null,
        ssoRegion: null,
        profileArn: null,
        apiEndpoint: null,
        tokenEndpoint: null,
        binding: null,
        origin: null,
        baseUrl: null,
        startUrl: null,
        tokenExpiresAt: null,
        lastRefreshAt: null,
        registrationExpiresAt: null,
        lastUsedAt: null,
        quota: null,
        breaker: { state: 'closed', failures: 0, openUntil: null },
        inFlight: 0,
        requestCount: 0,
        errorCount: 0,
        models: [],
        revision: 1,
        createdAt: TIME,
        updatedAt: TIME,
      });
      expect(answer.headers.get('location')).toBe(`/v2/accounts/${answer.body.id}`);
      expect(answer.headers.get('etag')).toBe('"1"');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect((await call('GET', `/v2/accounts/${answer.body.id}`)).body).toEqual(answer.body);
    });

    it('takes every field there is', async () => {
      const settings = {
        enabled: false,
        weight: 1000,
        priority: 7,
        requestsPerMinute: 100_000,
        maxConcurrent: 10_000,
        profileArn: ARN,
        region: 'eu-central-1',
        ssoRegion: 'eu-west-1',
        apiEndpoint: 'https://q.eu-central-1.amazonaws.com/',
        tokenEndpoint: 'https://oidc.eu-west-1.amazonaws.com/token',
        binding: 'awsJson1.0',
        origin: 'AI_EDITOR',
        startUrl: 'https://d-1234567890.awsapps.com/start',
      };
      const credentials = {
        accessToken: 'aoaPLANTED',
        accessTokenExpiresAt: '2126-11-20T13:00:00+01:00',
        registrationExpiresAt: '2127-02-18T12:00:00Z',
      };
      const answer = await call('POST', '/v2/accounts', { body: described({ ...settings, ...credentials }) });
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({
        ...settings,
        status: 'disabled',
        statusReason: 'Disabled by an administrator',
        tokenExpiresAt: '2126-11-20T12:00:00.000Z',
        registrationExpiresAt: '2127-02-18T12:00:00.000Z',
      });
    });

    it('takes an endpoint that speaks the Anthropic API', async () => {
      const answer = await call('POST', '/v2/accounts', { body: anthropic({ weight: 0, enabled: false }) });
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({ provider: 'anthropic', baseUrl: 'https://api.anthropic.com', weight: 0 });
    });

    it('takes null for what is left out', async () => {
      const nulls = { provider: null, enabled: null, weight: null, priority: null, region: null, accessToken: null };
      const answer = await call('POST', '/v2/accounts', { body: described({ ...nulls, profileArn: null }) });
      expect(answer.status).toBe(201);
      expect(answer.body).toMatchObject({ provider: 'amazonq', enabled: true, weight: 1, priority: 0, region: null });
    });

    it('makes an account that serves at once', async () => {
      const { id } = await create();
      const others = (await call('GET', '/v2/accounts?limit=200&enabled=true')).body.data;
      for (const other of others) if (other.id !== id) await call('POST', `/v2/accounts/${other.id}/disable`);
      const answer = await post(gateway, QUESTION);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-amq-account')).toBe(id);
      for (const other of others) await call('POST', `/v2/accounts/${other.id}/enable`);
    });

    it('is audited, without a secret', async () => {
      const body = described({ weight: 3, accessToken: 'aoaPLANTED' });
      const { id } = (await call('POST', '/v2/accounts', { body })).body;
      expect(await auditOf(id)).toEqual([
        {
          action: 'account.create',
          actor: expect.stringMatching(/admin/i),
          outcome: 'success',
          details: { label: body.label, provider: 'amazonq', weight: 3 },
        },
      ]);
    });

    const tooLong = (length: number) => 'x'.repeat(length + 1);
    it.each<[string, object, string[]]>([
      [
        'nothing',
        { label: undefined, clientId: undefined, clientSecret: undefined, refreshToken: undefined },
        ['label', 'clientId', 'clientSecret', 'refreshToken'],
      ],
      ['an empty label', { label: '' }, ['label']],
      ['a label that is a number', { label: 7 }, ['label']],
      ['a label that is too long', { label: tooLong(100) }, ['label']],
      ['a label with a line break', { label: 'a\nb' }, ['label']],
      ['a label with a zero byte', { label: 'a\0b' }, ['label']],
      ['a label with half a character', { label: 'a\ud800' }, ['label']],
      ['an unknown provider', { provider: 'openai' }, ['provider']],
      ['a provider that is an object', { provider: {} }, ['provider']],
      ['enabled as text', { enabled: 'true' }, ['enabled']],
      ['a weight below 0', { weight: -1 }, ['weight']],
      ['a weight above 1000', { weight: 1001 }, ['weight']],
      ['a weight that is not whole', { weight: 1.5 }, ['weight']],
      ['a weight as text', { weight: '5' }, ['weight']],
      ['a priority above 1000', { priority: 1001 }, ['priority']],
      ['0 requests a minute', { requestsPerMinute: 0 }, ['requestsPerMinute']],
      ['too many requests a minute', { requestsPerMinute: 100_001 }, ['requestsPerMinute']],
      ['0 at a time', { maxConcurrent: 0 }, ['maxConcurrent']],
      ['too many at a time', { maxConcurrent: 10_001 }, ['maxConcurrent']],
      ['a region that is none', { region: 'us-east-1.evil.example' }, ['region']],
      ['a region that is too long', { region: `us-${tooLong(64)}-1` }, ['region']],
      ['a sign-in region that is none', { ssoRegion: 'moon' }, ['ssoRegion']],
      ['a profile that is no ARN', { profileArn: 'profile' }, ['profileArn']],
      ['an ARN of something else', { profileArn: 'arn:aws:iam::123456789012:user/somebody' }, ['profileArn']],
      ['an ARN that is too long', { profileArn: ARN.padEnd(951, 'X') }, ['profileArn']],
      ['an endpoint that is no URL', { apiEndpoint: 'q.us-east-1.amazonaws.com' }, ['apiEndpoint']],
      ['an endpoint of another scheme', { apiEndpoint: 'file:///etc/passwd' }, ['apiEndpoint']],
      ['an endpoint with credentials', { apiEndpoint: 'https://user:pass@example.com/' }, ['apiEndpoint']],
      ['an endpoint on this machine', { apiEndpoint: 'http://127.0.0.1:9/' }, ['apiEndpoint']],
      ['a token endpoint in this network', { tokenEndpoint: 'http://10.0.0.1/token' }, ['tokenEndpoint']],
      [
        'a token endpoint that tells about the machine',
        { tokenEndpoint: 'http://169.254.169.254/token' },
        ['tokenEndpoint'],
      ],
      ['an endpoint that is too long', { apiEndpoint: `https://example.com/${tooLong(2048)}` }, ['apiEndpoint']],
      ['an unknown binding', { binding: 'rest' }, ['binding']],
      ['an origin that is none', { origin: 'cli tool' }, ['origin']],
      ['a start URL that is none', { startUrl: 'start' }, ['startUrl']],
      ['an empty client id', { clientId: '' }, ['clientId']],
      ['a client secret with a space', { clientSecret: 'a b' }, ['clientSecret']],
      ['a client secret that is too long', { clientSecret: tooLong(16_384) }, ['clientSecret']],
      ['a refresh token with a line break', { refreshToken: 'abc\n' }, ['refreshToken']],
      ['a refresh token that is an object', { refreshToken: { $ne: null } }, ['refreshToken']],
      ['a refresh token that was cut off', { refreshToken: 'aorAAAAAG...xyz' }, ['refreshToken']],
      ['an end without its access token', { accessTokenExpiresAt: '2126-11-20T13:00:00Z' }, ['accessTokenExpiresAt']],
      ['an end that is no time', { accessToken: 'a', accessTokenExpiresAt: 'soon' }, ['accessTokenExpiresAt']],
      [
        'an end without its zone',
        { accessToken: 'a', accessTokenExpiresAt: '2126-11-20T13:00:00' },
        ['accessTokenExpiresAt'],
      ],
      ['a field of the other provider', { apiKey: 'sk-ant-planted' }, ['apiKey']],
      [
        'several wrong fields',
        { weight: -1, baseUrl: 'https://example.com', region: '' },
        ['weight', 'baseUrl', 'region'],
      ],
      ['an unknown field', { wieght: 2 }, ['wieght']],
      ['what only the service sets', { status: 'active', id: 'mine' }, ['status', 'id']],
    ])('refuses %s, and names it', async (_what, fields, named) => {
      const body = { ...described(), ...fields };
      const answer = await call('POST', '/v2/accounts', { body });
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(new Set(fieldsIn(answer.body))).toEqual(new Set(named));
      for (const { field, message } of answer.body.errors) expect(message).toContain(field);
      const text = JSON.stringify(answer.body);
      for (const secret of [body.clientSecret, body.refreshToken, 'sk-ant-planted', 'pass@']) {
        if (typeof secret === 'string' && secret.length > 3) expect(text).not.toContain(secret);
      }
    });

    it.each<[string, object, string[]]>([
      ['nothing', { label: undefined, baseUrl: undefined, apiKey: undefined }, ['label', 'baseUrl', 'apiKey']],
      ['a base URL that is none', { baseUrl: 'api.anthropic.com' }, ['baseUrl']],
      ['a base URL on this machine', { baseUrl: 'http://localhost:11434' }, ['baseUrl']],
      ['a base URL of another family on this machine', { baseUrl: 'http://[::1]:11434' }, ['baseUrl']],
      ['an empty key', { apiKey: '' }, ['apiKey']],
      ['a key with a line break', { apiKey: 'sk\r\nx-injected: 1' }, ['apiKey']],
      ['fields of the other provider', { refreshToken: 'planted', profileArn: ARN }, ['refreshToken', 'profileArn']],
    ])('refuses an Anthropic endpoint with %s', async (_what, fields, named) => {
      const answer = await call('POST', '/v2/accounts', { body: anthropic(fields) });
      expect(answer.status).toBe(400);
      expect(new Set(fieldsIn(answer.body))).toEqual(new Set(named));
    });

    it('says of a field of the other provider whose it is', async () => {
      const { body } = await call('POST', '/v2/accounts', { body: described({ apiKey: 'sk-ant-planted' }) });
      expect(body.errors).toEqual([
        { field: 'apiKey', message: 'apiKey is for accounts of provider anthropic, and this one is of amazonq' },
      ]);
    });

    it('says that a refresh token was cut off', async () => {
      const { body } = await call('POST', '/v2/accounts', { body: described({ refreshToken: 'aorAAAA...' }) });
      expect(body.detail).toContain('cut off when it was copied');
    });

    it.each<[string, unknown, string]>([
      ['a list', [], 'The request body must be a JSON object'],
      ['text', '"label"', 'The request body must be a JSON object'],
      ['a number', 3, 'The request body must be a JSON object'],
      ['null', 'null', 'The request body must be a JSON object'],
      ['no JSON', '{"label":', 'The request body is not valid JSON'],
    ])('refuses a body that is %s', async (_what, body, detail) => {
      expect((await call('POST', '/v2/accounts', { body })).body).toMatchObject({ status: 400, detail });
    });

    it('refuses a body that is not there, and one that plays with prototypes', async () => {
      expect(fieldsIn((await call('POST', '/v2/accounts')).body)).toContain('label');
      const hostile = { ...described(), constructor: { prototype: { label: 'x' } }, toString: 'x' };
      const body = JSON.stringify(hostile).replace('{', '{"__proto__":{"label":"x"},');
      expect((await call('POST', '/v2/accounts', { body })).status).toBeLessThan(500);
      expect(({} as { label?: string }).label).toBeUndefined();
    });

    it('refuses credentials that an account has already, one of twenty at once excepted', async () => {
      const body = described();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          call('POST', '/v2/accounts', { body: { ...body, label: `At once ${index}` } }),
        ),
      );
      const statuses = answers.map(({ status }) => status).sort();
      expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
      const { id } = answers.find(({ status }) => status === 201)?.body ?? {};
      const late = await call('POST', '/v2/accounts', { body });
      expect(late.body).toMatchObject({ status: 409, detail: `Account ${id} has these credentials already` });
    });

    it('takes one key at two endpoints, and not twice at one', async () => {
      const body = anthropic({ enabled: false });
      expect((await call('POST', '/v2/accounts', { body })).status).toBe(201);
      const elsewhere = { ...body, baseUrl: 'https://models.example.com/anthropic' };
      expect((await call('POST', '/v2/accounts', { body: elsewhere })).status).toBe(201);
      expect((await call('POST', '/v2/accounts', { body })).status).toBe(409);
    });
  });

  describe('GET of a list', () => {
    const idsOf = (body: { data: { id: string }[] }) => body.data.map(({ id }) => id);

    it('goes through all accounts in pages, the oldest first', async () => {
      const made = [await create(), await create(), await create()].map(({ id }) => id);
      const seen: string[] = [];
      let cursor: string | null = '';
      while (cursor !== null) {
        const page: { data: { id: string }[]; nextCursor: string | null } = (
          await call('GET', `/v2/accounts?limit=2${cursor && `&cursor=${cursor}`}`)
        ).body;
        expect(page.data.length).toBeLessThanOrEqual(2);
        seen.push(...idsOf(page));
        cursor = page.nextCursor;
      }
      expect(seen.slice(-3)).toEqual(made);
      expect(new Set(seen).size).toBe(seen.length);
      const { body, headers } = await call('GET', '/v2/accounts?limit=200');
      expect(idsOf(body)).toEqual(seen);
      expect(body.nextCursor).toBeNull();
      expect(headers.get('cache-control')).toBe('no-store');
    });

    it('filters by status as it is shown', async () => {
      const later = Date.now() + 3_600_000;
      const wanted = {
        needs_login: await create(),
        suspended: await create(),
        quota_exhausted: await create(),
        disabled: await create({ enabled: false }),
      };
      const over = await create();
      const closed = await create();
      await query(`UPDATE accounts SET status = 'needs_login' WHERE id = '${wanted.needs_login.id}'`);
      await query(
        `UPDATE accounts SET status = 'suspended' WHERE id IN ('${wanted.suspended.id}', '${wanted.disabled.id}')`,
      );
      await query(
        `UPDATE accounts SET status = 'quota_exhausted', status_until = ${later} WHERE id = '${wanted.quota_exhausted.id}'`,
      );
      await query(
        `UPDATE accounts SET status = 'quota_exhausted', status_until = ${later - 7_200_000} WHERE id = '${over.id}'`,
      );
      await query(`UPDATE accounts SET status = 'disabled' WHERE id = '${closed.id}'`);
      for (const [status, { id }] of Object.entries(wanted)) {
        const { body } = await call('GET', `/v2/accounts?limit=200&status=${status}`);
        expect(idsOf(body)).toContain(id);
        for (const account of body.data) expect(account.status).toBe(status);
      }
      const shown = async (status: string) =>
        idsOf((await call('GET', `/v2/accounts?limit=200&status=${status}`)).body);
      expect(await shown('disabled')).toContain(closed.id);
      // Its window is over: it is used again.
      expect(await shown('active')).toContain(over.id);
      expect(await shown('quota_exhausted')).not.toContain(over.id);
    });

    it('shows an account while its token is renewed as refreshing', async () => {
      const account = simulator.addAccount({ refreshLatencyMs: 400 });
      const { id } = await create(credentialsOf(account));
      const renewing = call('POST', `/v2/accounts/${id}/refresh`);
      // Accounts of the tests before may be renewed just now as well.
      const seen = async () => (await call('GET', `/v2/accounts?status=refreshing&q=${id}`)).body;
      let body = await seen();
      for (let attempt = 0; body.data.length === 0 && attempt < 100; attempt++) body = await seen();
      expect(body.data).toEqual([expect.objectContaining({ id, status: 'refreshing' })]);
      expect(idsOf((await call('GET', '/v2/accounts?limit=200&status=active')).body)).not.toContain(id);
      expect((await renewing).body).toMatchObject({ status: 'active', lastRefreshAt: TIME });
    });

    it('filters by provider, enabled, and part of label, id, profile ARN or base URL', async () => {
      const profileArn = ARN.replace('ABCDEFGHIJKL', 'FILTERED0001');
      const one = await create({ label: 'Needle_100% a!b', profileArn });
      const two = await create({ label: 'needleX100%', enabled: false });
      const other = (
        await call('POST', '/v2/accounts', {
          body: anthropic({ baseUrl: 'https://haystack.example.com/v9', enabled: false }),
        })
      ).body;
      const found = async (search: Record<string, string>) =>
        idsOf((await call('GET', `/v2/accounts?${new URLSearchParams({ limit: '200', ...search })}`)).body);
      expect(await found({ q: 'NEEDLE' })).toEqual([one.id, two.id]);
      expect(await found({ q: 'needle_' })).toEqual([one.id]);
      expect(await found({ q: '0% A!B' })).toEqual([one.id]);
      expect(await found({ q: 'filtered0001' })).toEqual([one.id]);
      expect(await found({ q: one.id.toUpperCase() })).toEqual([one.id]);
      expect(await found({ q: 'haystack.example' })).toEqual([other.id]);
      expect(await found({ q: 'needle', enabled: 'false' })).toEqual([two.id]);
      expect(await found({ q: 'needle', provider: 'anthropic' })).toEqual([]);
      expect(await found({ q: "' OR 1=1 --" })).toEqual([]);
      expect(await found({ q: '%' })).toEqual([one.id, two.id]);
      expect(await found({ provider: 'anthropic' })).toContain(other.id);
      expect(await found({ provider: 'amazonq' })).not.toContain(other.id);
      expect(await found({ q: '' })).toContain(other.id);
    });

    it.each([
      ['limit=0', 'limit'],
      ['limit=201', 'limit'],
      ['limit=x', 'limit'],
      ['cursor=next', 'cursor'],
      [`cursor=${Buffer.from('1.\0').toString('base64url')}`, 'cursor'],
      ['status=fine', 'status'],
      ['status=active&status=disabled', 'status'],
      ['provider=openai', 'provider'],
      ['enabled=yes', 'enabled'],
      ['enabled=', 'enabled'],
      [`q=${'x'.repeat(101)}`, 'q'],
      ['q=%00', 'q'],
      ['q=a&q=b', 'q'],
      ['sort=label', 'sort'],
    ])('refuses ?%s', async (search, field) => {
      const answer = await call('GET', `/v2/accounts?${search}`);
      expect(answer.status).toBe(400);
      expect(new Set(fieldsIn(answer.body))).toEqual(new Set([field]));
    });
  });

  describe('PATCH', () => {
    it('changes what is given, takes away what is null, and leaves the rest', async () => {
      const { id } = await create({ weight: 5, region: 'us-east-1', maxConcurrent: 3, requestsPerMinute: 60 });
      const changes = { label: 'Changed', weight: 0, priority: 9, maxConcurrent: null, region: null, profileArn: ARN };
      const answer = await call('PATCH', `/v2/accounts/${id}`, { body: changes });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('etag')).toBe('"2"');
      expect(answer.body).toMatchObject({ ...changes, requestsPerMinute: 60, enabled: true, revision: 2 });
      const [, audited] = await auditOf(id);
      expect(audited).toMatchObject({
        action: 'account.update',
        details: {
          label: { from: expect.stringContaining('Seat'), to: 'Changed' },
          weight: { from: 5, to: 0 },
          priority: { from: 0, to: 9 },
          maxConcurrent: { from: 3, to: null },
          region: { from: 'us-east-1', to: null },
          profileArn: { from: null, to: ARN },
        },
      });
    });

    it('writes nothing where nothing changes', async () => {
      const { id } = await create({ weight: 5 });
      for (const body of [{}, { weight: 5 }, { profileArn: null, enabled: true }]) {
        expect((await call('PATCH', `/v2/accounts/${id}`, { body })).body.revision).toBe(1);
      }
      expect(await auditOf(id)).toHaveLength(1);
    });

    it('replaces credentials all together: the account signs in with the new ones', async () => {
      const revoked = simulator.addAccount();
      const { id } = await create(credentialsOf(revoked));
      revoked.refreshToken = 'another';
      expect((await call('POST', `/v2/accounts/${id}/refresh`)).status).toBe(502);
      expect((await call('GET', `/v2/accounts/${id}`)).body.status).toBe('needs_login');
      const answer = await call('PATCH', `/v2/accounts/${id}`, { body: credentialsOf(simulator.addAccount()) });
      expect(answer.body).toMatchObject({ status: 'active', statusReason: null, tokenExpiresAt: null });
      expect((await call('POST', `/v2/accounts/${id}/refresh`)).status).toBe(200);
      const updates = (await auditOf(id)).filter(({ action }) => action === 'account.update');
      expect(updates).toMatchObject([{ details: { credentials: 'replaced' } }]);
    });

    it.each<[string, object, string[]]>([
      ['a part of the credentials', { refreshToken: 'planted' }, ['clientId', 'clientSecret']],
      ['two parts of the credentials', { clientId: 'planted', clientSecret: 'planted' }, ['refreshToken']],
      ['an access token alone', { accessToken: 'planted' }, ['accessToken']],
      ['credentials taken away', { refreshToken: null }, ['refreshToken', 'clientId', 'clientSecret']],
      ['a label taken away', { label: null }, ['label']],
      ['a weight taken away', { weight: null }, ['weight']],
      ['enabled taken away', { enabled: null }, ['enabled']],
      ['a label that is too long', { label: 'x'.repeat(101) }, ['label']],
      ['an endpoint on this machine', { tokenEndpoint: 'http://localhost/token' }, ['tokenEndpoint']],
      ['fields of the other provider', { baseUrl: 'https://example.com', apiKey: 'planted' }, ['baseUrl', 'apiKey']],
      ['another provider', { provider: 'anthropic' }, ['provider']],
      ['an unknown field', { colour: 'red' }, ['colour']],
    ])('refuses %s, and changes nothing', async (_what, body, named) => {
      const { id } = await create();
      const answer = await call('PATCH', `/v2/accounts/${id}`, { body });
      expect(answer.status).toBe(400);
      expect(named).toEqual(expect.arrayContaining(fieldsIn(answer.body)));
      expect(fieldsIn(answer.body)).not.toHaveLength(0);
      expect(JSON.stringify(answer.body)).not.toContain('planted');
      expect((await call('GET', `/v2/accounts/${id}`)).body.revision).toBe(1);
    });

    it('refuses a body that is no object', async () => {
      const { id } = await create();
      for (const body of [[], 'null', '7']) {
        expect((await call('PATCH', `/v2/accounts/${id}`, { body })).body.detail).toBe(
          'The request body must be a JSON object',
        );
      }
    });

    it('of an Anthropic endpoint changes its URL and its key', async () => {
      const { id } = (await call('POST', '/v2/accounts', { body: anthropic({ enabled: false }) })).body;
      const body = { baseUrl: 'https://other.example.com', apiKey: 'sk-ant-planted-new' };
      expect((await call('PATCH', `/v2/accounts/${id}`, { body })).body).toMatchObject({ baseUrl: body.baseUrl });
      const wrong = await call('PATCH', `/v2/accounts/${id}`, { body: { profileArn: ARN } });
      expect(wrong.body.errors[0].message).toContain('is for accounts of provider amazonq');
    });

    it.each([
      ['the ETag', '"1"', 200],
      ['a list with the ETag', '"7", "1"', 200],
      ['any', '*', 200],
      ['an older ETag', '"0"', 412],
      ['a weak ETag', 'W/"1"', 412],
      ['no entity tag', '1', 400],
      ['half an entity tag', '"1', 400],
      ['an endless list', '"9",'.repeat(500), 400],
    ])('with If-Match of %s answers %j with %i', async (_what, tag, status) => {
      const { id } = await create();
      const answer = await call('PATCH', `/v2/accounts/${id}`, { body: { weight: 2 }, headers: { 'if-match': tag } });
      expect(answer.status).toBe(status);
      if (status === 400) expect(fieldsIn(answer.body)).toEqual(['If-Match']);
      expect((await call('GET', `/v2/accounts/${id}`)).body.weight).toBe(status === 200 ? 2 : 1);
    });

    it('of twenty at once with one If-Match changes for exactly one', async () => {
      const { id } = await create();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          call('PATCH', `/v2/accounts/${id}`, { body: { weight: index + 10 }, headers: { 'if-match': '"1"' } }),
        ),
      );
      const won = answers.filter(({ status }) => status === 200);
      expect(won).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 412)).toHaveLength(19);
      const { body } = await call('GET', `/v2/accounts/${id}`);
      expect(body).toMatchObject({ revision: 2, weight: won[0]?.body.weight });
    });

    it('of twenty at once without one takes each', async () => {
      const { id } = await create();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) => call('PATCH', `/v2/accounts/${id}`, { body: { weight: index + 10 } })),
      );
      expect(answers.every(({ status }) => status === 200)).toBe(true);
      expect((await call('GET', `/v2/accounts/${id}`)).body.revision).toBe(21);
    });
  });

  describe('DELETE', () => {
    it('deletes the account, once', async () => {
      const { id, label } = await create();
      const answers = await Promise.all([1, 2, 3].map(() => call('DELETE', `/v2/accounts/${id}`)));
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 404, 404]);
      expect((await call('GET', `/v2/accounts/${id}`)).status).toBe(404);
      const audited = (await auditOf(id)).filter(({ action }) => action !== 'account.create');
      expect(audited.filter(({ outcome }) => outcome === 'success')).toMatchObject([
        { action: 'account.delete', details: { label } },
      ]);
      expect(audited.filter(({ outcome }) => outcome === 'refused')).toHaveLength(2);
    });

    it('refuses when the account was changed since', async () => {
      const { id } = await create();
      await call('PATCH', `/v2/accounts/${id}`, { body: { weight: 2 } });
      expect((await call('DELETE', `/v2/accounts/${id}`, { headers: { 'if-match': '"1"' } })).status).toBe(412);
      expect((await call('DELETE', `/v2/accounts/${id}`, { headers: { 'if-match': '"2"' } })).status).toBe(204);
    });

    it('lets the same credentials come back', async () => {
      const body = described();
      const { id } = (await call('POST', '/v2/accounts', { body })).body;
      await call('DELETE', `/v2/accounts/${id}`);
      expect((await call('POST', '/v2/accounts', { body })).status).toBe(201);
    });
  });

  describe('what is done to an account', () => {
    it('disables and enables it, each told and audited once', async () => {
      const { id } = await create();
      const disabled = await call('POST', `/v2/accounts/${id}/disable`);
      expect(disabled.status).toBe(200);
      expect(disabled.body).toMatchObject({
        id,
        enabled: false,
        status: 'disabled',
        statusReason: 'Disabled by an administrator',
        revision: 2,
      });
      expect(disabled.headers.get('etag')).toBe('"2"');
      expect((await call('POST', `/v2/accounts/${id}/disable`)).body.revision).toBe(2);
      const enabled = await call('POST', `/v2/accounts/${id}/enable`);
      expect(enabled.body).toMatchObject({ enabled: true, status: 'active', statusReason: null, revision: 3 });
      const actions = (await auditOf(id)).map(({ action }) => action);
      for (const action of ['account.disable', 'account.enable']) {
        expect(actions.filter((each) => each === action)).toHaveLength(1);
      }
      const changes = (await auditOf(id)).filter(({ action }) => action === 'account.status');
      expect(changes).toMatchObject([
        { details: { from: 'active', to: 'disabled' } },
        { details: { from: 'disabled', to: 'active' } },
      ]);
    });

    it('enables an account that the service closed', async () => {
      const { id } = await create();
      await query(`UPDATE accounts SET status = 'disabled', status_reason = 'Closed' WHERE id = '${id}'`);
      expect((await call('GET', `/v2/accounts/${id}`)).body).toMatchObject({
        status: 'disabled',
        statusReason: 'Closed',
      });
      expect((await call('POST', `/v2/accounts/${id}/enable`)).body).toMatchObject({ status: 'active' });
    });

    it('keeps what was learnt of an account while it is disabled', async () => {
      const { id } = await create();
      await query(`UPDATE accounts SET status = 'suspended', status_reason = 'Locked' WHERE id = '${id}'`);
      expect((await call('POST', `/v2/accounts/${id}/disable`)).body).toMatchObject({ status: 'disabled' });
      expect((await call('POST', `/v2/accounts/${id}/enable`)).body).toMatchObject({
        status: 'suspended',
        statusReason: 'Locked',
      });
    });

    it.each(['suspended', 'needs_login', 'quota_exhausted', 'disabled'])('resets one that is %s', async (status) => {
      const { id } = await create();
      await query(
        `UPDATE accounts SET status = '${status}', status_reason = 'Because', error_count = 7 WHERE id = '${id}'`,
      );
      const answer = await call('POST', `/v2/accounts/${id}/reset`);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ status: 'active', statusReason: null, errorCount: 0 });
      const reset = (await auditOf(id)).find(({ action }) => action === 'account.reset');
      expect(reset?.details).toEqual({ errorCount: 7, status, breaker: 'closed' });
    });

    it('renews its token now, and tells the service’s words when that is refused', async () => {
      const account = simulator.addAccount();
      const { id } = await create(credentialsOf(account));
      const answer = await call('POST', `/v2/accounts/${id}/refresh`);
      expect(answer.status).toBe(200);
      expect(answer.body).toMatchObject({ id, lastRefreshAt: TIME, tokenExpiresAt: TIME });
      const renewals = account.renewals;
      await call('POST', `/v2/accounts/${id}/refresh`);
      expect(account.renewals).toBe(renewals + 1);

      account.refreshFailure = { error: 'invalid_grant', description: 'Invalid refresh token provided' };
      const refused = await call('POST', `/v2/accounts/${id}/refresh`);
      expect(refused.status).toBe(502);
      expect(refused.body.detail).toContain('Invalid refresh token provided');
      expect((await auditOf(id)).filter(({ action }) => action === 'account.refresh')).toMatchObject([
        { outcome: 'success' },
        { outcome: 'success' },
        { outcome: 'refused' },
      ]);
    });

    it('has no token to renew where there is a key', async () => {
      const { id } = (await call('POST', '/v2/accounts', { body: anthropic({ enabled: false }) })).body;
      const answer = await call('POST', `/v2/accounts/${id}/refresh`);
      expect(answer.body).toMatchObject({ status: 409, detail: expect.stringContaining('no token to renew') });
    });

    it('stays one account under ten of each at once', async () => {
      const { id } = await create();
      const actions = ['enable', 'disable', 'reset', 'refresh'];
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, index) => call('POST', `/v2/accounts/${id}/${actions[index % 4]}`)),
      );
      expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 40 }, () => 200));
      expect((await call('POST', `/v2/accounts/${id}/enable`)).body).toMatchObject({ enabled: true, status: 'active' });
    });
  });

  describe('GET /v2/accounts/stats', () => {
    it('adds everything up, and lists the counters of each', async () => {
      const { id } = await create();
      await query(
        `UPDATE accounts SET request_count = 40, error_count = 2, quota_used = 10.5, quota_limit = 50, quota_read_at = 1 WHERE id = '${id}'`,
      );
      const { body, status } = await call('GET', '/v2/accounts/stats');
      expect(status).toBe(200);
      const { data } = (await call('GET', '/v2/accounts?limit=200')).body;
      const sum = (numbers: number[]) => numbers.reduce((total, each) => total + each, 0);
      expect(body).toMatchObject({
        total: data.length,
        enabled: data.filter(({ enabled }: { enabled: boolean }) => enabled).length,
        // One whose token is being renewed in the background is usable as well.
        usable: data.filter(({ status }: { status: string }) => ['active', 'refreshing'].includes(status)).length,
        inFlight: 0,
        quota: { accounts: 1, used: 10.5, limit: 50 },
      });
      expect(sum(Object.values(body.byStatus))).toBe(data.length);
      expect(sum(Object.values(body.byProvider))).toBe(data.length);
      expect(body.requestCount).toBe(
        sum(body.accounts.map(({ requestCount }: { requestCount: number }) => requestCount)),
      );
      expect(body.accounts.find((account: { id: string }) => account.id === id)).toEqual({
        id,
        label: expect.any(String),
        provider: 'amazonq',
        status: 'active',
        inFlight: 0,
        requestCount: 40,
        errorCount: 2,
        lastUsedAt: null,
        quota: { used: 10.5, limit: 50, resetsAt: null },
      });
    });
  });

  const ROUTES: readonly (readonly [method: string, path: (id: string) => string])[] = [
    ['GET', () => '/v2/accounts'],
    ['GET', () => '/v2/accounts/stats'],
    ['GET', (id) => `/v2/accounts/${id}`],
    ['POST', () => '/v2/accounts'],
    ['PATCH', (id) => `/v2/accounts/${id}`],
    ['POST', (id) => `/v2/accounts/${id}/refresh`],
    ['POST', (id) => `/v2/accounts/${id}/enable`],
    ['POST', (id) => `/v2/accounts/${id}/disable`],
    ['POST', (id) => `/v2/accounts/${id}/reset`],
    ['DELETE', (id) => `/v2/accounts/${id}`],
  ];

  it.each(ROUTES)('%s of an unknown or impossible id says which (%s)', async (method, path) => {
    if (!path('x').includes('x')) return;
    for (const [id, shown] of [
      ['nobody', 'nobody'],
      ['%00', String.raw`\u0000`],
      ['a%2Fb', 'a/b'],
      ['__proto__', '__proto__'],
      ['x'.repeat(3_000), 'x'.repeat(64)],
      ['%F0%9F%92%A9', '💩'],
    ] as const) {
      const answer = await call(method, path(id), { body: method === 'PATCH' ? {} : undefined });
      expect(answer.status).toBe(404);
      expect(answer.body.detail).toBe(`There is no account "${shown}"`);
    }
  });

  it.each(ROUTES)('%s is for keys that may (%s)', async (method, path) => {
    const { id } = await create();
    const keyWith = async (scopes: string[]): Promise<string> =>
      (await call('POST', '/v2/api-keys', { body: { name: 'scoped', scopes } })).body.key;
    const ask = async (key: string | null) => (await call(method, path(id), { key })).status;
    expect(await ask(null)).toBe(401);
    expect(await ask('stranger')).toBe(401);
    expect(await ask(await keyWith(['inference']))).toBe(403);
    expect(await ask(await keyWith(['metrics']))).toBe(403);
    const mayRead = await ask(await keyWith(['admin:read']));
    expect(mayRead).toBe(method === 'GET' ? 200 : 403);
    expect((await call('GET', `/v2/accounts/${id}`)).body.revision).toBe(1);
  });

  it('an answer is never 304: the tag says nothing of status and counters', async () => {
    const { id } = await create();
    const answer = await call('GET', `/v2/accounts/${id}`, { headers: { 'if-none-match': '"1"' } });
    expect(answer.status).toBe(200);
  });

  it('shows no secret, and logs none', async () => {
    const secrets = simulator.accounts.flatMap(({ clientSecret, refreshToken, accessToken }) => [
      clientSecret,
      refreshToken,
      ...(accessToken === undefined ? [] : [accessToken]),
    ]);
    const shown = JSON.stringify([
      (await call('GET', '/v2/accounts?limit=200')).body,
      (await call('GET', '/v2/accounts/stats')).body,
      (await call('GET', '/admin/accounts')).body,
      gateway.logs,
      await query('SELECT * FROM audit_events'),
    ]);
    for (const secret of [...secrets, 'PLANTED', 'sk-ant-planted']) expect(shown).not.toContain(secret);
  });
});
