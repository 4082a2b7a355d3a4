import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { SimulatedAccount } from '../../simulator/account.js';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { Simulator } from '../../simulator/simulator.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { RedisStateStore } from '../../src/platform/state/redis-state-store.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import { type AccountsRoom, oidcSecretsOf, openAccountsRoom } from '../support/accounts-room.js';
import { eventually } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const TOKEN_LIFE = 3600;
const REFRESH_AHEAD = 300;
/** Renewals of tokens that end together spread over so much of the time ahead. */
const SPREAD = 180;

describeOnEachDatabase('token renewal', (database) => {
  let clock: TestClock;
  let simulator: Simulator;
  let account: SimulatedAccount;
  let rooms: AccountsRoom[];

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start({ now: () => clock.now(), tokenLifetime: TOKEN_LIFE });
    account = simulator.addAccount();
    rooms = [];
  });
  afterEach(async () => {
    await Promise.all(rooms.map((room) => room.close()));
    await simulator.close();
  });

  async function openRoom(
    stateStore: StateStore = new MemoryStateStore(),
    environment: Record<string, string> = {},
  ): Promise<AccountsRoom> {
    const room = await openAccountsRoom(database(), {
      clock,
      stateStore,
      environment: { ...gatewayEnvironment(simulator.url, [account]), ...environment },
    });
    rooms.push(room);
    return room;
  }

  const many = (count: number, call: () => Promise<string>) => Promise.all(Array.from({ length: count }, call));
  const renewals = () => simulator.requests.filter((request) => request.operation === 'CreateToken').length;
  const stored = async (room: AccountsRoom) => {
    const found = await room.repository.findWithSecrets(account.id);
    if (!found) throw new Error('the account is gone');
    return found;
  };

  it('renews once for 200 calls at once', async () => {
    const { tokens } = await openRoom();
    const first = await many(200, () => tokens.accessToken(account.id));
    expect(new Set(first)).toEqual(new Set([account.accessToken]));
    expect(renewals()).toBe(1);

    clock.advance(TOKEN_LIFE);
    const second = await many(200, () => tokens.accessToken(account.id));
    expect(new Set(second)).toEqual(new Set([account.accessToken]));
    expect(second[0]).not.toBe(first[0]);
    expect(renewals()).toBe(2);
  });

  it('goes on with the token while it renews ahead of its end, once', async () => {
    const room = await openRoom();
    const token = await room.tokens.accessToken(account.id);
    clock.advance(TOKEN_LIFE - REFRESH_AHEAD - 1);
    expect(await room.tokens.accessToken(account.id)).toBe(token);
    expect(renewals()).toBe(1);

    clock.advance(2 + SPREAD);
    expect(new Set(await many(200, () => room.tokens.accessToken(account.id)))).toEqual(new Set([token]));
    await room.tokens.settled(); // waits for what runs
    expect(renewals()).toBe(2);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect(renewals()).toBe(2);
  });

  it('stores the rotated refresh token before anybody gets the new access token', async () => {
    const room = await openRoom();
    const before = account.refreshToken;
    const token = await room.tokens.accessToken(account.id);
    expect(account.refreshToken).not.toBe(before);
    const { secrets, account: row } = await stored(room);
    expect(secrets).toEqual({
      kind: 'oidc',
      accessToken: token,
      refreshToken: account.refreshToken,
      clientId: account.clientId,
      clientSecret: account.clientSecret,
    });
    expect(row.tokenExpiresAt).toEqual(new Date(clock.now() + TOKEN_LIFE * 1000));
    expect(row.lastRefreshAt).toEqual(new Date(clock.now()));
  });

  it('gives no token out that it could not store, and stores it before it asks again', async () => {
    const room = await openRoom();
    jest.spyOn(room.repository, 'storeToken').mockRejectedValueOnce(new Error('disk full'));
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ failure: { class: 'transient' } });
    expect(oidcSecretsOf(await stored(room)).accessToken).toBeUndefined();

    clock.advance(1);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect(oidcSecretsOf(await stored(room)).refreshToken).toBe(account.refreshToken);
    expect(renewals()).toBe(1);
  });

  it('stores a renewal that could not be stored with the next run of the job, however long the old token lives', async () => {
    const room = await openRoom();
    const before = await room.tokens.accessToken(account.id);
    clock.advance(1);
    jest.spyOn(room.repository, 'storeToken').mockRejectedValueOnce(new Error('disk full'));
    await expect(room.tokens.renewNow(account.id)).rejects.toThrow('could not be renewed');
    room.renewalJob.run();
    await room.tokens.settled();
    expect(oidcSecretsOf(await stored(room)).refreshToken).toBe(account.refreshToken);
    expect(await room.tokens.accessToken(account.id)).toBe(before);
    expect(renewals()).toBe(2);
  });

  it('stores it at the latest when the service stops', async () => {
    const room = await openRoom();
    jest.spyOn(room.repository, 'storeToken').mockRejectedValueOnce(new Error('disk full'));
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ failure: { class: 'transient' } });
    await room.tokens.onApplicationShutdown();
    expect(oidcSecretsOf(await stored(room)).refreshToken).toBe(account.refreshToken);
    expect(renewals()).toBe(1);
  });

  it('does not put a renewal that could not be stored over credentials that came in meanwhile', async () => {
    const room = await openRoom();
    jest.spyOn(room.repository, 'storeToken').mockRejectedValueOnce(new Error('disk full'));
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ failure: { class: 'transient' } });
    const { clientId, clientSecret } = account;
    const secrets = { kind: 'oidc', clientId, clientSecret, refreshToken: 'of a new sign-in' } as const;
    await room.repository.change(account.id, { credentials: { secrets } }, new Date(clock.now()));
    await room.tokens.storeUnstored();
    expect(oidcSecretsOf(await stored(room)).refreshToken).toBe('of a new sign-in');
  });

  it('lets a new process go on where one ended right after a renewal', async () => {
    const first = await openRoom();
    const token = await first.tokens.accessToken(account.id);
    const environment = { AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: (await environmentTokenOf(first)) ?? '' };

    const second = await openRoom(new MemoryStateStore(), environment);
    expect(await second.tokens.accessToken(account.id)).toBe(token);
    expect(renewals()).toBe(1);
    clock.advance(TOKEN_LIFE);
    expect(await second.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect(renewals()).toBe(2);
  });

  it('keeps the refresh token of an account that does not rotate it', async () => {
    account.rotate = false;
    const room = await openRoom();
    await room.tokens.accessToken(account.id);
    clock.advance(TOKEN_LIFE);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect(oidcSecretsOf(await stored(room)).refreshToken).toBe(account.refreshToken);
  });

  describe('after upstream refused a token', () => {
    it('renews it once for all who were refused', async () => {
      const { tokens } = await openRoom();
      const refused = await tokens.accessToken(account.id);
      const renewed = await many(100, () => tokens.accessToken(account.id, { renewIf: refused }));
      expect(new Set(renewed)).toEqual(new Set([account.accessToken]));
      expect(renewed[0]).not.toBe(refused);
      expect(renewals()).toBe(2);
    });

    it('does not renew when there is a newer one, even another replica’s', async () => {
      const [one, other] = [await openRoom(), await openRoom()];
      const refused = await one.tokens.accessToken(account.id);
      expect(await other.tokens.accessToken(account.id)).toBe(refused);
      const newer = await one.tokens.accessToken(account.id, { renewIf: refused });
      expect(await one.tokens.accessToken(account.id, { renewIf: refused })).toBe(newer);
      expect(await other.tokens.accessToken(account.id, { renewIf: refused })).toBe(newer);
      expect(renewals()).toBe(2);
    });
  });

  describe('with two replicas', () => {
    async function renewOnBoth(one: AccountsRoom, other: AccountsRoom): Promise<string[]> {
      account.refreshLatencyMs = 50;
      return Promise.all([
        many(20, () => one.tokens.accessToken(account.id)),
        many(20, () => other.tokens.accessToken(account.id)),
      ]).then((tokens) => tokens.flat());
    }

    it('renews once when they share a lock', async () => {
      const shared = new MemoryStateStore();
      const tokens = await renewOnBoth(await openRoom(shared), await openRoom(shared));
      expect(new Set(tokens)).toEqual(new Set([account.accessToken]));
      expect(renewals()).toBe(1);
    });

    it('keeps the account signed in when they share none and one comes too late', async () => {
      const [one, other] = [await openRoom(), await openRoom()];
      await renewOnBoth(one, other).catch(() => undefined);
      for (const room of [one, other]) await room.tokens.settled(); // waits for what still runs
      expect(renewals()).toBeGreaterThan(1);
      expect((await stored(one)).account.status).toBe('active');
      expect(oidcSecretsOf(await stored(one)).refreshToken).toBe(account.refreshToken);
    });

    describeWith('redis', 'and Redis', (url) => {
      it('renews once', async () => {
        const stores = [new RedisStateStore(url), new RedisStateStore(url)] as const;
        const tokens = await renewOnBoth(await openRoom(stores[0]), await openRoom(stores[1]));
        await Promise.all(stores.map((store) => store.onApplicationShutdown()));
        expect(new Set(tokens)).toEqual(new Set([account.accessToken]));
        expect(renewals()).toBe(1);
      });
    });
  });

  describe('when the sign-in is over', () => {
    it('marks the account as in need of one, with the service’s words', async () => {
      const room = await openRoom();
      account.refreshFailure = { error: 'invalid_grant', description: 'Invalid refresh token provided' };
      await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({
        kind: 'account',
        shouldRetry: false,
        failure: { class: 'auth', retry: 'other-account' },
      });
      const { status, statusReason, statusSince } = (await stored(room)).account;
      expect(status).toBe('needs_login');
      expect(statusReason).toContain('Invalid refresh token provided');
      expect(statusSince).toEqual(new Date(clock.now()));
      expect(room.directory.find(account.id)?.status).toBe('needs_login');
      expect(room.pool.counts()).toEqual({ total: 1, enabled: 1, active: 0 });
      expect(renewals()).toBe(1);
      expect(await statusChanges(room)).toEqual([{ from: 'active', to: 'needs_login', reason: statusReason }]);
    });

    it('tells the change once, keeps the first reason, and comes back with a renewal that works', async () => {
      const room = await openRoom();
      account.refreshFailure = { error: 'invalid_grant', description: 'first' };
      await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ kind: 'account' });
      account.refreshFailure = { error: 'access_denied', description: 'second' };
      await expect(room.tokens.renewNow(account.id)).rejects.toThrow(
        /^The token was not renewed: 127\.0\.0\.1:\d+ refused \(access_denied\): second$/,
      );
      expect((await stored(room)).account.statusReason).toContain('first');

      account.refreshFailure = undefined;
      clock.advance(5);
      await room.tokens.renewNow(account.id);
      expect((await stored(room)).account).toMatchObject({
        status: 'active',
        statusReason: undefined,
        statusSince: new Date(clock.now()),
      });
      expect(room.directory.find(account.id)?.status).toBe('active');
      const changes = await statusChanges(room, 2);
      expect(changes.map(({ from, to }) => `${from} → ${to}`)).toEqual([
        'active → needs_login',
        'needs_login → active',
      ]);
    });

    it('tells also the end of a status that another replica gave it during the renewal', async () => {
      const room = await openRoom();
      const store = room.repository.storeToken.bind(room.repository);
      jest.spyOn(room.repository, 'storeToken').mockImplementationOnce(async (...wanted) => {
        await room.dataSource.query("UPDATE accounts SET status = 'needs_login', status_reason = 'used up'");
        return store(...wanted);
      });
      expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
      expect((await stored(room)).account).toMatchObject({ status: 'active', statusReason: undefined });
      expect(await statusChanges(room)).toMatchObject([{ from: 'needs_login', to: 'active' }]);
      expect(renewals()).toBe(1);
    });

    it.each(['suspended', 'disabled'] as const)(
      'leaves an account alone that is %s: that counts more',
      async (status) => {
        const room = await openRoom();
        await room.dataSource.query(`UPDATE accounts SET status = '${status}', status_reason = 'known before'`);
        account.refreshFailure = { error: 'invalid_grant' };
        await expect(room.tokens.renewNow(account.id)).rejects.toThrow('invalid_grant');
        expect((await stored(room)).account).toMatchObject({ status, statusReason: 'known before' });
        // The first change that is told is the one after.
        await room.dataSource.query("UPDATE accounts SET status = 'active'");
        await expect(room.tokens.renewNow(account.id)).rejects.toThrow('invalid_grant');
        expect(await statusChanges(room)).toMatchObject([{ from: 'active', to: 'needs_login' }]);
      },
    );

    it('forgets that an account was parked: its quota is read anew after the next sign-in', async () => {
      const room = await openRoom();
      await room.dataSource.query(
        `UPDATE accounts SET status = 'quota_exhausted', status_until = ${clock.now() + 1e6}`,
      );
      account.refreshFailure = { error: 'invalid_grant' };
      await expect(room.tokens.renewNow(account.id)).rejects.toThrow('invalid_grant');
      expect((await stored(room)).account).toMatchObject({ status: 'needs_login', statusUntil: undefined });
      expect(await statusChanges(room)).toMatchObject([{ from: 'quota_exhausted', to: 'needs_login' }]);
    });

    it('says so when the client registration is over', async () => {
      const room = await openRoom(undefined, { AMAZONQ_ACCOUNT_1_CLIENT_SECRET: 'of-another-client' });
      await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ kind: 'account' });
      expect((await stored(room)).account.statusReason).toMatch(
        /^The client registration of this sign-in is gone: .*refused \(invalid_client\): Invalid client provided$/,
      );

      const ended = new Date(clock.now() - 1000);
      await room.dataSource.query(
        `UPDATE accounts SET registration_expires_at = ${ended.getTime()}, status = 'active'`,
      );
      clock.advance(2);
      await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ kind: 'account' });
      expect((await stored(room)).account.statusReason).toContain(`ended on ${ended.toISOString()}. 127.0.0.1`);
    });

    it('tries again with credentials that came in meanwhile', async () => {
      const good = account.refreshToken;
      const room = await openRoom(undefined, { AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: 'used-up' });
      const mark = room.repository.markNeedsLogin.bind(room.repository);
      jest.spyOn(room.repository, 'markNeedsLogin').mockImplementationOnce(async (...wanted) => {
        await openRoom(undefined, { AMAZONQ_ACCOUNT_1_REFRESH_TOKEN: good });
        return mark(...wanted);
      });
      expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
      expect((await stored(room)).account.status).toBe('active');
      expect(renewals()).toBe(2);
    });
  });

  it.each([
    { kind: 'error', status: 500, error: 'server_error' } as const,
    { kind: 'error', status: 400, error: 'slow_down' } as const,
    { kind: 'error', status: 400, error: 'something_new' } as const,
    { kind: 'reset' } as const,
  ])('keeps the status and paces itself after a passing failure: %o', async (refreshFailure) => {
    const room = await openRoom();
    account.refreshFailure = refreshFailure;
    const passing = { kind: 'no_account', failure: { class: 'transient', retry: 'other-account' } };
    for (let call = 0; call < 20; call++) {
      await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject(passing);
    }
    expect(renewals()).toBe(1);
    expect((await stored(room)).account.status).toBe('active');

    account.refreshFailure = undefined;
    clock.advance(1);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
  });

  it('keeps to the pause that the token endpoint asks for', async () => {
    const room = await openRoom();
    account.refreshFailure = { status: 429, error: 'slow_down', retryAfter: 40 };
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ failure: { class: 'transient' } });
    account.refreshFailure = undefined;
    clock.advance(39);
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ failure: { class: 'transient' } });
    clock.advance(1);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect(renewals()).toBe(2);
  });

  it('counts renewals by how they ended', async () => {
    const room = await openRoom();
    for (const refreshFailure of [undefined, { error: 'slow_down' }, { error: 'invalid_grant' }]) {
      account.refreshFailure = refreshFailure;
      clock.advance(1);
      await room.tokens.renewNow(account.id).catch(() => undefined);
    }
    const lines = (await room.metrics.registry.metrics()).split('\n');
    expect(lines.filter((line) => line.startsWith('amq_gateway_token_renewals_total'))).toEqual([
      'amq_gateway_token_renewals_total{outcome="renewed"} 1',
      'amq_gateway_token_renewals_total{outcome="failed"} 1',
      'amq_gateway_token_renewals_total{outcome="refused"} 1',
    ]);
  });

  it('renews for an operator once, for all who ask at the same time', async () => {
    const room = await openRoom();
    const before = await room.tokens.accessToken(account.id);
    clock.advance(1);
    account.refreshLatencyMs = 30;
    clock.advance(1);
    const asked = Array.from({ length: 20 }, () => room.tokens.renewNow(account.id));
    expect(await room.tokens.accessToken(account.id)).toBe(before);
    await Promise.all(asked);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect(renewals()).toBe(2);
    clock.advance(1);
    await room.tokens.renewNow(account.id);
    expect(renewals()).toBe(3);
  });

  it('takes new credentials from the moment the accounts are read', async () => {
    const room = await openRoom();
    const old = await room.tokens.accessToken(account.id);
    const { clientId, clientSecret } = account;
    const given = { kind: 'oidc', clientId, clientSecret, refreshToken: account.refreshToken } as const;
    await room.repository.change(account.id, { credentials: { secrets: given } }, new Date(clock.now()));
    expect(await room.tokens.accessToken(account.id)).toBe(old);
    await room.directory.changed();
    expect(await room.tokens.accessToken(account.id)).not.toBe(old);
    expect(renewals()).toBe(2);
  });

  it('leaves no secret in the plain bytes of the database', async () => {
    const room = await openRoom();
    const environmentToken = account.refreshToken;
    const accessToken = await room.tokens.accessToken(account.id);
    const bytes = await plainBytes(room);
    expect(bytes).toContain(account.id);
    for (const secret of [
      environmentToken,
      account.refreshToken,
      accessToken,
      account.clientSecret,
      account.clientId,
    ]) {
      expect(bytes).not.toContain(secret);
    }
  });

  /** Everything the database keeps: SQLite's files byte for byte, Postgres' rows as text. */
  async function plainBytes(room: AccountsRoom): Promise<string> {
    if (database().kind === 'postgres') {
      return JSON.stringify(await room.dataSource.query('SELECT * FROM accounts'));
    }
    const folder = dirname(database().path);
    const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')));
    return files.join('');
  }

  /** What the audit log tells, once so much is written. */
  async function statusChanges(
    room: AccountsRoom,
    count = 1,
  ): Promise<{ from: string; to: string; reason?: string }[]> {
    let rows: { details: string }[] = [];
    await eventually(async () => {
      rows = await room.dataSource.query(
        "SELECT details FROM audit_events WHERE action = 'account.status' ORDER BY sequence",
      );
      return rows.length >= count;
    });
    return rows.map(({ details }) => JSON.parse(details));
  }

  async function environmentTokenOf(room: AccountsRoom): Promise<string | undefined> {
    return room.configuration.accounts[0]?.refreshToken;
  }
});
