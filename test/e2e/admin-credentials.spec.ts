import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { madeUpCredentials } from '../support/import-files.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

describeOnEachDatabase('credentials that are replaced', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  const start = (environment: Record<string, string> = {}) =>
    startGateway(simulator, { accounts: 0, ...database().environment, ...environment });
  beforeEach(async () => {
    simulator = await Simulator.start();
    gateway = await start();
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
  });

  const create = async (account: SimulatedAccount): Promise<string> =>
    (await call('POST', '/v2/accounts', { body: { label: 'One', ...credentialsOf(account) } })).body.id;
  const show = async (id: string) => (await call('GET', `/v2/accounts/${id}`)).body;
  const refreshTokenOf = async (id: string) => {
    const { body } = await call('GET', '/v2/accounts/export?includeSecrets=true');
    return body.accounts.find((account: { id: string }) => account.id === id)?.refreshToken;
  };
  const statusesOf = async (id: string) => {
    const rows: { details: string }[] = await gateway.app
      .get(DataSource)
      .query(`SELECT details FROM audit_events WHERE action = 'account.status' AND target = '${id}' ORDER BY at`);
    return rows.map(({ details }) => JSON.parse(details));
  };
  const lastStatusOf = async (id: string, wanted: object) => {
    await eventually(async () => (await statusesOf(id)).length > 0);
    expect((await statusesOf(id)).at(-1)).toEqual(wanted);
  };

  it.each([
    ['that brings a token', {}],
    ['that is refused', { refreshFailure: { error: 'invalid_grant' } }],
    ['that breaks off', { refreshFailure: { kind: 'reset' as const } }],
  ])('stay while a renewal of the old ones runs %s', async (_what, refused) => {
    const [old, fresh] = [simulator.addAccount({ refreshLatencyMs: 300, ...refused }), simulator.addAccount()];
    const id = await create(old);
    const renewing = call('POST', `/v2/accounts/${id}/refresh`);
    await eventually(async () => (await show(id)).status === 'refreshing');
    expect((await call('PATCH', `/v2/accounts/${id}`, { body: credentialsOf(fresh) })).status).toBe(200);
    await renewing;
    expect(await show(id)).toMatchObject({ statusReason: null });
    expect(await refreshTokenOf(id)).toBe(fresh.refreshToken);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    expect(simulator.requests.at(-1)?.headers.authorization).toBe(`Bearer ${fresh.accessToken}`);
    expect(await show(id)).toMatchObject({ status: 'active', statusReason: null });
  });

  it('of an account that is deleted while they are renewed bring nothing back', async () => {
    const account = simulator.addAccount({ refreshLatencyMs: 200 });
    const id = await create(account);
    const renewing = call('POST', `/v2/accounts/${id}/refresh`);
    await eventually(async () => (await show(id)).status === 'refreshing');
    expect((await call('DELETE', `/v2/accounts/${id}`)).status).toBe(204);
    expect((await renewing).status).toBeLessThan(600);
    expect((await show(id)).status).toBe(404);
    expect((await call('GET', '/v2/accounts/stats')).body.total).toBe(0);
  });

  it('are refused when another account has them, or was given them', async () => {
    const [one, other] = [simulator.addAccount(), simulator.addAccount()];
    const given = credentialsOf(one);
    const [id, otherId] = [await create(one), await create(other)];
    expect((await call('POST', `/v2/accounts/${id}/refresh`)).status).toBe(200);
    for (const body of [given, credentialsOf(one)]) {
      const answer = await call('PATCH', `/v2/accounts/${otherId}`, { body });
      expect(answer.body).toMatchObject({ status: 409, detail: `Account ${id} has these credentials already` });
    }
    expect((await call('PATCH', `/v2/accounts/${id}`, { body: credentialsOf(one) })).status).toBe(200);
  });

  it('are one account for one key at one place, however that is spelt', async () => {
    const endpoint = (baseUrl: string) => ({ label: 'E', provider: 'anthropic', baseUrl, apiKey: 'k', enabled: false });
    const posted = await call('POST', '/v2/accounts', { body: endpoint('https://api.example.com') });
    expect(posted.status).toBe(201);
    const again = await call('POST', '/v2/accounts', { body: endpoint('https://API.example.com/v1/') });
    expect(again.status).toBe(409);
    const spellings = [endpoint('https://api.example.com/'), endpoint('https://api.example.org')];
    const imported = await call('POST', '/v2/accounts/import', { body: spellings });
    expect(imported.body).toMatchObject({ created: 1, errors: [] });
    expect((await call('POST', '/v2/accounts', { body: endpoint('https://api.example.org') })).status).toBe(409);
  });

  it('end needs_login, which is told and written down', async () => {
    const account = simulator.addAccount({ refreshFailure: { error: 'invalid_grant' } });
    const id = await create(account);
    await call('POST', `/v2/accounts/${id}/refresh`);
    expect((await show(id)).status).toBe('needs_login');
    await call('PATCH', `/v2/accounts/${id}`, { body: credentialsOf(simulator.addAccount()) });
    expect((await show(id)).status).toBe('active');
    await eventually(async () => (await statusesOf(id)).length === 2);
    expect((await statusesOf(id)).at(-1)).toEqual({
      from: 'needs_login',
      to: 'active',
      reason: 'New credentials were given',
    });
  });

  it('by an import are written down for each account, as what else it changes', async () => {
    const known = madeUpCredentials();
    const [one, other] = [{ ...known, label: 'One', weight: 1 }, madeUpCredentials()];
    await call('POST', '/v2/accounts/import', { body: [one] });
    const { id } = (await call('GET', '/v2/accounts')).body.data[0];
    await call('POST', '/v2/accounts/import', { body: [{ ...one, weight: 4, enabled: false }, other] });
    const rows: { target: string; details: string }[] = await gateway.app
      .get(DataSource)
      .query("SELECT target, details FROM audit_events WHERE action = 'account.import' AND target IS NOT NULL");
    const told = rows.map(({ target, details }) => [target, JSON.parse(details)]);
    expect(told).toHaveLength(3);
    expect(told).toContainEqual([id, { created: true, label: 'One', provider: 'amazonq' }]);
    expect(told).toContainEqual([id, { weight: { from: 1, to: 4 }, enabled: { from: true, to: false } }]);
    await lastStatusOf(id, { from: 'active', to: 'disabled', reason: 'Disabled by an administrator' });
  });

  it('by an import are not mixed with settings of the other provider', async () => {
    const known = madeUpCredentials();
    const { body } = await call('POST', '/v2/accounts/import', {
      body: [
        known,
        { ...known, baseUrl: 'https://api.example.com' },
        { provider: 'anthropic', baseUrl: 'https://api.example.com', apiKey: 'k', region: 'us-east-1' },
      ],
    });
    expect(body).toMatchObject({
      created: 1,
      errors: [
        { index: 1, message: expect.stringContaining('baseUrl is for accounts of provider anthropic') },
        { index: 2, message: expect.stringContaining('region is for accounts of provider amazonq') },
      ],
    });
  });

  it('are not handed out when that can’t be written down', async () => {
    await create(simulator.addAccount());
    await gateway.app.get(DataSource).query('ALTER TABLE audit_events RENAME TO gone');
    const answer = await call('GET', '/v2/accounts/export?includeSecrets=true');
    expect(answer.status).toBe(500);
    expect(answer.body.accounts).toBeUndefined();
  });

  describeEnvironment();

  function describeEnvironment(): void {
    const of = ({ clientId, clientSecret, refreshToken }: SimulatedAccount, more: Record<string, string> = {}) => ({
      AMAZONQ_ACCOUNT_COUNT: '1',
      AMAZONQ_ACCOUNT_1_ID: 'env',
      AMAZONQ_ACCOUNT_1_CLIENT_ID: clientId,
      AMAZONQ_ACCOUNT_1_CLIENT_SECRET: clientSecret,
      AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: refreshToken,
      ...more,
    });
    /** What the environment says of it stays true. */
    const keeping = () => simulator.addAccount({ rotate: false });
    const isActive = (id: string) => eventually(async () => (await show(id)).status === 'active');
    const restart = async (environment: Record<string, string>) => {
      await gateway.close();
      gateway = await start(environment);
    };

    it('stay over a restart with the same environment, and give way to new ones of it', async () => {
      const [first, patched, second] = [keeping(), keeping(), keeping()];
      const environment = of(first);
      const changed = of(second, { AMAZONQ_ACCOUNT_1_WEIGHT: '5', AMAZONQ_ACCOUNT_1_REGION: 'eu-central-1' });
      await restart(environment);
      const settings = { label: 'Mine', weight: 7, priority: 3, requestsPerMinute: 9, maxConcurrent: 2 };
      await call('PATCH', '/v2/accounts/env', { body: { ...credentialsOf(patched), ...settings } });
      await restart(environment);
      expect(await refreshTokenOf('env')).toBe(patched.refreshToken);
      expect(await show('env')).toMatchObject(settings);

      await restart(changed);
      expect(await refreshTokenOf('env')).toBe(second.refreshToken);
      expect(await show('env')).toMatchObject({ ...settings, region: 'eu-central-1' });

      const imported = keeping();
      await call('POST', '/v2/accounts/import', { body: { id: 'env', ...credentialsOf(imported) } });
      const renewed = await call('POST', '/v2/accounts/env/refresh');
      expect(renewed.status).toBe(200);
      await restart(changed);
      expect(await refreshTokenOf('env')).toBe(imported.refreshToken);
    });

    it('come back after a restart when the account was deleted', async () => {
      const environment = of(keeping());
      await restart(environment);
      expect((await call('DELETE', '/v2/accounts/env')).status).toBe(204);
      await restart(environment);
      await isActive('env');
      expect(await show('env')).toMatchObject({ weight: 1, label: 'env' });
    });

    it('and what the environment enables is told, with the time', async () => {
      const [first, second] = [keeping(), keeping()];
      await restart(of(first));
      const [before, startedAt] = [await show('env'), new Date().toISOString()];
      await restart(of(first, { AMAZONQ_ACCOUNT_1_ENABLED: 'false' }));
      const disabled = await show('env');
      expect(disabled).toMatchObject({ status: 'disabled', createdAt: before.createdAt });
      expect(disabled.statusSince >= startedAt).toBe(true);
      await lastStatusOf('env', { from: 'active', to: 'disabled', reason: 'Disabled by an administrator' });

      await gateway.app.get(DataSource).query("UPDATE accounts SET status = 'needs_login', status_reason = 'x'");
      await restart(of(second));
      await isActive('env');
      await eventually(async () => (await statusesOf('env')).length === 2);
      expect((await statusesOf('env')).at(-1)).toMatchObject({ from: 'disabled', to: 'active' });
    });

    it('of the environment leave an account of another provider alone', async () => {
      const endpoint = { id: 'env', provider: 'anthropic', baseUrl: 'https://api.example.com', apiKey: 'k' };
      await call('POST', '/v2/accounts/import', { body: { ...endpoint, enabled: false } });
      await restart(of(keeping()));
      expect(await show('env')).toMatchObject({ provider: 'anthropic', enabled: false, revision: 1 });
    });
  }
});
