import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failure, goodEnd, stream, text } from '../../simulator/script.js';
import { type Answer, Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { post, QUESTION, streamed, textOf } from '../support/ask.js';
import { modelsKnown } from '../support/models-known.js';
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

  it('does not ask an account again for a model that it lists and does not know', async () => {
    await modelsKnown(gateway, simulator);
    simulator.enqueue(
      failure(400, 'ValidationException', 'Invalid model. Please select a different model.', 'INVALID_MODEL_ID'),
    );
    const first = await post(gateway, QUESTION);
    expect([first.status, first.headers.get('x-amq-attempts')]).toEqual([200, '2']);
    const [refused] = asked().map(({ accountId }) => accountId);
    for (let request = 0; request < 8; request++) {
      const response = await post(gateway, QUESTION);
      expect([response.status, response.headers.get('x-amq-attempts')]).toEqual([200, '1']);
    }
    expect(asked().filter(({ accountId }) => accountId === refused)).toHaveLength(1);
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

  it.each([
    [
      500,
      'InternalServerException',
      'Too large.',
      'IMAGE_SIZE_EXCEEDED',
      'The service refused the request: Too large.',
    ],
    [500, 'InternalServerException', 'ValidationException: Input is too long.', null, 'prompt is too long: '],
    [400, 'ContentLengthExceededException', 'x', null, 'prompt is too long: '],
  ])('nor when that is told by a %i %s: %s', async (status, type, message, reason, told) => {
    simulator.enqueue(failure(status, type, message, reason));
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(told) } });
    expect(asked()).toHaveLength(1);
  });

  it('asks another account where one lacks its profile, and says it is no fault of the client', async () => {
    const profileless = failure(400, 'ValidationException', 'profileArn is required for this request.');
    simulator.enqueue(profileless, good(), profileless, profileless, profileless);
    expect((await post(gateway, QUESTION)).status).toBe(200);
    expect((await post(gateway, QUESTION)).status).toBe(500);
    expect(asked()).toHaveLength(5);
  });

  const signedOut = failure(403, 'AccessDeniedException', 'The bearer token included in the request is invalid.');
  const errorOf = async (response: Response) => ((await response.json()) as { error: object }).error;

  it('says at once that every account has to be signed in again, and later that none is usable', async () => {
    simulator.answer(() => signedOut);
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(403);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(response)).toMatchObject({
      type: 'permission_error',
      message: expect.stringContaining('not signed in'),
    });
    // Three accounts are tried for a request, each once more with a new token.
    expect(asked()).toHaveLength(6);
    expect((await post(gateway, QUESTION)).status).toBe(403);
    expect((await post(gateway, QUESTION)).status).toBe(503);
  });

  it('says the same when no token can be renewed', async () => {
    await post(gateway, QUESTION);
    for (const account of simulator.accounts) {
      account.expireTokens();
      account.refreshFailure = { error: 'invalid_grant' };
    }
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(403);
    expect(response.headers.get('x-should-retry')).toBe('false');
    expect(await errorOf(response)).toMatchObject({ type: 'permission_error' });
  });

  it.each([
    ['first', [throttled, signedOut, signedOut, signedOut, signedOut]],
    ['last', [signedOut, signedOut, signedOut, signedOut, throttled]],
  ])('does not speak of sign-ins where waiting helps: the %s account is throttled', async (_which, answers) => {
    simulator.enqueue(...answers);
    const response = await post(gateway, QUESTION);
    expect(asked()).toHaveLength(5);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('3');
    expect(response.headers.get('x-should-retry')).toBeNull();
  });

  it('tells when to come again where upstream does not', async () => {
    simulator.answer(() => failure(429, 'ThrottlingException', 'slow'));
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(429);
    expect(response.headers.get('retry-after')).toBe('2');
  });

  it('names a model that no account serves after all as the client did', async () => {
    simulator.answer(() => failure(400, 'ValidationException', 'Invalid model.', 'INVALID_MODEL_ID'));
    const model = `${QUESTION.model}-20260101`;
    const response = await post(gateway, { ...QUESTION, model });
    expect(response.status).toBe(404);
    expect(await errorOf(response)).toEqual({ type: 'not_found_error', message: `model: ${model}` });
    expect(asked()).toHaveLength(3);
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
    expect(page).not.toMatch(/status="cancelled"\} [1-9]/);
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
    await modelsKnown(gateway, simulator);
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
