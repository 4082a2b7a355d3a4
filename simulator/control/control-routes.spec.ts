import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SimulatedAccount } from '../account.js';
import { Simulator } from '../simulator.js';
import { ask, framesOf, post, textOf } from '../testing/ask-simulator.js';

describe('the control routes', () => {
  let simulator: Simulator;
  let account: SimulatedAccount;

  beforeEach(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount({ id: 'one' });
  });

  afterEach(() => simulator.close());

  const control = (method: string, path: string, body?: unknown) =>
    post(`${simulator.url}/__simulator/${path}`, body, {}, method);

  it('add an account, describe it, change its script and expire its tokens', async () => {
    const added = await control('POST', 'accounts', {
      id: 'two',
      kind: 'identity-center',
      models: ['auto', 'new-model'],
    });
    expect(added).toMatchObject({ status: 201, body: { id: 'two', models: ['auto', 'new-model'] } });
    const failing = { refreshFailure: { error: 'invalid_grant' }, quota: { used: 5 }, suspended: true };
    expect(await control('PATCH', 'accounts/two', failing)).toMatchObject({
      status: 200,
      body: { suspended: true, quota: { used: 5, limit: 10_000_000 }, refreshFailure: { error: 'invalid_grant' } },
    });
    expect((await control('PATCH', 'accounts/two', { refreshFailure: null })).body.refreshFailure).toBeUndefined();
    expect((await ask(simulator, account)).status).toBe(200);
    expect((await control('POST', 'accounts/one/expire-tokens')).status).toBe(200);
    expect((await ask(simulator, account)).status).toBe(403);
    expect((await control('GET', 'state')).body).toMatchObject({
      accounts: [{ id: 'one', renewals: 0 }, { id: 'two' }],
      requests: 2,
      openStreams: 0,
    });
  });

  it('enqueue answers of every kind', async () => {
    const raw = Buffer.from('raw').toString('base64');
    const events = [
      { type: 'assistantResponseEvent', payload: { content: 'scripted' } },
      { pause: 1 },
      { exception: 'error', payload: { message: 'x' } },
      { errorCode: 'x' },
      { corrupt: 'message-crc' },
      { raw },
      { cut: true },
      { reset: true },
    ];
    const answers = [
      { kind: 'stream', events: events.slice(0, 2), chunking: { bytes: 3 }, latencyMs: 1 },
      { kind: 'bytes', body: raw, chunks: 2 },
      { kind: 'error', status: 429, type: 'ThrottlingException', reason: null },
      { kind: 'stream', events },
      { kind: 'reset' },
      { kind: 'silence' },
    ];
    expect(await control('POST', 'answers', { accountId: 'one', answers })).toEqual({
      status: 201,
      body: { waitingAnswers: 6 },
    });

    expect(textOf(await framesOf(await ask(simulator, account)))).toBe('scripted');
    expect(await (await ask(simulator, account)).text()).toBe('raw');
    expect((await ask(simulator, account)).status).toBe(429);
    expect((await control('DELETE', 'reset')).status).toBe(200);
    expect((await control('GET', 'state')).body).toMatchObject({ waitingAnswers: 0, requests: 0 });
  });

  it('show and forget what was received', async () => {
    await framesOf(await ask(simulator, account));
    expect((await control('GET', 'requests')).body).toMatchObject({
      requests: [{ operation: 'GenerateAssistantResponse', accountId: 'one', finished: true }],
    });
    expect((await control('DELETE', 'requests')).status).toBe(200);
    expect((await control('GET', 'requests')).body).toEqual({ requests: [] });
  });

  it.each<[string, string, unknown, string]>([
    ['POST', 'accounts', '{', 'body: '],
    ['POST', 'accounts', [], 'body must be an object'],
    ['POST', 'accounts', { name: 'x' }, 'body.name is not known'],
    ['POST', 'accounts', { constructor: 'x' }, 'body.constructor is not known'],
    ['POST', 'accounts', { id: 'one' }, "there is an account 'one' already"],
    ['PATCH', 'accounts/one', { id: 'x' }, 'body.id is not known'],
    ['PATCH', 'accounts/one', { suspended: 'yes' }, 'body.suspended must be true or false'],
    ['PATCH', 'accounts/one', { quota: { status: 500 } }, 'body.quota.status must be one of 400, 402, 429'],
    ['PATCH', 'accounts/one', { models: [{}] }, 'body.models[0].modelId is missing'],
    ['PATCH', 'accounts/one', { refreshFailure: {} }, 'body.refreshFailure.error is missing'],
    ['PATCH', 'accounts/one', { controlPlaneFailure: {} }, 'body.controlPlaneFailure.status is missing'],
    ['POST', 'answers', {}, 'body.answers is missing'],
    ['POST', 'answers', { answers: [{ kind: 'other' }] }, 'body.answers[0].kind must be one of'],
    ['POST', 'answers', { answers: [{ kind: 'error' }] }, 'body.answers[0].status is missing'],
    ['POST', 'answers', { answers: [], accountId: 'x' }, "there is no account 'x'"],
    ['POST', 'answers', { answers: [{ kind: 'bytes', body: '?' }] }, 'body.answers[0].body must be base64'],
    ['POST', 'answers', { answers: [{ kind: 'stream', events: [{}] }] }, 'body.answers[0].events[0] must have one of'],
    ['POST', 'answers', { answers: [{ kind: 'stream', chunking: {} }] }, 'chunking.bytes is missing'],
  ])('refuse %s %s %j', async (method, path, body, message) => {
    const answer = await control(method, path, body);

    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(message);
  });

  it.each([
    ['GET', 'nothing'],
    ['DELETE', 'state'],
    ['PATCH', 'accounts/nobody'],
    ['POST', 'accounts/nobody/expire-tokens'],
    ['POST', 'accounts/one/explode'],
    ['POST', 'device/AAAA-BBBB/approve'],
    ['POST', 'device/AAAA-BBBB/explode'],
  ])('know no %s %s', async (method, path) => {
    expect((await control(method, path, method === 'GET' ? undefined : {})).status).toBe(404);
  });
});
