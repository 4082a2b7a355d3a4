import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { lastValueFrom } from 'rxjs';
import { gatewayEnvironment } from '../../simulator/gateway-environment.js';
import { failure } from '../../simulator/script.js';
import { type SimulatedAccount, type SimulatedAccountOptions, Simulator } from '../../simulator/simulator.js';
import type { Lease } from '../../src/accounts/pool/lease.js';
import { GatewayError, toGatewayError } from '../../src/core/errors.js';
import { Flow } from '../../src/core/messages/flow.js';
import type { Failure } from '../../src/core/pool/failure.js';
import type { StoredStatus } from '../../src/core/pool/status-transition.js';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { type AccountsRoom, openAccountsRoom } from '../support/accounts-room.js';
import { eventually } from '../support/ask.js';
import { describeOnEachDatabase, describeOnSqlite, type TestDatabase } from '../support/databases.js';
import { TestClock } from '../support/test-clock.js';

const MODEL = 'claude-sonnet-4.5';
const HOUR = 3600;
const nobody: ReadonlySet<string> = new Set();
const NOT_AUTHORIZED = 'User is not authorized to make this call.';
const denied = failure(403, 'AccessDeniedException', NOT_AUTHORIZED);
const suspended = failure(403, 'AccessDeniedException', 'Locked.', 'TEMPORARILY_SUSPENDED');

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

interface StageOptions {
  accounts?: Partial<SimulatedAccountOptions>[];
  environment?: Record<string, string>;
  stateStore?: MemoryStateStore;
}

/** A replica with accounts `one`, `two`, … */
async function openRoom(database: TestDatabase, { accounts = [{}], environment, stateStore }: StageOptions = {}) {
  const names = ['one', 'two', 'three', 'four', 'five', 'six'];
  const simulated = accounts.map(
    (options, index) =>
      simulator.accounts.find(({ id }) => id === names[index]) ??
      simulator.addAccount({ id: names[index], ...options }),
  );
  const room = await openAccountsRoom(database, {
    clock,
    stateStore: stateStore ?? new MemoryStateStore(clock),
    environment: { ...gatewayEnvironment(simulator.url, simulated), ...environment },
  });
  rooms.push(room);
  for (const { id } of simulated) await room.models.get(id);
  return { ...room, simulated, one: simulated[0] as SimulatedAccount };
}

/** Sends one request through the pool, and waits for everything that follows from it. */
async function ask(room: AccountsRoom): Promise<GatewayError | undefined> {
  const lease: Lease = await room.pool.lease({ model: MODEL, excluded: nobody });
  try {
    await lastValueFrom(
      lease.converse({
        request: { model: MODEL, max_tokens: 100, messages: [{ role: 'user', content: 'Hello' }] },
        model: lease.model,
        conversationId: '5f0d2c1e-7a34-4b39-9d55-0c6a5e0f7b11',
        messageId: 'msg_1',
        flow: new Flow(),
        estimatedInputTokens: 1,
        tokenScale: 1,
        changes: new Set(),
      }),
    );
    lease.succeeded();
    return undefined;
  } catch (thrown) {
    const error = toGatewayError(thrown);
    await lease.fail(error);
    return error;
  } finally {
    lease.unsubscribe();
  }
}

const refusalOf = (account: Failure['account'], more: Partial<Failure> = {}) =>
  new GatewayError('account', 'x', { failure: { class: 'auth', retry: 'other-account', account, ...more } });
const asked = (operation: string) => simulator.requests.filter((each) => each.operation === operation);
const forget = () => simulator.reset();
const at = (iso: string) => new Date(iso);

async function stored(room: AccountsRoom, id = 'one') {
  return (await room.repository.findWithSecrets(id))?.account;
}

async function changesOf(room: AccountsRoom, id = 'one'): Promise<{ from: string; to: string; reason?: string }[]> {
  const rows: { details: string }[] = await room.dataSource.query(
    `SELECT details FROM audit_events WHERE target = '${id}' AND action = 'account.status' ORDER BY sequence`,
  );
  return rows.map(({ details }) => JSON.parse(details));
}

describeOnEachDatabase('an account that is refused without a clear word', (database) => {
  it('stays in use when its control plane and a probe say that it is good', async () => {
    const room = await openRoom(database());
    simulator.enqueueFor('one', denied);
    expect((await ask(room))?.failure?.account).toBe('denied');
    expect(room.directory.find('one')?.status).toBe('active');
    expect((await stored(room))?.status).toBe('active');
    expect(await changesOf(room)).toEqual([]);
    expect(asked('GetUsageLimits')).toHaveLength(1);
    expect(asked('GenerateAssistantResponse')).toHaveLength(2);
    expect(await room.metrics.registry.metrics()).toContain('amq_gateway_probes_total{outcome="success"} 1');
  });

  it('is out when probes are refused in the same way a while apart, with the service’s words', async () => {
    const room = await openRoom(database());
    simulator.enqueueFor('one', denied, denied, denied, denied);
    await ask(room);
    expect((await stored(room))?.status).toBe('active');
    clock.advance(15);
    await ask(room);
    expect(await stored(room)).toMatchObject({
      status: 'disabled',
      statusReason: NOT_AUTHORIZED,
      statusSince: new Date(clock.now()),
    });
    await eventually(async () => (await changesOf(room)).length > 0);
    expect(await changesOf(room)).toEqual([{ from: 'active', to: 'disabled', reason: NOT_AUTHORIZED }]);
    await expect(room.pool.lease({ model: MODEL, excluded: nobody })).rejects.toMatchObject({ kind: 'no_account' });
  });
});

describeOnSqlite('what decides about an account that is refused without a clear word', (database) => {
  it.each<[string, Parameters<typeof failure>, StoredStatus]>([
    ['a fault', [500, 'InternalServerException', 'x'], 'active'],
    ['throttling', [429, 'ThrottlingException', 'x'], 'active'],
    ['another ambiguous refusal', [404, 'NotOfTheService', 'x'], 'active'],
    ['a suspension', [403, 'AccessDeniedException', 'x', 'TEMPORARILY_SUSPENDED'], 'suspended'],
    ['a gate', [403, 'AccessDeniedException', 'x', 'FEATURE_NOT_SUPPORTED'], 'disabled'],
    ['a spent quota', [402, 'ServiceQuotaExceededException', 'x'], 'quota_exhausted'],
  ])('a probe that ends by %s', async (_what, answer, status) => {
    const room = await openRoom(database());
    simulator.enqueueFor('one', denied, failure(...answer), failure(...answer));
    await ask(room);
    expect((await stored(room))?.status).toBe(status);
  });

  it('the control plane, where it says that the account is locked: nothing more is asked', async () => {
    const room = await openRoom(database());
    room.one.controlPlaneFailure = suspended;
    simulator.enqueueFor('one', denied);
    await ask(room);
    expect(await stored(room)).toMatchObject({ status: 'suspended', statusReason: 'Locked.' });
    expect(asked('GenerateAssistantResponse')).toHaveLength(1);
  });

  it('no control plane that does not answer', async () => {
    const room = await openRoom(database());
    room.one.controlPlaneFailure = denied;
    simulator.enqueueFor('one', denied);
    await ask(room);
    expect((await stored(room))?.status).toBe('active');
  });

  it('once, however many requests are refused at once, and not at once again', async () => {
    const room = await openRoom(database(), { environment: { CIRCUIT_BREAKER_ENABLED: 'false' } });
    simulator.enqueueFor('one', ...Array.from({ length: 10 }, () => denied));
    await Promise.all(Array.from({ length: 10 }, () => ask(room)));
    expect(asked('GetUsageLimits')).toHaveLength(1);
    simulator.enqueueFor('one', denied);
    await ask(room);
    expect(asked('GetUsageLimits')).toHaveLength(1);
    clock.advance(15);
    simulator.enqueueFor('one', denied);
    await ask(room);
    expect(asked('GetUsageLimits')).toHaveLength(2);
    expect((await stored(room))?.status).toBe('active');
  });

  const ofNobody = 'arn:aws:codewhisperer:us-east-1:123456789012:profile/AAAAAAAAAAAA';
  const profile = (name: string) => ({ arn: `arn:aws:codewhisperer:us-east-1:123456789012:profile/${name}`, name });
  const organisation = (...names: string[]): StageOptions => ({
    accounts: [{ kind: 'identity-center', profiles: names.map(profile) }],
    environment: { AMAZONQ_ACCOUNT_1_PROFILE_ARN: ofNobody },
  });

  it('its profile, where the only one it may use is another', async () => {
    const room = await openRoom(database(), organisation('BBBBBBBBBBBB'));
    expect((await ask(room))?.failure?.serviceMessage).toBe(NOT_AUTHORIZED);
    expect(await stored(room)).toMatchObject({
      status: 'active',
      profileArn: profile('BBBBBBBBBBBB').arn,
      revision: 2,
    });
    expect(await ask(room)).toBeUndefined();
    const [row] = await room.dataSource.query("SELECT * FROM audit_events WHERE action = 'account.update'");
    expect(row).toMatchObject({ actor: 'system', target: 'one' });
    expect(JSON.parse(row.details)).toEqual({ profileArn: { from: ofNobody, to: profile('BBBBBBBBBBBB').arn } });
  });

  it('nobody’s guess, where it may use several', async () => {
    const room = await openRoom(database(), organisation('BBBBBBBBBBBB', 'CCCCCCCCCCCC'));
    await ask(room);
    clock.advance(15);
    await ask(room);
    expect(await stored(room)).toMatchObject({
      status: 'disabled',
      profileArn: ofNobody,
      statusReason: NOT_AUTHORIZED,
    });
  });

  it('the profile again, where even a fresh token is refused; else it needs a sign-in', async () => {
    const room = await openRoom(database(), organisation('BBBBBBBBBBBB'));
    const renewed = { isRenewed: true, soughtProfile: false, renewToken: async () => undefined };
    const error = refusalOf('token-refused', { serviceMessage: 'The bearer token … is invalid.' });
    await room.effects.apply('one', error, renewed);
    expect(await stored(room)).toMatchObject({ status: 'active', profileArn: profile('BBBBBBBBBBBB').arn });
    await room.effects.apply('one', error, renewed);
    expect(await stored(room)).toMatchObject({
      status: 'needs_login',
      statusReason: 'The bearer token … is invalid.',
    });
  });

  it('keeps everybody off an account while that is looked into', async () => {
    const room = await openRoom(database());
    room.one.latencyMs = 20;
    const renewed = { isRenewed: true, soughtProfile: false, renewToken: async () => undefined };
    const applied = room.effects.apply('one', refusalOf('token-refused'), renewed);
    expect(room.directory.find('one')?.status).toBe('active');
    expect(room.pool.counts()).toEqual({ total: 1, enabled: 1, active: 0 });
    await expect(room.pool.lease({ model: MODEL, excluded: nobody })).rejects.toMatchObject({ kind: 'no_account' });
    await applied;
  });

  it('a profile that was missing, and is found, for the same request', async () => {
    const room = await openRoom(database(), {
      accounts: [{ kind: 'identity-center', profiles: [profile('BBBBBBBBBBBB')] }],
      environment: { AMAZONQ_ACCOUNT_1_PROFILE_ARN: '' },
    });
    const lease = await room.pool.lease({ model: MODEL, excluded: nobody });
    expect(await lease.findProfile()).toBe(true);
    expect(await lease.findProfile()).toBe(false);
    expect((await stored(room))?.profileArn).toBe(profile('BBBBBBBBBBBB').arn);
    lease.unsubscribe();
  });
});

describeOnEachDatabase('a change of status', (database) => {
  it('happens once, whoever of several replicas writes it first, and is told once', async () => {
    const room = await openRoom(database());
    const replicas = [room, await openRoom(database()), await openRoom(database())];
    const changed = await Promise.all(
      replicas.map(({ statuses }, index) => statuses.apply('one', { status: 'suspended', reason: `words ${index}` })),
    );
    expect(changed.filter(Boolean)).toHaveLength(1);
    await eventually(async () => (await changesOf(room)).length > 0);
    expect(await changesOf(room)).toHaveLength(1);
    const reason = (await stored(room))?.statusReason;
    for (const replica of replicas) {
      await replica.directory.changed();
      expect(replica.directory.find('one')).toMatchObject({ status: 'suspended', statusReason: reason });
    }
  });

  it('keeps the first reason, and goes by what is stored, not by what this replica knew', async () => {
    const [here, there] = [await openRoom(database()), await openRoom(database())];
    await here.statuses.apply('one', { status: 'suspended', reason: 'Locked.' });
    expect(there.directory.find('one')?.status).toBe('active');
    expect(await there.statuses.apply('one', { status: 'quota_exhausted', until: at('2026-12-01') })).toBe(false);
    await there.directory.changed();
    expect(there.directory.find('one')).toMatchObject({ status: 'suspended', statusReason: 'Locked.' });
    expect(there.directory.find('one')?.statusUntil).toBeUndefined();
  });

  it('is undone by a reset, with its reason and its end', async () => {
    const room = await openRoom(database());
    for (const status of ['suspended', 'disabled', 'needs_login', 'quota_exhausted'] as const) {
      await room.statuses.apply('one', { status, reason: 'because', until: at('2027-01-01') });
      clock.advance(1);
      expect(await room.statuses.reset('one')).toBe(true);
      const account = await stored(room);
      expect(account).toMatchObject({ status: 'active', statusSince: new Date(clock.now()) });
      expect([account?.statusReason, account?.statusUntil]).toEqual([undefined, undefined]);
    }
    expect(await room.statuses.reset('one')).toBe(false);
    expect(await room.statuses.reset('nobody')).toBe(false);
  });

  it('does not hide a suspension behind a sign-in that ended', async () => {
    const room = await openRoom(database());
    await room.statuses.apply('one', { status: 'suspended', reason: 'Locked.' });
    room.one.refreshFailure = { error: 'invalid_grant' };
    const refused = await room.tokens.accessToken('one');
    await expect(room.tokens.accessToken('one', { renewIf: refused })).rejects.toThrow('sign-in');
    expect(await stored(room)).toMatchObject({ status: 'suspended', statusReason: 'Locked.' });
  });
});

describeOnEachDatabase('an account whose quota is spent', (database) => {
  const RESET = Date.parse('2026-11-25T06:00:00Z') / 1000;
  const spentQuota = { used: 50, limit: 50, nextDateReset: RESET };

  it('waits for the day the service names, and keeps what it says of the quota', async () => {
    const room = await openRoom(database(), { accounts: [{ quota: spentQuota }] });
    expect(await ask(room)).toMatchObject({ kind: 'quota' });
    expect(await stored(room)).toMatchObject({
      status: 'quota_exhausted',
      statusReason: 'You have reached the limit for monthly requests.',
      statusUntil: new Date(RESET * 1000),
      quota: { used: 50, limit: 50, resetsAt: new Date(RESET * 1000), readAt: new Date(clock.now()) },
    });
    await expect(room.pool.lease({ model: MODEL, excluded: nobody })).rejects.toMatchObject({
      kind: 'quota',
      shouldRetry: false,
    });
  });

  it('is used again from that moment on, and the job writes it down', async () => {
    const room = await openRoom(database(), { accounts: [{ quota: spentQuota }] });
    await ask(room);
    clock.advance(RESET - clock.now() / 1000 - 1);
    await room.quotaJob.run();
    expect(room.pool.counts().active).toBe(0);
    room.one.quota.used = 0;
    clock.advance(1);
    expect(room.pool.counts().active).toBe(1);
    expect(await ask(room)).toBeUndefined();
    await room.directory.changed();
    expect(await room.metrics.registry.metrics()).toContain('amazonq_account_available{account_id="one"} 1');
    expect((await stored(room))?.status).toBe('quota_exhausted');

    await room.quotaJob.run();
    expect(await stored(room)).toMatchObject({ status: 'active', quota: { used: 1, limit: 50 } });
    await eventually(async () => (await changesOf(room)).length === 2);
    expect((await changesOf(room)).map(({ from, to }) => [from, to])).toEqual([
      ['active', 'quota_exhausted'],
      ['quota_exhausted', 'active'],
    ]);
  });

  it('waits on where the service says that it is still spent', async () => {
    const room = await openRoom(database(), { accounts: [{ quota: spentQuota }] });
    await ask(room);
    room.one.quota.nextDateReset = RESET + 24 * HOUR;
    clock.advance(RESET - clock.now() / 1000);
    await room.quotaJob.run();
    expect(await stored(room)).toMatchObject({
      status: 'quota_exhausted',
      statusUntil: new Date((RESET + 24 * HOUR) * 1000),
    });
    await eventually(async () => (await changesOf(room)).length > 0);
    expect(await changesOf(room)).toHaveLength(1);
  });

  it('comes back without an answer of the service too', async () => {
    const room = await openRoom(database(), { accounts: [{ quota: spentQuota }] });
    await ask(room);
    room.one.controlPlaneFailure = failure(500, 'InternalServerException', 'x');
    clock.advance(RESET - clock.now() / 1000);
    await room.quotaJob.run();
    expect((await stored(room))?.status).toBe('active');
  });
});

describeOnSqlite('waiting for a quota', (database) => {
  const park = async (account: Failure['account'], more: Partial<Failure> = {}) => {
    const room = await openRoom(database());
    await room.effects.apply('one', refusalOf(account, more), undefined);
    return room;
  };
  const until = async (room: AccountsRoom) => (await stored(room))?.statusUntil;

  it('takes the longer of two refusals', async () => {
    const room = await park('day-spent');
    expect(await until(room)).toEqual(at('2026-11-21T00:00:00Z'));
    await room.effects.apply('one', refusalOf('hour-spent'), undefined);
    expect(await until(room)).toEqual(at('2026-11-21T00:00:00Z'));
    await room.effects.apply('one', refusalOf('week-spent'), undefined);
    expect(await until(room)).toEqual(at('2026-11-23T00:00:00Z'));
    await eventually(async () => (await changesOf(room)).length > 0);
    expect(await changesOf(room)).toHaveLength(1);
  });

  it('lasts as long as the service asks for, where that is longer than the month', async () => {
    const room = await park('month-spent', { retryAfter: 20 * 24 * HOUR });
    expect(await until(room)).toEqual(at('2026-12-10T12:00:00Z'));
  });

  it('lasts to the month’s end where nobody names a day', async () => {
    const room = await openRoom(database());
    room.one.controlPlaneFailure = failure(403, 'AccessDeniedException', 'x');
    await room.effects.apply('one', refusalOf('month-spent'), undefined);
    expect(await until(room)).toEqual(at('2026-12-01T00:00:00Z'));
  });

  it('ends early where GetUsageLimits says an hour later that there is quota again, and not before', async () => {
    const room = await park('month-spent');
    expect((await stored(room))?.quota).toMatchObject({ used: 0 });
    expect((await stored(room))?.status).toBe('quota_exhausted');
    clock.advance(0.8 * HOUR);
    await room.quotaJob.run();
    expect((await stored(room))?.status).toBe('quota_exhausted');
    clock.advance(0.4 * HOUR);
    await room.quotaJob.run();
    expect((await stored(room))?.status).toBe('active');
  });

  it('does not end so where a day is waited for: the service tells of months only', async () => {
    const room = await park('day-spent');
    await room.parking.readAgain('one');
    expect(await stored(room)).toMatchObject({ status: 'quota_exhausted', quota: { used: 0 } });
  });

  it('does not end so where overage was refused, and is all that is left', async () => {
    const room = await openRoom(database());
    const says = (currentUsage: number) => {
      const limits = [{ type: 'AGENTIC_REQUEST', currentUsage, totalUsageLimit: 50 }];
      const body = JSON.stringify({ limits, overageConfiguration: { overageStatus: 'ENABLED' } });
      room.one.controlPlaneFailure = { kind: 'error', status: 200, body };
    };
    says(50);
    await room.effects.apply('one', refusalOf('month-spent'), undefined);
    await room.parking.readAgain('one');
    expect(await stored(room)).toMatchObject({ status: 'quota_exhausted', quota: { used: 50, limit: 50 } });
    says(49);
    await room.parking.readAgain('one');
    expect((await stored(room))?.status).toBe('active');
  });

  it('ends by itself, whatever becomes of the database and the jobs', async () => {
    clock.advance(HOUR / 2);
    const room = await park('hour-spent');
    await room.dataSource.destroy();
    clock.advance(HOUR / 2 - 1);
    expect(room.pool.counts().active).toBe(0);
    clock.advance(1);
    expect(room.pool.counts().active).toBe(1);
    expect(await ask(room)).toBeUndefined();
    await room.quotaJob.run();
    expect(room.pool.counts().active).toBe(1);
  });

  it('ends by a probe that is answered', async () => {
    const room = await park('day-spent');
    const account = room.directory.find('one');
    expect(account && (await room.probes.probe(account))).toMatchObject({ ok: true });
    expect((await stored(room))?.status).toBe('active');
  });

  it('is asked about once an hour for each account, in turns, of one replica', async () => {
    const stateStore = new MemoryStateStore(clock);
    const accounts = [{}, {}, {}, {}, {}, {}];
    const replicas = [
      await openRoom(database(), { accounts, stateStore }),
      await openRoom(database(), { accounts, stateStore }),
    ];
    const run = async () => {
      for (const { quotaJob, directory } of replicas) {
        await directory.changed();
        await quotaJob.run();
      }
      return asked('GetUsageLimits').length;
    };
    clock.advance(59);
    expect(await run()).toBe(0);
    const steps: number[] = [];
    for (let step = 0; step < 10; step++) {
      clock.advance(30.1);
      steps.push(await run());
    }
    expect(steps.at(-1)).toBe(6);
    expect(new Set(steps).size).toBeGreaterThan(2);
    clock.advance(0.8 * HOUR);
    expect(await run()).toBe(6);
    clock.advance(0.4 * HOUR);
    expect(await run()).toBe(12);
  });

  it('is read without all accounts being read again for each', async () => {
    const room = await openRoom(database());
    const readings = jest.spyOn(room.repository, 'list');
    expect(await room.quotas.read('one')).toMatchObject({ limits: { used: 0 } });
    expect(room.directory.find('one')?.quota?.readAt).toEqual(new Date(clock.now()));
    expect(readings).not.toHaveBeenCalled();
  });
});

describeOnSqlite('the probe job', (database) => {
  const INTERVAL = 300;
  const probes = () => asked('GenerateAssistantResponse').map(({ accountId }) => accountId ?? '');

  it('leaves an account alone that was heard of within the interval, and asks one that was not', async () => {
    const room = await openRoom(database());
    await ask(room);
    forget();
    clock.advance(INTERVAL - 1);
    await room.probeJob.run();
    expect(probes()).toEqual([]);
    clock.advance(1);
    await room.probeJob.run();
    await room.probeJob.run();
    expect(probes()).toEqual(['one']);
    clock.advance(INTERVAL);
    await room.probeJob.run();
    expect(probes()).toEqual(['one', 'one']);
  });

  it('asks with the cheapest model, one word, for a few tokens', async () => {
    const room = await openRoom(database());
    clock.advance(2 * INTERVAL);
    await room.probeJob.run();
    const [request] = asked('GenerateAssistantResponse');
    const body = request?.body as {
      conversationState: {
        history?: unknown[];
        currentMessage: { userInputMessage: { content: string; modelId: string } };
      };
      additionalModelRequestFields?: object;
    };
    const { content, modelId } = body.conversationState.currentMessage.userInputMessage;
    expect(modelId).toBe('claude-haiku-5.5');
    expect(content.length).toBeLessThan(100);
    expect(body.additionalModelRequestFields).toMatchObject({ max_tokens: 16 });
  });

  it('begins with each account at a moment of its own', async () => {
    const accounts = [{}, {}, {}, {}, {}, {}];
    const room = await openRoom(database(), { accounts });
    clock.advance(INTERVAL - 1);
    await room.probeJob.run();
    expect(probes()).toEqual([]);
    const found: number[] = [];
    for (let step = 0; step <= 10; step++) {
      clock.advance(INTERVAL / 10);
      await room.probeJob.run();
      found.push(new Set(probes()).size);
    }
    expect(found.at(-1)).toBe(6);
    expect(new Set(found).size).toBeGreaterThan(2);
  });

  it('asks suspended accounts twice a day, and what is closed or signed out never', async () => {
    const room = await openRoom(database(), { accounts: [{ suspended: true }, {}, {}, {}] });
    await room.statuses.apply('one', { status: 'suspended', reason: 'Locked.' });
    await room.statuses.apply('two', { status: 'disabled' });
    await room.statuses.apply('three', { status: 'needs_login' });
    await room.statuses.apply('four', { status: 'quota_exhausted', until: at('2027-01-01') });
    clock.advance(11.9 * HOUR);
    await room.probeJob.run();
    expect(probes()).toEqual([]);
    clock.advance(1.1 * HOUR);
    await room.probeJob.run();
    expect(probes()).toEqual(['one']);
    expect(await stored(room)).toMatchObject({ status: 'suspended', statusReason: 'Locked.' });
    clock.advance(11 * HOUR);
    await room.probeJob.run();
    expect(probes()).toEqual(['one']);
    room.one.suspended = false;
    clock.advance(2 * HOUR);
    await room.probeJob.run();
    expect(probes()).toEqual(['one', 'one']);
    expect((await stored(room))?.status).toBe('active');
    expect((await stored(room, 'two'))?.status).toBe('disabled');
  });

  it('does not ask accounts an administrator disabled', async () => {
    const room = await openRoom(database());
    await room.repository.change('one', { settings: { enabled: false } }, new Date(clock.now()));
    await room.directory.changed();
    clock.advance(3 * INTERVAL);
    await room.probeJob.run();
    expect(probes()).toEqual([]);
  });

  it('has at most four at once', async () => {
    const room = await openRoom(database(), { accounts: [{}, {}, {}, {}, {}, {}] });
    let open = 0;
    let most = 0;
    simulator.answer(async () => {
      most = Math.max(most, ++open);
      await eventually(() => open >= 4 || probes().length === 6); // whoever may come has come
      await new Promise(setImmediate);
      open--;
      return undefined;
    });
    clock.advance(2 * INTERVAL);
    await room.probeJob.run();
    expect(probes()).toHaveLength(6);
    expect(most).toBe(4);
  });

  it('asks nobody who was heard of, disabled or deleted before the turn came', async () => {
    const room = await openRoom(database(), { accounts: [{}, {}, {}, {}, {}, {}] });
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    simulator.answer(() => held.then(() => undefined));
    clock.advance(2 * INTERVAL);
    const run = room.probeJob.run();
    await eventually(() => probes().length === 4);
    const [heard = '', gone = ''] = Array.from(room.directory.list(), ({ id }) => id).filter(
      (id) => !probes().includes(id),
    );
    room.effects.succeeded(heard);
    await room.repository.delete(gone);
    await room.directory.changed();
    goOn();
    await run;
    expect(probes()).toHaveLength(4);
  });

  it('asks nobody more once the service stops', async () => {
    const room = await openRoom(database(), { accounts: [{}, {}, {}, {}, {}, {}] });
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    simulator.answer(() => held.then(() => undefined));
    clock.advance(2 * INTERVAL);
    const run = room.probeJob.run();
    const all = room.probes.probeAll();
    await eventually(() => probes().length === 4);
    await room.probeJob.onModuleDestroy();
    room.probes.onModuleDestroy();
    goOn();
    await run;
    expect(await all).toHaveLength(4);
    expect(probes()).toHaveLength(4);
  });

  it('shares its four with whoever asks for all by hand, and lets single probes pass', async () => {
    const room = await openRoom(database(), { accounts: [{}, {}, {}, {}, {}, {}] });
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>();
    simulator.answer(() => held.then(() => undefined));
    clock.advance(2 * INTERVAL);
    const many = Promise.all([room.probeJob.run(), room.probes.probeAll()]);
    await eventually(() => probes().length === 4);
    const others = Array.from(room.directory.list()).filter(({ id }) => !probes().includes(id));
    const single = Promise.all(others.map((account) => room.probes.probe(account)));
    await eventually(() => probes().length === 6);
    goOn();
    await Promise.all([many, single]);
    expect(new Set(probes()).size).toBe(6);
    expect(probes()).toHaveLength(6);
  });

  it('leaves it at one request where many ask at once for any account', async () => {
    const room = await openRoom(database(), { accounts: [{}, {}, {}] });
    const results = await Promise.all(Array.from({ length: 20 }, () => room.probes.probeAny()));
    expect(new Set(results.map((result) => result?.id)).size).toBe(1);
    expect(probes()).toHaveLength(1);
  });

  it('is done by one of several replicas, who hear of each other’s successes', async () => {
    const stateStore = new MemoryStateStore(clock);
    const [here, there] = [await openRoom(database(), { stateStore }), await openRoom(database(), { stateStore })];
    clock.advance(2 * INTERVAL);
    await Promise.all([here.probeJob.run(), there.probeJob.run()]);
    expect(probes()).toEqual(['one']);
    clock.advance(INTERVAL - 10);
    await ask(here);
    forget();
    clock.advance(20);
    await there.probeJob.run();
    expect(probes()).toEqual([]);
  });

  it('finds what has become of an account, and applies it', async () => {
    const room = await openRoom(database(), { accounts: [{ suspended: true }, {}] });
    clock.advance(2 * INTERVAL);
    await room.probeJob.run();
    expect(await stored(room)).toMatchObject({
      status: 'suspended',
      statusReason: 'Your User ID (d-0000000000.one) temporarily is suspended.',
    });
    expect((await stored(room, 'two'))?.status).toBe('active');
    const text = await room.metrics.registry.metrics();
    expect(text).toContain('amq_gateway_probes_total{outcome="suspended"} 1');
    expect(text).toContain('amq_gateway_probes_total{outcome="success"} 1');
    expect(text).not.toMatch(/^amazonq_requests_total\{account_id="two".* [1-9]/m);
  });

  it('renews a token that is refused', async () => {
    const room = await openRoom(database());
    room.one.expireTokens();
    const before = room.one.renewals;
    clock.advance(2 * INTERVAL);
    await room.probeJob.run();
    expect(probes().at(-1)).toBe('one');
    expect(room.one.renewals).toBe(before + 1);
    expect((await stored(room))?.status).toBe('active');
  });
});
