import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failure, goodEnd, stream, text } from '../../simulator/script.js';
import { type Answer, Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool.service.js';
import { post, QUESTION, streamed, textOf } from '../support/ask.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeEach(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 4 });
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
});

const good = () => stream(text('fine'), goodEnd());
const suspended = failure(
  403,
  'AccessDeniedException',
  'Your User ID (d-1.secret) temporarily is suspended.',
  'TEMPORARILY_SUSPENDED',
);
const throttled = failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': '3' } });
const broken = failure(500, 'InternalServerException', 'x');

const asked = () => simulator.requests.filter((each) => each.operation === 'GenerateAssistantResponse');

describe('a request whose account fails before the first event', () => {
  it.each<[string, Answer[], number, number]>([
    ['a suspension', [suspended], 2, 2],
    ['throttling', [throttled], 2, 2],
    ['two throttled accounts', [throttled, throttled], 3, 3],
    ['a fault that passes', [broken], 1, 2],
    ['a fault that stays', [broken, broken], 2, 3],
    ['a reset', [{ kind: 'reset' }], 1, 2],
    ['an empty answer', [stream()], 1, 2],
  ])('is answered all the same after %s', async (_what, failures, attempts, calls) => {
    simulator.enqueue(...failures, good());
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ content: [{ text: 'fine' }] });
    expect(response.headers.get('x-amq-attempts')).toBe(String(attempts));
    expect(asked()).toHaveLength(calls);
    const accounts = asked().map((each) => each.accountId);
    expect(new Set(accounts).size).toBe(attempts);
    expect(response.headers.get('x-amq-account')).toBe(accounts.at(-1));
  });

  it('gives up after MAX_ATTEMPTS accounts with what the last one said', async () => {
    simulator.enqueue(throttled, throttled, throttled);
    const response = await post(gateway, { ...QUESTION, stream: true });
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(response.headers.get('x-amq-attempts')).toBe('3');
    expect(asked()).toHaveLength(3);
  });

  it('never asks another account with a request that is itself wrong', async () => {
    simulator.enqueue(failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'));
    expect((await post(gateway, QUESTION)).status).toBe(400);
    expect(asked()).toHaveLength(1);
  });

  it('asks the same account again with a new token when its token is refused', async () => {
    await streamed(gateway);
    for (const account of simulator.accounts) account.expireTokens();
    const events = await streamed(gateway);
    expect(events.at(-1)?.type).toBe('message_stop');
    const [refused, accepted] = asked().slice(-2);
    expect(refused).toMatchObject({ outcome: 'refused' });
    expect(accepted).toMatchObject({ outcome: 'accepted', accountId: expect.any(String) });
  });

  it('counts an account whose token cannot be renewed as failed, and goes on with another', async () => {
    await streamed(gateway);
    const [first] = asked();
    for (const account of simulator.accounts) {
      account.expireTokens();
      if (account.id === first?.accountId) account.refreshFailure = { error: 'invalid_grant' };
    }
    for (let number = 0; number < 4; number++) expect((await streamed(gateway)).at(-1)?.type).toBe('message_stop');
    const page = await (await fetch(`${gateway.url}/metrics`)).text();
    const failed = `amazonq_errors_total{account_id="${first?.accountId}",error_type="auth"} 1`;
    expect(page.split('\n')).toContain(failed);
    expect(page).not.toContain('status="cancelled"');
  });

  it('takes a suspended account out of the pool, and its words to nobody but the operator', async () => {
    simulator.enqueue(suspended, good());
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(200);
    await response.text();
    expect(gateway.app.get(Pool).counts()).toEqual({ total: 4, enabled: 4, active: 3 });
    for (let number = 0; number < 8; number++) await streamed(gateway);
    const out = asked()[0]?.accountId;
    expect(asked().filter((each) => each.accountId === out)).toHaveLength(1);
  });

  it('uses the accounts in turn', async () => {
    for (let number = 0; number < 8; number++) await streamed(gateway);
    const accounts = asked().map((each) => each.accountId);
    expect(new Set(accounts.slice(0, 4)).size).toBe(4);
    expect(accounts.slice(4)).toEqual(accounts.slice(0, 4));
  });

  it('does not fail over once a part of the answer was sent', async () => {
    simulator.enqueue(stream(text('part'), { reset: true }), good());
    const events = await streamed(gateway);
    expect(textOf(events)).toBe('part');
    expect(events.at(-1)?.type).toBe('error');
    expect(asked()).toHaveLength(1);
  });

  it('is refused as overloaded when no account is left', async () => {
    simulator.enqueue(suspended, suspended, suspended);
    await post(gateway, QUESTION);
    simulator.enqueue(suspended);
    await post(gateway, QUESTION);
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: { type: 'overloaded_error' } });
    expect(response.headers.get('x-amq-account')).toBeNull();
  });
});
