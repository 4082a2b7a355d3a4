import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { lastValueFrom, toArray } from 'rxjs';
import type { SimulatedAccount } from '../../simulator/account.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { simulatedModel } from '../../simulator/model-list.js';
import { Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import type { Lease } from '../../src/accounts/pool/lease.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { AppModule } from '../../src/app.module.js';
import { GatewayError, toGatewayError } from '../../src/core/errors.js';
import { Flow } from '../../src/core/messages/flow.js';
import { Clock } from '../../src/platform/clock.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import type { ConverseCall } from '../../src/upstreams/amazon-q/amazon-q.upstream.js';
import { type AccountsRoom, oidcSecretsOf, openAccountsRoom } from '../support/accounts-room.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { TestClock } from '../support/test-clock.js';

const MODEL = 'claude-sonnet-4.5';
const nobody: ReadonlySet<string> = new Set();

describeOnEachDatabase('the accounts room', (database) => {
  let clock: TestClock;
  let simulator: Simulator;
  let accounts: SimulatedAccount[];
  let rooms: AccountsRoom[];

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start({ now: () => clock.now() });
    accounts = ['one', 'two', 'three'].map((id) => simulator.addAccount({ id }));
    rooms = [];
  });
  afterEach(async () => {
    await Promise.all(rooms.map((room) => room.close()));
    await simulator.close();
  });

  const environment = () => gatewayEnvironment(simulator.url, accounts);

  async function openRoom(overrides: Record<string, string> = {}): Promise<AccountsRoom> {
    const room = await openAccountsRoom(database(), {
      clock,
      stateStore: new MemoryStateStore(),
      environment: { ...environment(), ...overrides },
    });
    rooms.push(room);
    return room;
  }

  const call = (lease: Lease): ConverseCall => ({
    request: { model: MODEL, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
    model: lease.model,
    conversationId: '5f0d2c1e-7a34-4b39-9d55-0c6a5e0f7b11',
    messageId: 'msg_1',
    flow: new Flow(),
    estimatedInputTokens: 1,
    tokenScale: 1,
    changes: new Set(),
  });
  const converse = (lease: Lease) => lastValueFrom(lease.converse(call(lease)).pipe(toArray()));
  const suspension = new GatewayError('account', 'The upstream account is suspended', {
    failure: {
      class: 'suspended',
      retry: 'other-account',
      account: 'suspended',
      serviceMessage: 'Your User ID temporarily is suspended.',
    },
  });

  describe('accounts from the environment', () => {
    const find = async (room: AccountsRoom, id: string) => {
      const found = await room.repository.findWithSecrets(id);
      if (!found) throw new Error(`there is no account ${id}`);
      return found;
    };

    it('are there after the start, active', async () => {
      const { directory } = await openRoom({ AMAZONQ_ACCOUNT_2_WEIGHT: '7', AMAZONQ_ACCOUNT_3_ENABLED: 'false' });
      const [one, two, three] = accounts.map(({ id }) => directory.find(id));
      expect(one).toMatchObject({ id: 'one', label: 'one', enabled: true, status: 'active', weight: 1 });
      expect(two).toMatchObject({ id: 'two', weight: 7 });
      expect(three).toMatchObject({ id: 'three', enabled: false });
    });

    it('are there once when several replicas start at once', async () => {
      await openRoom({ AMAZONQ_ACCOUNT_COUNT: '0' }); // only the accounts come at once, not the tables
      const started = await Promise.all([openRoom(), openRoom(), openRoom()]);
      for (const room of started) expect(room.pool.counts()).toEqual({ total: 3, enabled: 3, active: 3 });
    });

    it('follow the environment, but for what an admin changed since', async () => {
      const before = await openRoom({ AMAZONQ_ACCOUNT_1_WEIGHT: '2', AMAZONQ_ACCOUNT_1_REGION: 'us-east-1' });
      await before.dataSource.query("UPDATE accounts SET weight = 9, enabled = false WHERE id = 'one'");
      const after = await openRoom({ AMAZONQ_ACCOUNT_1_WEIGHT: '3', AMAZONQ_ACCOUNT_1_REGION: 'eu-central-1' });
      expect((await find(after, 'one')).account).toMatchObject({ weight: 9, enabled: false, region: 'eu-central-1' });
      const again = await openRoom({ AMAZONQ_ACCOUNT_1_WEIGHT: '4' });
      const { account } = await find(again, 'one');
      expect(account).toMatchObject({ weight: 9, enabled: false });
      expect(account.region).toBeUndefined();
    });

    it('keep a rotated refresh token over a restart with the same environment', async () => {
      const sameEnvironment = environment();
      const before = await openRoom();
      await before.tokens.accessToken('one');
      const after = await openRoom(sameEnvironment);
      expect(oidcSecretsOf(await find(after, 'one')).refreshToken).toBe(accounts[0]?.refreshToken);
    });

    it('take new credentials over, with a new sign-in and without the old access token', async () => {
      const room = await openRoom({ AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: 'revoked' });
      await expect(room.tokens.accessToken('one')).rejects.toThrow('sign-in');
      expect((await find(room, 'one')).account.status).toBe('needs_login');

      const after = await openRoom();
      const found = await find(after, 'one');
      const { account } = found;
      const secrets = oidcSecretsOf(found);
      expect(account.status).toBe('active');
      expect(account.statusReason).toBeUndefined();
      expect(account.tokenExpiresAt).toBeUndefined();
      expect(secrets.accessToken).toBeUndefined();
      expect(await after.tokens.accessToken('one')).toBe(accounts[0]?.accessToken);
    });

    it('stay suspended with new credentials, and stay when the environment no longer names them', async () => {
      const room = await openRoom();
      await room.statuses.apply('one', { status: 'suspended', reason: 'locked' });
      const after = await openRoom({ AMAZONQ_ACCOUNT_1_CLIENT_SECRET: 'another', AMAZONQ_ACCOUNT_COUNT: '1' });
      expect((await find(after, 'one')).account.status).toBe('suspended');
      expect(after.pool.counts()).toEqual({ total: 3, enabled: 3, active: 2 });
    });
  });

  describe('the pool', () => {
    it('takes usable accounts in turn', async () => {
      const { pool, statuses, models } = await openRoom();
      for (const { id } of accounts) await models.get(id);
      const taken: Record<string, number> = {};
      for (let request = 0; request < 30; request++) {
        using lease = await pool.lease({ model: MODEL, excluded: nobody });
        taken[lease.accountId] = (taken[lease.accountId] ?? 0) + 1;
      }
      expect(taken).toEqual({ one: 10, two: 10, three: 10 });
      await statuses.apply('two', { status: 'suspended', reason: 'locked' });
      const left = await Promise.all(
        Array.from({ length: 4 }, () => pool.lease({ model: MODEL, excluded: new Set(['one']) })),
      );
      expect(left.map((lease) => lease.accountId)).toEqual(['three', 'three', 'three', 'three']);
    });

    it('takes only accounts that list the model', async () => {
      const [, two] = accounts;
      if (two) two.models = [simulatedModel('claude-opus-9')];
      const { pool, models } = await openRoom();
      await Promise.all(accounts.map((account) => models.get(account.id)));
      for (let request = 0; request < 4; request++) {
        using lease = await pool.lease({ model: 'claude-opus-9-20991231', excluded: nobody });
        expect(lease.accountId).toBe('two');
        expect(lease.model).toMatchObject({ id: 'claude-opus-9', maxInputTokens: 200_000 });
      }
      await expect(pool.lease({ model: 'claude-opus-9', excluded: new Set(['two']) })).rejects.toMatchObject({
        kind: 'no_account',
      });
      await expect(pool.lease({ model: 'nobody-2', excluded: nobody })).rejects.toMatchObject({
        kind: 'not_found',
        message: 'model: nobody-2',
      });
    });

    it('knows of a model that only accounts list which are out, and does not ask those', async () => {
      const [, two] = accounts;
      if (two) two.models = [simulatedModel('claude-opus-9')];
      const { pool, models, statuses } = await openRoom();
      await Promise.all(accounts.map((account) => models.get(account.id)));
      const until = new Date(clock.now() + 7_200_000);
      await statuses.apply('two', { status: 'quota_exhausted', until });
      const request = { model: 'claude-opus-9', excluded: nobody };
      await expect(pool.lease(request)).rejects.toMatchObject({ kind: 'quota', shouldRetry: false });
      await statuses.apply('two', { status: 'suspended' });
      await expect(pool.lease(request)).rejects.toMatchObject({ kind: 'no_account' });
      const asked = () => simulator.requests.filter(({ accountId }) => accountId === 'two').length;
      const before = asked();
      clock.advance(3_601); // its list is old by now
      await expect(pool.lease(request)).rejects.toMatchObject({ kind: 'no_account' });
      expect(asked()).toBe(before);
    });

    it('takes an account whose list is not to be had with the plain name, and asks again later', async () => {
      for (const account of accounts) {
        account.controlPlaneFailure = { kind: 'error', status: 500, type: 'InternalServerException' };
      }
      const { pool, models } = await openRoom();
      using lease = await pool.lease({ model: 'claude-sonnet-4-5-20250929', excluded: nobody });
      expect(lease.model).toEqual({ id: MODEL });
      for (const { id } of accounts) await models.get(id);
      await pool.lease({ model: MODEL, excluded: nobody }).then((another) => another.unsubscribe());
      const asked = simulator.requests.filter((request) => request.operation === 'ListAvailableModels').length;

      for (const account of accounts) account.controlPlaneFailure = undefined;
      expect(await models.get(lease.accountId)).toBe('unknown');
      clock.advance(60);
      models.peek(lease.accountId);
      await eventually(() => expect(models.peek(lease.accountId)).not.toBe('unknown'));
      expect(asked).toBe(3);
    });

    it('asks for lists again that are old, for as long as requests come in', async () => {
      const room = await openRoom();
      const ids = accounts.map(({ id }) => id);
      await Promise.all(ids.map((id) => room.models.get(id)));
      const asked = () => simulator.requests.filter(({ operation }) => operation === 'ListAvailableModels').length;
      clock.advance(3601);
      await Promise.all(ids.map((id) => room.tokens.accessToken(id)));
      (await room.pool.lease({ model: MODEL, excluded: nobody })).unsubscribe();
      expect(asked()).toBe(3);
      await room.directory.reload();
      await eventually(() => expect(asked()).toBe(6));
    });

    it('says so when no account is configured, or none is usable', async () => {
      const empty = await openRoom({ AMAZONQ_ACCOUNT_COUNT: '0' });
      await expect(empty.pool.lease({ model: MODEL, excluded: nobody })).rejects.toMatchObject({
        kind: 'no_account',
        shouldRetry: false,
      });
      const room = await openRoom();
      for (const { id } of accounts) await room.statuses.apply(id, { status: 'suspended', reason: 'locked' });
      await expect(room.pool.lease({ model: MODEL, excluded: nobody })).rejects.toMatchObject({
        kind: 'no_account',
        message: 'No account is usable at the moment',
      });
    });

    it('counts what is out, and a lease given back twice once', async () => {
      const { pool, metrics, models } = await openRoom();
      for (const { id } of accounts) await models.get(id);
      const leases = await Promise.all([1, 2, 3, 4].map(() => pool.lease({ model: MODEL, excluded: nobody })));
      expect(accounts.map(({ id }) => pool.inFlight(id))).toEqual([2, 1, 1]);
      expect(pool.totalInFlight()).toBe(4);
      expect(await metrics.registry.metrics()).toContain('amazonq_active_requests{account_id="one"} 2');
      const leaseOf = (id: string) => leases.find((lease) => lease.accountId === id);
      leaseOf('two')?.succeeded();
      await leaseOf('three')?.fail(
        new GatewayError('upstream', 'broke off', { failure: { class: 'transient', retry: 'never' } }),
      );
      for (const lease of [...leases, ...leases]) lease.unsubscribe();
      expect(accounts.map(({ id }) => pool.inFlight(id))).toEqual([0, 0, 0]);
      const text = await metrics.registry.metrics();
      expect(text).toContain('amazonq_active_requests{account_id="one"} 0');
      expect(text).toContain('amazonq_requests_total{account_id="one",status="cancelled"} 2');
      expect(text).toContain('amazonq_requests_total{account_id="two",status="success"} 1');
      expect(text).toContain('amazonq_requests_total{account_id="three",status="error"} 1');
      expect(text).toContain('amazonq_errors_total{account_id="three",error_type="transient"} 1');
      expect(text).toContain('amazonq_account_available{account_id="one"} 1');
    });

    it('shows a suspension at once here, after the next reading on other replicas, with the service’s words', async () => {
      const [here, there] = [await openRoom(), await openRoom()];
      const lease = await here.pool.lease({ model: MODEL, excluded: nobody });
      const failed = lease.fail(suspension);
      expect(here.directory.find('one')).toMatchObject({
        status: 'suspended',
        statusReason: 'Your User ID temporarily is suspended.',
      });
      await failed;
      expect(there.directory.find('one')?.status).toBe('active');
      await there.directory.reload();
      expect(there.directory.find('one')?.status).toBe('suspended');
      expect(await there.metrics.registry.metrics()).toContain('amazonq_account_available{account_id="one"} 0');
    });
  });

  describe('a lease', () => {
    it('converses with a valid token', async () => {
      const { pool } = await openRoom();
      using lease = await pool.lease({ model: MODEL, excluded: nobody });
      const events = await converse(lease);
      expect(events[0]?.type).toBe('message_start');
      expect(events.at(-1)?.type).toBe('message_stop');
      // Other accounts may still be asked for their models meanwhile.
      const asked = simulator.requests.findLast(({ operation }) => operation === 'GenerateAssistantResponse');
      const account = accounts.find(({ id }) => id === lease.accountId);
      expect(asked?.headers.authorization).toBe(`Bearer ${account?.accessToken}`);
    });

    it('renews a token upstream refused, and gives the account up when a fresh one is refused too', async () => {
      const { pool, directory } = await openRoom();
      using lease = await pool.lease({ model: MODEL, excluded: nobody });
      await converse(lease);
      accounts[0]?.expireTokens();
      const refused = await converse(lease).catch(toGatewayError);
      expect(refused).toMatchObject({ failure: { class: 'auth', retry: 'renew-token' } });
      await lease.renewToken();
      expect((await converse(lease)).at(-1)?.type).toBe('message_stop');

      accounts[0]?.expireTokens();
      await lease.fail((await converse(lease).catch(toGatewayError)) as GatewayError);
      expect(directory.find('one')).toMatchObject({
        status: 'needs_login',
        statusReason: 'The bearer token included in the request is invalid.',
      });
    });

    it('fails as a stream when there is no token to be had, and sends nothing', async () => {
      const { pool, models } = await openRoom();
      for (const account of accounts) await models.get(account.id);
      for (const account of accounts) account.refreshFailure = { error: 'invalid_grant' };
      clock.advance(3600);
      using lease = await pool.lease({ model: MODEL, excluded: nobody });
      const error = await converse(lease).catch(toGatewayError);
      expect(error).toMatchObject({ kind: 'account', failure: { class: 'auth', retry: 'other-account' } });
      expect(simulator.requests.some((request) => request.operation === 'GenerateAssistantResponse')).toBe(false);
    });

    it('sends nothing when it is given up before the token is there', async () => {
      const { pool, tokens } = await openRoom();
      using lease = await pool.lease({ model: MODEL, excluded: nobody });
      lease.converse(call(lease)).subscribe().unsubscribe();
      await tokens.accessToken('one');
      expect(simulator.requests.some((request) => request.operation === 'GenerateAssistantResponse')).toBe(false);
    });
  });

  it('has the table that its entity describes', async () => {
    const { dataSource } = await openRoom();
    const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
    expect(upQueries.filter(({ query }) => query.includes('accounts'))).toEqual([]);
  });

  it('starts in its place: accounts, tokens and models, without waiting for upstream', async () => {
    const slow = accounts[0];
    if (slow) slow.refreshFailure = { kind: 'silence' };
    const configuration = readConfiguration({ ...database().environment, ...environment() });
    const application = await Test.createTestingModule({ imports: [AppModule.register(configuration)] })
      .overrideProvider(Clock)
      .useValue(clock)
      .compile();
    await application.init();
    const pool = application.get(Pool);
    expect(pool.counts()).toEqual({ total: 3, enabled: 3, active: 3 });
    await eventually(() => expect(simulator.requests.filter((request) => request.finished).length).toBe(4));
    const models = application.get(ModelList);
    for (const id of ['two', 'three']) expect(await models.get(id)).not.toBe('unknown');
    // The account whose token endpoint is silent is not waited for: others can serve.
    const lease = await pool.lease({ model: MODEL, excluded: nobody });
    expect(lease.accountId).not.toBe('one');
    lease.unsubscribe();
    await simulator.close(); // ends the silence, so that closing need not wait for it
    await application.close();
  });
});

async function eventually(assertion: () => void | Promise<void>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await assertion();
    } catch (error) {
      if (attempt === 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
