import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { failure } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import type { AccountEvent } from '../../src/accounts/events/account-event.js';
import type { Lease } from '../../src/accounts/pool/lease.js';
import { GatewayError } from '../../src/core/errors.js';
import type { FailureClass } from '../../src/core/pool/failure.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { RedisStateStore } from '../../src/platform/state/redis-state-store.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import { type AccountsRoom, openAccountsRoom } from '../support/accounts-room.js';
import { eventually } from '../support/ask.js';
import { describeOnEachDatabase, describeOnSqlite, type TestDatabase } from '../support/databases.js';
import { describeWith } from '../support/services.js';
import { TestClock } from '../support/test-clock.js';

const MODEL = 'claude-sonnet-4.5';
const RECOVERY = 200;
/** The rooms' chance is 0: a tenth less. */
const OPEN = RECOVERY * 0.9;
const nobody: ReadonlySet<string> = new Set();
const broken = failure(500, 'InternalServerException', 'Broken.');
/** Of no class that is known: asked once, and counted. */
const denied = failure(418, 'TeapotException', 'Short and stout.');

let clock: TestClock;
let simulator: Simulator;
let stateStore: MemoryStateStore;
let rooms: AccountsRoom[];

beforeEach(async () => {
  clock = new TestClock();
  simulator = await Simulator.start({ now: () => clock.now() });
  stateStore = new MemoryStateStore(clock);
  rooms = [];
});
afterEach(async () => {
  await Promise.all(rooms.map((room) => room.close()));
  await simulator.close();
});

/** A replica with the accounts `one` and `two`. */
async function openRoom(
  database: TestDatabase,
  environment: Record<string, string> = {},
  shared: StateStore = stateStore,
) {
  const accounts = ['one', 'two'].map(
    (id) => simulator.accounts.find((account) => account.id === id) ?? simulator.addAccount({ id }),
  );
  const room = await openAccountsRoom(database, {
    clock,
    stateStore: shared,
    environment: {
      ...gatewayEnvironment(simulator.url, accounts),
      CIRCUIT_BREAKER_ERROR_THRESHOLD: '3',
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: String(RECOVERY),
      ...environment,
    },
  });
  rooms.push(room);
  for (const { id } of accounts) await room.models.get(id);
  return room;
}

const failureOf = (name: FailureClass) =>
  new GatewayError('upstream', 'x', { failure: { class: name, retry: 'other-account' } });
const leaseOf = ({ pool }: AccountsRoom, id: string): Promise<Lease> =>
  pool.lease({ model: MODEL, excluded: new Set(['one', 'two'].filter((each) => each !== id)) });
const fail = async (room: AccountsRoom, id: string, { times = 1, as = 'unknown' as FailureClass } = {}) => {
  for (let time = 0; time < times; time++) {
    using lease = await leaseOf(room, id);
    await lease.fail(failureOf(as));
  }
};
const open = (room: AccountsRoom, id = 'one') => fail(room, id, { times: 3 });
const state = ({ breakers }: AccountsRoom, id = 'one') => breakers.view(id).state;
const chosen = async ({ pool }: AccountsRoom) => {
  const ids = new Set<string>();
  for (let request = 0; request < 4; request++) {
    using lease = await pool.lease({ model: MODEL, excluded: nobody });
    ids.add(lease.accountId);
  }
  return Array.from(ids).sort();
};
/** Messages between replicas come after what runs now. */
const told = () => new Promise<void>((resolve) => setImmediate(resolve));
const probes = () => simulator.requests.filter((each) => each.operation === 'GenerateAssistantResponse').length;
const changesOf = async (room: AccountsRoom, id = 'one') => {
  const rows: { details: string }[] = await room.dataSource.query(
    `SELECT details FROM audit_events WHERE target = '${id}' AND action = 'account.breaker'`,
  );
  return rows.map(({ details }) => JSON.parse(details));
};
const metricsOf = async (room: AccountsRoom) => (await room.metrics.registry.metrics()).split('\n');

describeOnSqlite('the breaker of an account', (database) => {
  it('keeps requests away from it after so many failures in a row', async () => {
    const room = await openRoom(database());
    await fail(room, 'one', { times: 2 });
    expect(await chosen(room)).toEqual(['one', 'two']);
    await fail(room, 'one');
    expect(await chosen(room)).toEqual(['two']);
    expect(room.pool.counts()).toMatchObject({ enabled: 2, active: 1 });
    expect(room.breakers.view('one')).toMatchObject({ state: 'open', failures: 3 });
  });

  it.each(['rate_limit', 'quota', 'capacity', 'invalid_request', 'context_length'] as const)(
    'is not moved by %s',
    async (as) => {
      const room = await openRoom(database(), { CIRCUIT_BREAKER_ERROR_THRESHOLD: '1' });
      const startedAt = clock.now();
      for (let time = 0; time < 5; time++) {
        room.breakers.ended('one', { status: 'error', error: failureOf(as) }, startedAt);
      }
      expect(room.breakers.view('one')).toMatchObject({ state: 'closed', failures: 0 });
    },
  );

  it.each([
    ['unknown', 1],
    ['auth', 1],
    ['transient', 2],
  ] as const)('with a threshold of 1 is opened by %s the first time it counts: failure %i', async (as, times) => {
    const room = await openRoom(database(), { CIRCUIT_BREAKER_ERROR_THRESHOLD: '1' });
    await fail(room, 'one', { as, times: times - 1 });
    expect(state(room)).toBe('closed');
    await fail(room, 'one', { as });
    expect(state(room)).toBe('open');
  });

  it('ignores what was on its way when it opened', async () => {
    const room = await openRoom(database());
    using slow = await leaseOf(room, 'one');
    using doomed = await leaseOf(room, 'one');
    clock.advance(1);
    await open(room);
    slow.succeeded();
    expect(state(room)).toBe('open');
    clock.advance(OPEN);
    using trial = await leaseOf(room, 'one');
    await doomed.fail(failureOf('unknown'));
    expect(state(room)).toBe('half_open');
    trial.succeeded();
    expect(state(room)).toBe('closed');
  });

  it('lets one request through when its time is over, and everybody once that is answered', async () => {
    const room = await openRoom(database());
    await open(room);
    clock.advance(OPEN - 1);
    await expect(leaseOf(room, 'one')).rejects.toMatchObject({ kind: 'no_account' });
    clock.advance(1);
    const wanted = await Promise.allSettled(Array.from({ length: 5 }, () => leaseOf(room, 'one')));
    const leases = wanted.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(leases).toHaveLength(1);
    leases[0]?.succeeded();
    leases[0]?.unsubscribe();
    expect(await chosen(room)).toEqual(['one', 'two']);
  });

  it('lets the next one through when the first hung up', async () => {
    const room = await openRoom(database());
    await open(room);
    clock.advance(OPEN);
    (await leaseOf(room, 'one')).unsubscribe();
    await told();
    using again = await leaseOf(room, 'one');
    expect(again.accountId).toBe('one');
    await expect(leaseOf(room, 'one')).rejects.toMatchObject({ kind: 'no_account' });
  });

  it('opens for twice as long when the one fails', async () => {
    const room = await openRoom(database());
    await open(room);
    clock.advance(OPEN);
    await fail(room, 'one');
    clock.advance(2 * OPEN - 1);
    expect(state(room)).toBe('open');
    clock.advance(1);
    expect(state(room)).toBe('half_open');
  });

  it('does nothing where it is off', async () => {
    const room = await openRoom(database(), { CIRCUIT_BREAKER_ENABLED: 'false' });
    await fail(room, 'one', { times: 20 });
    expect(await chosen(room)).toEqual(['one', 'two']);
    expect(room.breakers.view('one')).toMatchObject({ state: 'closed', failures: 20 });
  });

  it('closes when it is switched off, and goes by a new threshold at once', async () => {
    const room = await openRoom(database());
    await open(room);
    room.settings.use({ 'breaker.enabled': false });
    expect(state(room)).toBe('closed');
    clock.advance(1);
    await fail(room, 'one', { times: 4 });
    room.settings.use({ 'breaker.errorThreshold': 5 });
    await fail(room, 'one');
    expect(room.breakers.view('one')).toMatchObject({ state: 'open', failures: 5 });
  });

  it('goes with its account', async () => {
    const room = await openRoom(database());
    await open(room);
    await room.repository.delete('one');
    await room.directory.changed();
    expect(room.breakers.notClosed()).toEqual([]);
    expect(await metricsOf(room)).not.toContainEqual(expect.stringContaining('breaker_state{account_id="one"}'));
  });
});

describeOnEachDatabase('a change of a breaker', (database) => {
  it('is an audit row, an event and a metric each time', async () => {
    const room = await openRoom(database());
    const events: AccountEvent[] = [];
    room.events.listen((event) => events.push(event));
    await open(room);
    const openUntil = new Date(clock.now() + OPEN * 1000).toISOString();
    expect(await metricsOf(room)).toEqual(
      expect.arrayContaining([
        'amazonq_circuit_breaker_opened_total{account_id="one"} 1',
        'amq_gateway_circuit_breaker_state{account_id="one"} 2',
        'amq_gateway_circuit_breaker_state{account_id="two"} 0',
        'amazonq_account_available{account_id="one"} 0',
        'amazonq_account_available{account_id="two"} 1',
      ]),
    );
    clock.advance(OPEN);
    using trial = await leaseOf(room, 'one');
    expect(await metricsOf(room)).toContain('amq_gateway_circuit_breaker_state{account_id="one"} 1');
    trial.succeeded();
    expect(await metricsOf(room)).toEqual(
      expect.arrayContaining([
        'amazonq_circuit_breaker_opened_total{account_id="one"} 1',
        'amq_gateway_circuit_breaker_state{account_id="one"} 0',
        'amazonq_account_available{account_id="one"} 1',
      ]),
    );
    const changes = [
      { from: 'closed', to: 'open', failures: 3, openUntil, reason: 'unknown' },
      { from: 'open', to: 'half_open', failures: 3, openUntil },
      { from: 'half_open', to: 'closed', failures: 0, openUntil: null, reason: 'success' },
    ];
    await eventually(async () => (await changesOf(room)).length === 3);
    expect(await changesOf(room)).toEqual(expect.arrayContaining(changes));
    expect(events.filter(({ type }) => type === 'account.breaker')).toMatchObject(changes);
  });
});

describeOnSqlite('breakers of several replicas', (database) => {
  it('open and close together', async () => {
    const [here, there] = [await openRoom(database()), await openRoom(database())];
    await open(here);
    await told();
    expect(await chosen(there)).toEqual(['two']);
    clock.advance(OPEN);
    using trial = await leaseOf(there, 'one');
    trial.succeeded();
    await told();
    expect([state(here), state(there)]).toEqual(['closed', 'closed']);
    expect(await chosen(here)).toEqual(['one', 'two']);
  });

  it('let one request try over all of them', async () => {
    const replicas = [await openRoom(database()), await openRoom(database()), await openRoom(database())];
    await open(replicas[0] as AccountsRoom);
    await told();
    clock.advance(OPEN);
    const wanted = await Promise.allSettled(replicas.flatMap((room) => [leaseOf(room, 'one'), leaseOf(room, 'one')]));
    const leases = wanted.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(leases).toHaveLength(1);
    await leases[0]?.fail(failureOf('unknown'));
    leases[0]?.unsubscribe();
    await told();
    expect(replicas.map((room) => state(room))).toEqual(['open', 'open', 'open']);
    expect(replicas.map(({ breakers }) => breakers.view('one').openings)).toEqual([2, 2, 2]);
  });

  it('let another replica try soon where the one that had the trial said nothing', async () => {
    const [here, there] = [await openRoom(database()), await openRoom(database())];
    await open(here);
    await told();
    clock.advance(OPEN);
    const trial = await leaseOf(here, 'one');
    await expect(leaseOf(there, 'one')).rejects.toMatchObject({ kind: 'no_account' });
    trial.unsubscribe();
    clock.advance(5);
    using again = await leaseOf(there, 'one');
    expect(again.accountId).toBe('one');
  });

  it('survive a restart', async () => {
    const before = await openRoom(database());
    await open(before);
    clock.advance(OPEN);
    await fail(before, 'one');
    const after = await openRoom(database());
    expect(after.breakers.view('one')).toEqual(before.breakers.view('one'));
    expect(await chosen(after)).toEqual(['two']);
  });

  it('make up for a message that was missed', async () => {
    const [here, there] = [await openRoom(database()), await openRoom(database())];
    const publish = stateStore.publish.bind(stateStore);
    stateStore.publish = () => undefined;
    await open(here);
    await told();
    expect(state(there)).toBe('closed');
    await there.recoveryJob.catchUp();
    expect(state(there)).toBe('open');
    stateStore.publish = publish;
  });

  it('keep what a shared state that was emptied forgot', async () => {
    const here = await openRoom(database());
    await open(here);
    await stateStore.forget(['breaker:one']);
    await here.recoveryJob.catchUp();
    const there = await openRoom(database());
    expect(state(there)).toBe('open');
  });

  it('keep no breaker open for who starts later that was closed while the shared state was away', async () => {
    const here = await openRoom(database());
    await open(here);
    const remember = stateStore.remember.bind(stateStore);
    stateStore.remember = async () => undefined;
    here.breakers.reset('one');
    stateStore.remember = remember;
    await here.recoveryJob.catchUp();
    const there = await openRoom(database());
    expect(state(there)).toBe('closed');
  });

  it('let the next one try where a trial was overtaken by a reset', async () => {
    const short = { CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '30' };
    const [here, there] = [await openRoom(database(), short), await openRoom(database(), short)];
    await open(here);
    await told();
    clock.advance(30);
    using _overtaken = await leaseOf(here, 'one');
    there.breakers.reset('one');
    await told();
    clock.advance(1);
    await open(there);
    await told();
    clock.advance(30);
    using trial = await leaseOf(there, 'one');
    expect(trial.accountId).toBe('one');
  });

  it('are reset together', async () => {
    const [here, there] = [await openRoom(database()), await openRoom(database())];
    await open(here);
    await fail(there, 'two', { times: 2 });
    here.breakers.reset('one');
    here.breakers.reset('two');
    await told();
    expect([state(here), state(there)]).toEqual(['closed', 'closed']);
    expect(there.breakers.view('two').failures).toBe(0);
  });

  it('ignore what makes no sense', async () => {
    const room = await openRoom(database());
    await open(room);
    for (const text of ['', '{', 'null', '{"id":"one"}', '{"id":"one","snapshot":{"state":"ajar"}}']) {
      stateStore.publish('breaker', text);
    }
    await told();
    expect(state(room)).toBe('open');
  });
});

describeWith('redis', 'breakers of replicas that share a Redis', (url) => {
  describeOnSqlite('as in one process', (database) => {
    let shared: RedisStateStore[];

    beforeEach(async () => {
      shared = [new RedisStateStore(url), new RedisStateStore(url)];
      await shared[0]?.forget(['breaker:one', 'breaker:two', 'claim:breaker-trial:one']);
    });
    afterEach(async () => {
      await shared[0]?.forget(['breaker:one', 'breaker:two', 'claim:breaker-trial:one']);
      for (const each of shared) await each.onApplicationShutdown();
    });

    it('open together, let one request try, and close together', async () => {
      const [first, second] = shared as [RedisStateStore, RedisStateStore];
      const here = await openRoom(database(), {}, first);
      const there = await openRoom(database(), {}, second);
      await open(here);
      await eventually(() => state(there) === 'open');
      clock.advance(OPEN);
      const wanted = await Promise.allSettled([here, there, here, there].map((room) => leaseOf(room, 'one')));
      const leases = wanted.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(leases).toHaveLength(1);
      leases[0]?.succeeded();
      leases[0]?.unsubscribe();
      await eventually(() => state(here) === 'closed' && state(there) === 'closed');
    });
  });
});

describeOnEachDatabase('the recovery of an account whose breaker is open', (database) => {
  const errorCount = async (room: AccountsRoom) =>
    (await room.repository.list()).find(({ id }) => id === 'one')?.errorCount;

  it('begins with a probe after a sixteenth of its time, which closes it and clears the error count', async () => {
    const room = await openRoom(database());
    await open(room);
    await room.attempts.write();
    expect(await errorCount(room)).toBe(3);
    clock.advance(OPEN / 16 - 1);
    await room.recoveryJob.run();
    expect(probes()).toBe(0);
    clock.advance(1);
    await room.recoveryJob.run();
    expect(probes()).toBe(1);
    expect(state(room)).toBe('closed');
    await room.recoveryJob.onModuleDestroy();
    expect(await errorCount(room)).toBe(0);
  });
});

describeOnSqlite('the recovery of an account whose breaker is open', (database) => {
  /** Probes of an hour and a half, by when they were sent, in seconds. */
  const probedAt = async (run: () => Promise<void>) => {
    const times: number[] = [];
    for (let second = 0; second <= 5_400; second += 10) {
      const before = probes();
      await run();
      if (probes() > before) times.push(second);
      clock.advance(10);
    }
    return times;
  };

  it('is tried ever more rarely while probes fail', async () => {
    const room = await openRoom(database());
    simulator.enqueueFor('one', ...Array.from({ length: 60 }, () => denied));
    await open(room);
    const times = await probedAt(() => room.recoveryJob.run());
    expect(times).toEqual([
      ...[20, 30, 50, 90, 180], // open for 180 s
      ...[210, 230, 270, 360, 540], // 360 s
      ...[590, 630, 720, 900, 1_260], // 720 s
      ...[1_350, 1_440, 1_620, 1_980, 2_700], // 1,440 s
      ...[2_880, 3_060, 3_420, 4_140], // 2,880 s
    ]);
  });

  it('is probed by one replica', async () => {
    const replicas = [await openRoom(database()), await openRoom(database())];
    await open(replicas[0] as AccountsRoom);
    await told();
    clock.advance(OPEN / 2);
    await Promise.all(replicas.map(({ recoveryJob }) => recoveryJob.run()));
    await told();
    expect(probes()).toBe(1);
    expect(replicas.map((room) => state(room))).toEqual(['closed', 'closed']);
  });

  it('waits for an account that is out for another reason', async () => {
    const room = await openRoom(database());
    await open(room);
    await room.statuses.apply('one', { status: 'suspended', reason: 'Locked.' });
    clock.advance(2 * OPEN);
    await room.recoveryJob.run();
    expect(probes()).toBe(0);
  });

  it('is left to clients where nothing is probed by itself', async () => {
    const room = await openRoom(database(), { HEALTH_CHECK_INTERVAL: '0' });
    await open(room);
    clock.advance(OPEN);
    await room.recoveryJob.run();
    expect(probes()).toBe(0);
    expect(state(room)).toBe('half_open');
  });

  it('is not probed as silent accounts are', async () => {
    const room = await openRoom(database());
    await open(room);
    await open(room, 'two');
    clock.advance(24 * 3600);
    await room.probeJob.run();
    expect(probes()).toBe(0);
  });

  it('is over with a probe by hand that is answered', async () => {
    const room = await openRoom(database());
    await open(room);
    clock.advance(1);
    const account = room.directory.find('one');
    if (!account) throw new Error('there is no account one');
    simulator.enqueueFor('one', broken, broken);
    expect((await room.probes.probe(account)).ok).toBe(false);
    expect(state(room)).toBe('open');
    expect((await room.probes.probe(account)).ok).toBe(true);
    expect(state(room)).toBe('closed');
  });

  it('counts probes that fail like requests', async () => {
    const room = await openRoom(database());
    const account = room.directory.find('one');
    if (!account) throw new Error('there is no account one');
    for (let probe = 0; probe < 4; probe++) {
      simulator.enqueueFor('one', broken, broken);
      await room.probes.probe(account);
    }
    expect(room.breakers.view('one')).toMatchObject({ state: 'open', failures: 3 });
  });
});
