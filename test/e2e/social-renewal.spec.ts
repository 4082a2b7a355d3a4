import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { SimulatedAccount } from '../../simulator/account.js';
import { Simulator } from '../../simulator/simulator.js';
import type { AccountSettings } from '../../src/accounts/account.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { type AccountsRoom, openAccountsRoom } from '../support/accounts-room.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { TestClock } from '../support/test-clock.js';

describeOnEachDatabase('renewal of Kiro’s own sign-in', (database) => {
  let clock: TestClock;
  let simulator: Simulator;
  let account: SimulatedAccount;
  let rooms: AccountsRoom[];

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start({ now: () => clock.now() });
    account = simulator.addAccount({ kind: 'social' });
    rooms = [];
  });
  afterEach(async () => {
    await Promise.all(rooms.map((room) => room.close()));
    await simulator.close();
  });

  async function openRoom(settings: Partial<AccountSettings> = {}, environment: Record<string, string> = {}) {
    const room = await openAccountsRoom(database(), {
      clock,
      stateStore: new MemoryStateStore(),
      environment: { KIRO_AUTH_ENDPOINT: simulator.url, ...environment },
    });
    rooms.push(room);
    const { id, refreshToken } = account;
    const secrets = { kind: 'social', refreshToken } as const;
    await room.repository.insert([{ id, label: id, provider: 'amazonq', secrets, ...settings }], new Date(clock.now()));
    await room.directory.changed();
    return room;
  }

  const stored = async (room: AccountsRoom) => {
    const found = await room.repository.findWithSecrets(account.id);
    if (!found) throw new Error('the account is gone');
    return found;
  };
  const renewals = () => simulator.requests.filter((request) => request.operation === 'RefreshToken').length;

  it('renews once for many, stores the rotated token, and learns the profile', async () => {
    const room = await openRoom();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => room.tokens.accessToken(account.id)));
    expect(new Set(tokens)).toEqual(new Set([account.accessToken]));
    const { secrets, account: row } = await stored(room);
    expect(secrets).toEqual({ kind: 'social', refreshToken: account.refreshToken, accessToken: tokens[0] });
    expect(row).toMatchObject({ profileArn: account.profileArn, revision: 2 });
    expect(room.directory.find(account.id)?.profileArn).toBe(account.profileArn);

    clock.advance(3600);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect((await stored(room)).account.revision).toBe(2); // nothing new
    expect(renewals()).toBe(2);
  });

  it('asks the account’s own token endpoint, where it has one', async () => {
    const room = await openRoom(
      { tokenEndpoint: `${simulator.url}/refreshToken` },
      { KIRO_AUTH_ENDPOINT: 'http://127.0.0.1:9', ALLOW_PRIVATE_ENDPOINTS: 'true' },
    );
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
  });

  it.each([
    { error: 'invalid_grant', description: 'Invalid refresh token provided' },
    { status: 401, error: 'Unauthorized', description: 'Bad credentials' },
  ])('needs a new sign-in after %o', async (refreshFailure) => {
    const room = await openRoom();
    account.refreshFailure = refreshFailure;
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ kind: 'account' });
    expect((await stored(room)).account).toMatchObject({
      status: 'needs_login',
      statusReason: expect.stringContaining(refreshFailure.description),
    });
  });

  it('is tried again after a passing failure', async () => {
    const room = await openRoom();
    account.refreshFailure = { status: 500, error: 'invalid_grant' };
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ failure: { class: 'transient' } });
    account.refreshFailure = undefined;
    clock.advance(1);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect((await stored(room)).account.status).toBe('active');
  });
});
