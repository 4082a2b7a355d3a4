import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../simulator/answer.js';
import { failure, goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { withoutPauses } from '../support/no-pauses.js';
import { APIS } from '../support/openai-apis.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { upstreamTurns } from '../support/upstream-turns.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
  withoutPauses(gateway);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const throttled = (seconds: string) =>
  failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': seconds } });
const noCapacity = failure(429, 'ThrottlingException', 'x', 'INSUFFICIENT_MODEL_CAPACITY');
const spent = failure(402, 'ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT');
const broken = failure(500, 'InternalServerException', 'secret words');
const hello = stream(text('Hello'), goodEnd());

describe.each(APIS)('the SDK with its retries, through $name', ({ create }) => {
  const ask = async ({ apiKey = ADMIN_KEY, maxRetries = 2, request = {}, through = gateway } = {}) => {
    const { client, sent } = connectOpenai(through, { maxRetries, apiKey });
    const outcome = await Promise.resolve(create(client, request)).then(
      () => 'answered',
      (thrown) => thrown.status,
    );
    return { outcome, sent, upstream: upstreamTurns(simulator).length };
  };

  it('comes again after as long as it is told', async () => {
    simulator.enqueue(throttled('1'), hello);
    const { outcome, sent, upstream } = await ask();
    expect({ outcome, upstream }).toEqual({ outcome: 'answered', upstream: 2 });
    expect(sent.map(({ headers }) => headers.get('x-stainless-retry-count'))).toEqual(['0', '1']);
    expect(sent[1] && sent[0] && sent[1].at - sent[0].at).toBeGreaterThanOrEqual(990);
  });

  it.each([
    ['a fault', [broken, broken]],
    ['a lack of capacity', [noCapacity, noCapacity, noCapacity]],
  ])('comes again after %s, which the gateway itself tried to mend', async (_what, failed) => {
    simulator.enqueue(...failed, hello);
    const { outcome, sent, upstream } = await ask({ maxRetries: 1 });
    expect({ outcome, upstream, sent: sent.length }).toEqual({
      ...{ outcome: 'answered', upstream: failed.length + 1, sent: 2 },
    });
  });

  it('gives up after as many as it has', async () => {
    simulator.answer(() => broken);
    const { outcome, sent } = await ask({ maxRetries: 1 });
    expect({ outcome, sent: sent.length }).toEqual({ outcome: 502, sent: 2 });
  });

  it.each<[string, Answer | undefined, Parameters<typeof ask>[0], number, number]>([
    ['a refused request', failure(400, 'ValidationException', 'x', 'REQUEST_BODY_INVALID'), {}, 400, 1],
    ['a wrong key', undefined, { apiKey: 'not-a-key' }, 401, 0],
    ['an unknown model', undefined, { request: { model: 'llama-9' } }, 404, 0],
  ])('stays away after %s', async (_what, answer, options, status, seen) => {
    if (answer) simulator.answer(() => answer);
    const { outcome, sent, upstream } = await ask(options);
    expect({ outcome, sent: sent.length, upstream }).toEqual({ outcome: status, sent: 1, upstream: seen });
  });

  it.each<[string, Answer, number, number]>([
    ['a spent quota', spent, 1, 429],
    ['accounts that are none', hello, 0, 503],
  ])('stays away from %s, although the status says otherwise', async (_what, answer, accounts, status) => {
    simulator.enqueue(answer);
    const own = await startGateway(simulator, { accounts });
    try {
      const { outcome, sent, upstream } = await ask({ through: own });
      expect({ outcome, sent: sent.length, upstream }).toEqual({ outcome: status, sent: 1, upstream: accounts });
    } finally {
      await own.close();
    }
  });
});
