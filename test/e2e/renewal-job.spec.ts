import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { Simulator } from '../../simulator/simulator.js';
import type { NewAccount } from '../../src/accounts/account.repository.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import { type AccountsRoom, openAccountsRoom } from '../support/accounts-room.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { TestClock } from '../support/test-clock.js';

const TOKEN_LIFE = 3_600;
const REFRESH_AHEAD = 300;
/** One a second; `renewal.job.spec.ts` has a thousand. */
const COUNT = 100;

describeOnEachDatabase('the renewal job', (database) => {
  let clock: TestClock;
  let simulator: Simulator;
  let rooms: AccountsRoom[];

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start({ now: () => clock.now(), tokenLifetime: TOKEN_LIFE });
    rooms = [];
  });
  afterEach(async () => {
    await Promise.all(rooms.map((room) => room.close()));
    await simulator.close();
  });

  async function openRoom(stateStore: StateStore = new MemoryStateStore()): Promise<AccountsRoom> {
    const environment = {
      AMAZONQ_API_ENDPOINT: simulator.url,
      AMAZONQ_TOKEN_ENDPOINT: `${simulator.url}/token`,
      TOKEN_REFRESH_AHEAD: String(REFRESH_AHEAD),
    };
    const room = await openAccountsRoom(database(), { clock, stateStore, environment });
    rooms.push(room);
    return room;
  }

  /** Accounts that were signed in at the same moment. */
  async function addAccounts(room: AccountsRoom, count: number): Promise<void> {
    const now = clock.now();
    const accounts = Array.from({ length: count }, (_, index): NewAccount => {
      const simulated = simulator.addAccount({ id: `account-${index}` });
      const { id, clientId, clientSecret, refreshToken } = simulated;
      const accessToken = simulated.issueAccessToken();
      const secrets = { kind: 'oidc', clientId, clientSecret, refreshToken, accessToken } as const;
      return { id, label: id, provider: 'amazonq', secrets, tokenExpiresAt: new Date(now + TOKEN_LIFE * 1000) };
    });
    // What one statement of Postgres may carry is bounded.
    for (let from = 0; from < count; from += 500) {
      await room.repository.insert(accounts.slice(from, from + 500), new Date(now));
    }
    await room.directory.changed();
  }

  const renewals = () => simulator.requests.filter(({ operation }) => operation === 'CreateToken');

  /** Seconds go by, and what each of them begins is done. */
  async function runFor(seconds: number, ...of: AccountsRoom[]): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      for (const room of of) room.renewalJob.run();
      // Waits for what runs: first what is stored is read, then it is renewed.
      for (const room of [...of, ...of]) await room.tokens.settled();
      clock.advance(1);
    }
  }

  it('renews many tokens that end together once each, over the time ahead; nobody waits meanwhile', async () => {
    const room = await openRoom();
    await addAccounts(room, COUNT);
    const start = clock.now();
    await runFor(3, room);
    expect(renewals()).toEqual([]);

    clock.advance(TOKEN_LIFE - REFRESH_AHEAD - 3);
    const read = await room.tokens.accessToken('account-7');
    await runFor(270, room);
    expect(new Set(renewals().map(({ accountId }) => accountId)).size).toBe(COUNT);
    expect(renewals()).toHaveLength(COUNT);

    const perSecond = new Map<number, number>();
    for (const { at } of renewals()) perSecond.set(at, (perSecond.get(at) ?? 0) + 1);
    expect(Math.max(...perSecond.values())).toBe(1);
    const last = Math.max(...perSecond.keys());
    expect((last - start) / 1000).toBeLessThan(TOKEN_LIFE - 30);
    const renewed = await room.tokens.accessToken('account-7');
    expect(renewed).not.toBe(read);
    expect(renewals()).toHaveLength(COUNT);
  });

  it('renews each token once where two replicas run it', async () => {
    const shared = new MemoryStateStore();
    const [one, other] = [await openRoom(shared), await openRoom(shared)];
    await addAccounts(one, 20);
    await other.directory.changed();
    clock.advance(TOKEN_LIFE - REFRESH_AHEAD);
    await runFor(200, one, other);
    expect(renewals()).toHaveLength(20);
    await one.directory.changed();
    for (const { status } of one.directory.list()) expect(status).toBe('active');
  });

  it('stores at its next run what could not be stored, without asking again', async () => {
    const room = await openRoom();
    await addAccounts(room, 1);
    await room.dataSource.query('ALTER TABLE accounts RENAME TO accounts_away');
    clock.advance(TOKEN_LIFE - 60);
    room.renewalJob.run();
    await room.tokens.settled();
    await room.dataSource.query('ALTER TABLE accounts_away RENAME TO accounts');
    await runFor(3, room);
    expect(renewals()).toHaveLength(1);
    expect(await room.tokens.accessToken('account-0')).toBe(simulator.accounts[0]?.accessToken);
  });
});
