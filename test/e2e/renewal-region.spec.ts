import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { SimulatedAccount } from '../../simulator/account.js';
import { Simulator } from '../../simulator/simulator.js';
import type { AccountSettings } from '../../src/accounts/account.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { type AccountsRoom, openAccountsRoom } from '../support/accounts-room.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { inRegions } from '../support/in-regions.js';
import { TestClock } from '../support/test-clock.js';

const VIRGINIA = 'oidc.us-east-1.amazonaws.com';
const FRANKFURT = 'oidc.eu-central-1.amazonaws.com';

describeOnEachDatabase('a sign-in of another region', (database) => {
  let clock: TestClock;
  let simulator: Simulator;
  let account: SimulatedAccount;
  let rooms: AccountsRoom[];
  let calls: Map<string, number>;

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start({ now: () => clock.now() });
    account = simulator.addAccount({ ssoRegion: 'eu-central-1' });
    rooms = [];
  });
  afterEach(async () => {
    await Promise.all(rooms.map((room) => room.close()));
    await simulator.close();
  });

  async function openRoom(settings: Partial<AccountSettings> = {}) {
    const room = await openAccountsRoom(database(), {
      clock,
      stateStore: new MemoryStateStore(),
      // So that the simulator may be called; it stands for hosts of the service.
      environment: { AMAZONQ_API_ENDPOINT: simulator.url },
    });
    rooms.push(room);
    calls = inRegions(room.http, simulator.url);
    const { id, clientId, clientSecret, refreshToken } = account;
    const secrets = { kind: 'oidc', clientId, clientSecret, refreshToken } as const;
    await room.repository.insert([{ id, label: id, provider: 'amazonq', secrets, ...settings }], new Date(clock.now()));
    await room.directory.changed();
    return room;
  }
  const rowOf = async (room: AccountsRoom) => (await room.repository.findWithSecrets(account.id))?.account;

  it('is renewed where the service says that it is known, and asked for there from then on', async () => {
    const room = await openRoom({ region: 'us-east-1' });
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect([...calls]).toEqual([
      [VIRGINIA, 1],
      [FRANKFURT, 1],
    ]);
    expect(await rowOf(room)).toMatchObject({ region: 'us-east-1', ssoRegion: 'eu-central-1', revision: 2 });

    clock.advance(3600);
    expect(await room.tokens.accessToken(account.id)).toBe(account.accessToken);
    expect([...calls]).toEqual([
      [VIRGINIA, 1],
      [FRANKFURT, 2],
    ]);
  });

  it('needs a new sign-in when it is not known there either', async () => {
    const room = await openRoom();
    account.refreshToken = 'another one by now';
    account.ssoRegion = 'eu-central-1';
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ kind: 'account' });
    expect([...calls.values()]).toEqual([1, 1]);
    expect(await rowOf(room)).toMatchObject({
      status: 'needs_login',
      statusReason: `${FRANKFURT} refused (invalid_grant): Invalid refresh token provided`,
      ssoRegion: undefined,
    });
  });

  it('keeps to a token endpoint that was set', async () => {
    const room = await openRoom({ tokenEndpoint: `https://${VIRGINIA}/token` });
    await expect(room.tokens.accessToken(account.id)).rejects.toMatchObject({ kind: 'account' });
    expect([...calls]).toEqual([[VIRGINIA, 1]]);
    const row = await rowOf(room);
    expect(row?.status).toBe('needs_login');
    expect(row?.statusReason).toContain('(region eu-central-1)');
  });
});
