import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import type { SimulatedAccount } from '../../simulator/simulator.js';
import { Simulator } from '../../simulator/simulator.js';
import { adminApi } from '../support/admin-api.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

describeOnEachSharedDatabase('the routes of earlier systems', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let account: SimulatedAccount;
  const call = adminApi(() => gateway);

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 3, ...database().environment });
    [account] = simulator.accounts as [SimulatedAccount];
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  const query = (sql: string) => gateway.app.get(DataSource).query(sql);
  const shown = (id: string, fields: object = {}) => ({
    id,
    label: id,
    enabled: true,
    available: true,
    request_count: 0,
    error_count: 0,
    circuit_breaker_open: false,
    circuit_breaker_open_until: null,
    weight: 1,
    last_used_at: null,
    ...fields,
  });

  it.each(['/admin/accounts', '/accounts'])('list accounts: GET %s', async (path) => {
    const answer = await call('GET', path);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toHaveLength(3);
    expect(answer.body).toEqual(expect.arrayContaining(simulator.accounts.map(({ id }) => shown(id))));
  });

  describe.each(['/admin/accounts', '/accounts'])('under %s', (prefix) => {
    it('show one account', async () => {
      const usedAt = Date.UTC(2026, 10, 20);
      await query(
        `UPDATE accounts SET request_count = 9, error_count = 2, last_used_at = ${usedAt} WHERE id = '${account.id}'`,
      );
      const { body } = await call('GET', `${prefix}/${account.id}`);
      expect(body).toEqual(
        shown(account.id, { request_count: 9, error_count: 2, last_used_at: '2026-11-20T00:00:00.000Z' }),
      );
    });

    it('disable, enable and reset one', async () => {
      const act = (action: string) => call('POST', `${prefix}/${account.id}/${action}`);
      const disabled = await act('disable');
      expect(disabled.status).toBe(200);
      expect(disabled.body).toMatchObject({ id: account.id, enabled: false, available: false });
      expect((await act('enable')).body).toMatchObject({ enabled: true, available: true });
      await query(`UPDATE accounts SET status = 'suspended', error_count = 7 WHERE id = '${account.id}'`);
      expect((await call('GET', `${prefix}/${account.id}`)).body).toMatchObject({ enabled: true, available: false });
      expect((await act('reset')).body).toMatchObject({ available: true, error_count: 0 });
    });

    it('tell totals', async () => {
      await query(`UPDATE accounts SET request_count = 5, error_count = 1 WHERE id <> '${account.id}'`);
      await query(`UPDATE accounts SET request_count = 0, error_count = 0 WHERE id = '${account.id}'`);
      await call('POST', `${prefix}/${account.id}/disable`);
      const { body } = await call('GET', `${prefix}/stats`);
      expect(body).toEqual({
        total_accounts: 3,
        enabled_accounts: 2,
        available_accounts: 2,
        total_requests: 10,
        total_errors: 2,
        accounts: expect.arrayContaining([expect.objectContaining({ id: account.id, available: false })]),
      });
      expect(body.accounts).toHaveLength(3);
      await call('POST', `${prefix}/${account.id}/enable`);
    });

    it.each([
      ['GET', ''],
      ['POST', '/enable'],
      ['POST', '/disable'],
      ['POST', '/reset'],
    ])('answer %s%s of an unknown id as a problem', async (method, action) => {
      for (const [id, told] of [
        ['nobody', 'nobody'],
        ['%00', String.raw`\u0000`],
        ['x'.repeat(1_000), 'x'.repeat(64)],
      ]) {
        const answer = await call(method, `${prefix}/${id}${action}`);
        expect(answer.status).toBe(404);
        expect(answer.headers.get('content-type')).toBe('application/problem+json');
        expect(answer.body.detail).toBe(`There is no account "${told}"`);
      }
    });

    it.each([
      ['GET', ''],
      ['GET', '/stats'],
      ['GET', '/ID'],
      ['POST', '/ID/enable'],
      ['POST', '/ID/disable'],
      ['POST', '/ID/reset'],
    ])('are for keys that may: %s%s', async (method, path) => {
      const url = `${prefix}${path.replace('ID', account.id)}`;
      const keyWith = async (scope: string): Promise<string> =>
        (await call('POST', '/v2/api-keys', { body: { name: scope, scopes: [scope] } })).body.key;
      expect((await call(method, url, { key: null })).status).toBe(401);
      expect((await call(method, url, { key: 'stranger' })).status).toBe(401);
      expect((await call(method, url, { key: await keyWith('inference') })).status).toBe(403);
      const mayRead = await call(method, url, { key: await keyWith('admin:read') });
      expect(mayRead.status).toBe(method === 'GET' ? 200 : 403);
    });
  });

  it('take ten of each action at once', async () => {
    const actions = ['enable', 'disable', 'reset'];
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, index) => call('POST', `/accounts/${account.id}/${actions[index % 3]}`)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await call('POST', `/admin/accounts/${account.id}/enable`)).body).toMatchObject({ enabled: true });
  });

  it('say nothing of a fourth action', async () => {
    expect((await call('POST', `/accounts/${account.id}/explode`)).status).toBe(404);
  });
});
