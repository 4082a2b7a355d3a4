import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { failure, goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { AccountEntity } from '../../src/accounts/account.entity.js';
import { AuditEndEntity } from '../../src/audit/audit-end.entity.js';
import { AuditEventEntity } from '../../src/audit/audit-event.entity.js';
import { GatewayError } from '../../src/core/errors.js';
import type { FailureClass } from '../../src/core/pool/failure.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { type AccountsRoom, openAccountsRoom } from '../support/accounts-room.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnEachDatabase } from '../support/databases.js';
import { startGateway } from '../support/start-gateway.js';
import { TestClock } from '../support/test-clock.js';

describeOnEachDatabase('the counters of accounts', (database) => {
  let clock: TestClock;
  let simulator: Simulator;
  let rooms: AccountsRoom[];

  beforeEach(async () => {
    clock = new TestClock();
    simulator = await Simulator.start({ now: () => clock.now() });
    rooms = [];
  });
  afterEach(async () => {
    await Promise.all(rooms.map((room) => room.close()));
    await simulator.close();
  });

  const openRoom = async (accounts = ['one', 'two']) => {
    const known = new Map(simulator.accounts.map((account) => [account.id, account]));
    const environment = gatewayEnvironment(
      simulator.url,
      accounts.map((id) => known.get(id) ?? simulator.addAccount({ id })),
    );
    const room = await openAccountsRoom(database(), { clock, stateStore: new MemoryStateStore(), environment });
    rooms.push(room);
    return room;
  };
  const counted = async (room: AccountsRoom, id: string) => {
    const account = (await room.repository.list()).find((each) => each.id === id);
    if (!account) throw new Error(`there is no account ${id}`);
    return [account.requestCount, account.errorCount, account.lastUsedAt?.getTime()];
  };
  const failed = (name: FailureClass) =>
    ({
      status: 'error',
      error: new GatewayError('upstream', 'x', { failure: { class: name, retry: 'never' } }),
    }) as const;
  const attempt = ({ attempts }: AccountsRoom, id: string, outcome: Parameters<typeof attempts.ended>[1]) => {
    const startedAt = clock.now();
    attempts.started(id);
    attempts.ended(id, outcome, startedAt);
  };

  it('count attempts, those that failed by the account’s fault, and the last use', async () => {
    const room = await openRoom();
    attempt(room, 'one', { status: 'success' });
    attempt(room, 'one', failed('transient'));
    attempt(room, 'one', failed('invalid_request'));
    clock.advance(5);
    attempt(room, 'one', { status: 'cancelled' });
    attempt(room, 'two', failed('context_length'));
    const usedAt = clock.now();
    expect(await counted(room, 'one')).toEqual([0, 0, undefined]);
    await room.attempts.write();
    expect(await counted(room, 'one')).toEqual([4, 1, usedAt]);
    expect(await counted(room, 'two')).toEqual([1, 0, usedAt]);
    await room.attempts.write();
    expect(await counted(room, 'one')).toEqual([4, 1, usedAt]);
  });

  it('are written by themselves, a moment later', async () => {
    const room = await openRoom();
    attempt(room, 'one', { status: 'success' });
    await eventually(async () => (await counted(room, 'one'))[0] === 1);
  });

  it('of several replicas add up, and keep the latest use', async () => {
    const [here, there] = [await openRoom(), await openRoom()];
    for (let request = 0; request < 3; request++) attempt(there, 'one', failed('capacity'));
    clock.advance(60);
    attempt(here, 'one', { status: 'success' });
    const latest = clock.now();
    await here.attempts.write();
    await there.attempts.write();
    expect(await counted(here, 'one')).toEqual([4, 3, latest]);
  });

  it('are kept while they can’t be written', async () => {
    const room = await openRoom();
    attempt(room, 'one', { status: 'success' });
    await room.dataSource.query('ALTER TABLE accounts RENAME TO accounts_elsewhere');
    await room.attempts.write();
    attempt(room, 'one', failed('transient'));
    await room.attempts.write();
    await room.dataSource.query('ALTER TABLE accounts_elsewhere RENAME TO accounts');
    await room.attempts.write();
    expect(await counted(room, 'one')).toEqual([2, 1, clock.now()]);
  });

  it('of many accounts are written together', async () => {
    const room = await openRoom();
    const ids = Array.from({ length: 250 }, (_, index) => `many-${index}`);
    const secrets = { kind: 'api_key', apiKey: 'key' } as const;
    await room.repository.insert(
      ids.map((id) => ({ id, label: id, provider: 'anthropic', secrets })),
      new Date(clock.now()),
    );
    await room.directory.changed();
    for (const [index, id] of ids.entries()) {
      for (let request = 0; request <= index % 3; request++) attempt(room, id, failed('transient'));
    }
    await room.attempts.write();
    const rows = (await room.repository.list()).filter(({ id }) => id.startsWith('many-'));
    expect(rows.map(({ requestCount }) => requestCount)).toEqual(rows.map(({ errorCount }) => errorCount));
    for (const { id, requestCount } of rows) expect(requestCount).toBe((Number(id.slice(5)) % 3) + 1);
  });

  it('of an account that is gone are forgotten', async () => {
    const room = await openRoom();
    attempt(room, 'one', failed('transient'));
    attempt(room, 'two', { status: 'success' });
    await room.repository.delete('one');
    await room.directory.changed();
    await room.attempts.write();
    expect(await counted(room, 'two')).toEqual([1, 0, clock.now()]);
  });

  it('of errors can be cleared, what is not written yet too', async () => {
    const room = await openRoom();
    attempt(room, 'one', failed('transient'));
    await room.attempts.write();
    attempt(room, 'one', failed('transient'));
    await room.attempts.clearErrors('one');
    await room.attempts.write();
    expect(await counted(room, 'one')).toEqual([2, 0, clock.now()]);
  });

  it('of real requests are shown, and survive the end of the process', async () => {
    const live = await Simulator.start();
    const environment = { accounts: 1, ...database().environment };
    const gateway = await startGateway(live, environment);
    const call = adminApi(() => gateway);
    const [account] = live.accounts;
    live.enqueue(stream(text('a'), goodEnd()), failure(400, 'ValidationException', 'Improperly formed request.'));
    await post(gateway, QUESTION);
    await post(gateway, QUESTION);
    await eventually(async () => (await call('GET', `/v2/accounts/${account?.id}`)).body.requestCount === 2);
    expect((await call('GET', `/v2/accounts/${account?.id}`)).body).toMatchObject({
      errorCount: 0,
      lastUsedAt: expect.any(String),
      models: expect.arrayContaining(['claude-sonnet-4.5']),
    });
    live.enqueue(stream(text('a'), goodEnd()));
    await post(gateway, QUESTION);
    await gateway.close();
    await live.close();
    const dataSource = await database().open([AccountEntity, AuditEndEntity, AuditEventEntity]);
    const [row] = await dataSource.query('SELECT request_count FROM accounts');
    expect(Number(row.request_count)).toBe(3);
  });
});
