import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ErrorAnswer } from '../../simulator/answer.js';
import { failure } from '../../simulator/script.js';
import { type Answer, type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { later } from '../support/later.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const denied = failure(403, 'AccessDeniedException', 'User is not authorized to make this call.');
const suspended = failure(403, 'AccessDeniedException', 'Locked.', 'TEMPORARILY_SUSPENDED');
/** Of a proxy on the way: no type, no words of the service. */
const ofProxy = (status: number): ErrorAnswer => ({
  kind: 'error',
  status,
  body: '<html><body>Blocked by policy</body></html>',
  headers: { 'content-type': 'text/html' },
});

describe('accounts in doubt', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);

  async function start(accounts: number, environment: Record<string, string | number> = {}) {
    gateway = await startGateway(simulator, { accounts, ...environment });
    for (const { id } of simulator.accounts) await gateway.app.get(ModelList).get(id);
    simulator.reset();
  }
  beforeEach(async () => {
    simulator = await Simulator.start();
  });
  afterEach(async () => {
    await gateway.close();
    await simulator.close();
  });

  const first = () => simulator.accounts[0] as SimulatedAccount;
  const statuses = () => Array.from(gateway.app.get(AccountDirectory).list(), ({ status }) => status);
  const asked = (operation: string) => simulator.requests.filter((each) => each.operation === operation);
  const ask = async () => {
    const response = await post(gateway, QUESTION);
    await response.arrayBuffer();
    return response.status;
  };
  const settled = (times = 1) =>
    eventually(() => gateway.logs.filter(({ msg }) => /looked into/.test(String(msg))).length === times);

  it('are not closed by fifty refusals at once, when a probe is answered', async () => {
    await start(1);
    simulator.enqueueFor(first().id, ...Array.from({ length: 50 }, () => denied));
    expect(await Promise.all(Array.from({ length: 49 }, ask))).toContain(403);
    await settled();
    expect(asked('GenerateAssistantResponse')).toHaveLength(50);
    expect(asked('GetUsageLimits')).toHaveLength(1);
    expect(statuses()).toEqual(['active']);
  });

  it.each<[string, Answer]>([
    ['a fault', failure(500, 'InternalServerException', 'x')],
    ['throttling', failure(429, 'ThrottlingException', 'x')],
    ['a reset', { kind: 'reset' }],
    ['silence', { kind: 'silence' }],
  ])('are not closed when the probe meets %s', async (_what, answer) => {
    await start(1, { UPSTREAM_FIRST_BYTE_TIMEOUT: 1 });
    const answers = [denied, answer, answer];
    simulator.answer(() => answers.shift());
    await ask();
    await settled();
    expect(answers.length).toBeLessThan(2);
    expect(statuses()).toEqual(['active']);
  });

  it('are not closed because the control plane has a gate of its own', async () => {
    await start(1);
    first().controlPlaneFailure = failure(403, 'AccessDeniedException', 'Not for you.', 'FEATURE_NOT_SUPPORTED');
    simulator.enqueueFor(first().id, denied);
    expect(await ask()).toBe(403);
    await settled();
    expect(statuses()).toEqual(['active']);
  });

  it.each([403, 404, 423])('are not closed by a proxy that answers everything with %s', async (status) => {
    await start(3);
    for (const account of simulator.accounts) account.controlPlaneFailure = ofProxy(status);
    simulator.answer(() => ofProxy(status));
    await ask();
    await settled(3);
    expect(statuses()).toEqual(['active', 'active', 'active']);
  });

  it('are closed where their own endpoint is wrong, and the control plane answers', async () => {
    await start(1);
    simulator.answer(() => ofProxy(404));
    await ask();
    await settled();
    expect(statuses()).toEqual(['active']);
    later(gateway, 20);
    await ask();
    await eventually(() => statuses()[0] === 'disabled');
  });

  it('are not closed where they worked in between', async () => {
    await start(1);
    const burst = Array.from({ length: 2 }, () => denied);
    for (let turn = 0; turn < 3; turn++) {
      simulator.enqueueFor(first().id, ...burst);
      expect(await ask()).toBe(403);
      await settled(turn + 1);
      later(gateway, 10);
      expect(await ask()).toBe(200);
      later(gateway, 10);
    }
    expect(statuses()).toEqual(['active']);
  });

  it('get no request more once one was refused, however many wait', async () => {
    await start(2);
    const { id } = first();
    const refusals = Array.from({ length: 60 }, () => Promise.withResolvers<void>());
    let arrived = 0;
    simulator.answer(({ account }) =>
      account.id === id ? refusals[arrived++]?.promise.then(() => suspended) : undefined,
    );
    const waves = Array.from({ length: 40 }, ask);
    await eventually(() => arrived === 20);
    refusals[0]?.resolve();
    await eventually(() => statuses().includes('suspended'));
    const more = Array.from({ length: 40 }, ask);
    expect(new Set(await Promise.all(more))).toEqual(new Set([200]));
    expect(arrived).toBe(20);
    for (const { resolve } of refusals) resolve();
    expect(new Set(await Promise.all(waves))).toEqual(new Set([200]));
    expect(arrived).toBe(20);
    const rows = await call('GET', `/v2/accounts/${id}`);
    expect(rows.body).toMatchObject({ status: 'suspended', statusReason: 'Locked.' });
  });

  it('are looked into a few at a time', async () => {
    await start(12);
    let open = 0;
    let most = 0;
    const isHeld = Promise.withResolvers<void>();
    const probed = new Set<string>();
    simulator.answer(async ({ account }) => {
      if (!probed.has(account.id)) {
        probed.add(account.id);
        return denied;
      }
      most = Math.max(most, ++open);
      await isHeld.promise;
      open--;
      return undefined;
    });
    await Promise.all(Array.from({ length: 4 }, ask));
    await eventually(() => open >= 4);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(probed.size).toBe(12);
    isHeld.resolve();
    await settled(12);
    expect(most).toBe(4);
    expect(new Set(statuses())).toEqual(new Set(['active']));
  });
});
