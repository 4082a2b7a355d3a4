import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { contextUsage, failure, goodEnd, metadata, metering, stream, text } from '../../simulator/script.js';
import { type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { Quotas } from '../../src/accounts/health/quotas.service.js';
import { Roster } from '../../src/accounts/pool/roster.service.js';
import { Chance } from '../../src/platform/chance.js';
import { adminApi } from '../support/admin-api.js';
import { post, QUESTION } from '../support/ask.js';
import { evenChance, tally } from '../support/candidates.js';
import { addEndpoint, deleteAccount } from '../support/endpoint-accounts.js';
import { modelsKnown } from '../support/models-known.js';
import { withoutPauses } from '../support/no-pauses.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;
let [a, b, c]: SimulatedAccount[] = [];
const call = adminApi(() => gateway);
const idOf = (account: SimulatedAccount | undefined) => account?.id ?? '';

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 3, ALLOW_PRIVATE_ENDPOINTS: 'true' });
  [a, b, c] = simulator.accounts;
  await modelsKnown(gateway, simulator);
});
beforeEach(async () => {
  for (const { id } of simulator.accounts)
    await change(id, { enabled: true, weight: 1, priority: 0, maxConcurrent: null });
});
afterEach(() => {
  jest.restoreAllMocks();
  simulator.reset();
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

async function use(strategy: string): Promise<void> {
  expect((await call('PATCH', '/v2/settings', { body: { strategy } })).status).toBe(200);
}

async function change(id: string, body: object): Promise<void> {
  expect((await call('PATCH', `/v2/accounts/${id}`, { body })).status).toBe(200);
}

/** One request. @returns the account that answered */
async function ask(body: object = QUESTION): Promise<string> {
  const response = await post(gateway, body);
  expect(response.status).toBe(200);
  await response.arrayBuffer();
  return response.headers.get('x-amq-account') ?? '';
}

async function askTimes(count: number): Promise<string[]> {
  const accounts: string[] = [];
  for (let request = 0; request < count; request++) accounts.push(await ask());
  return accounts;
}

/** How many requests in a row went to the same account at most. */
function longestRun(ids: readonly string[]): number {
  let [longest, run] = [0, 0];
  for (const [index, id] of ids.entries()) {
    run = id === ids[index - 1] ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

describe('by weighted round robin', () => {
  it('180 requests go 100:50:30 to accounts that weigh 10:5:3, interleaved', async () => {
    await use('weighted_round_robin');
    const ids = [idOf(a), idOf(b), idOf(c)];
    for (const [index, weight] of [10, 5, 3].entries()) await change(ids[index] ?? '', { weight });
    const accounts = await askTimes(180);
    const counts = (part: readonly string[]) => ids.map((id) => tally(part)[id]);
    expect(counts(accounts)).toEqual([100, 50, 30]);
    for (let start = 0; start <= 180 - 18; start++)
      expect(counts(accounts.slice(start, start + 18))).toEqual([10, 5, 3]);
    expect(longestRun(accounts)).toBeLessThanOrEqual(3);
  });

  it('they do so at once too, fifty at a time', async () => {
    await use('weighted_round_robin');
    for (const [account, weight] of [
      [a, 10],
      [b, 5],
      [c, 3],
    ] as const)
      await change(idOf(account), { weight });
    const accounts: string[] = [];
    for (let round = 0; round < 4; round++) {
      accounts.push(...(await Promise.all(Array.from({ length: 45 }, () => ask()))));
    }
    const counts = tally(accounts);
    expect([a, b, c].map((account) => counts[idOf(account)])).toEqual([100, 50, 30]);
  });

  it('an account of weight 0 is asked when nobody else can be', async () => {
    await use('weighted_round_robin');
    await change(idOf(a), { weight: 0 });
    expect(tally(await askTimes(6))).toEqual({ [idOf(b)]: 3, [idOf(c)]: 3 });
    for (const account of [b, c]) await change(idOf(account), { enabled: false });
    expect(await askTimes(2)).toEqual([idOf(a), idOf(a)]);
  });

  it('accounts of a later priority are asked when none of an earlier one can be', async () => {
    await use('weighted_round_robin');
    await change(idOf(a), { priority: 2, weight: 100 });
    await change(idOf(b), { priority: 1 });
    expect(await askTimes(3)).toEqual([idOf(c), idOf(c), idOf(c)]);
    await change(idOf(c), { enabled: false });
    expect(await askTimes(2)).toEqual([idOf(b), idOf(b)]);
  });
});

describe('by round robin', () => {
  it('requests go round, whatever the weights', async () => {
    await use('round_robin');
    await change(idOf(a), { weight: 9 });
    const accounts = await askTimes(12);
    expect(new Set(accounts.slice(0, 3)).size).toBe(3);
    expect(accounts).toEqual(Array.from({ length: 4 }, () => accounts.slice(0, 3)).flat());
  });
});

describe('by least used', () => {
  const held = { ...QUESTION, stream: true };

  it('requests go to whoever has fewest in flight, then to whoever served fewest', async () => {
    await use('least_used');
    simulator.answer(() => stream(text('…'), { pause: 60_000 }, goodEnd()));
    const streams = [];
    for (let each = 0; each < 4; each++) streams.push(await post(gateway, held));
    const busy = streams.map((response) => response.headers.get('x-amq-account') ?? '');
    expect(new Set(busy.slice(0, 3)).size).toBe(3);
    simulator.answer(undefined);
    // The fourth is the second of its account: it gets none before the others have two.
    const next = await askTimes(4);
    expect(next).not.toContain(busy[3]);
    for (const { body } of streams) await body?.cancel();
  });

  it('one that comes back is not sent all that the others served meanwhile', async () => {
    await use('least_used');
    await change(idOf(c), { enabled: false });
    await askTimes(20);
    await change(idOf(c), { enabled: true });
    expect(tally(await askTimes(9))).toEqual({ [idOf(a)]: 3, [idOf(b)]: 3, [idOf(c)]: 3 });
  });
});

describe('by random', () => {
  it('requests go to each about as often as its weight says, and not in turn', async () => {
    await use('random');
    jest.spyOn(gateway.app.get(Chance), 'next').mockImplementation(evenChance());
    await change(idOf(a), { weight: 4 });
    await change(idOf(b), { weight: 2 });
    const accounts = await askTimes(70);
    const counts = tally(accounts);
    for (const [account, expected] of [
      [a, 40],
      [b, 20],
      [c, 10],
    ] as const) {
      expect(Math.abs((counts[idOf(account)] ?? 0) - expected)).toBeLessThan(0.4 * expected);
    }
    expect(longestRun(accounts)).toBeGreaterThan(3);
  });
});

describe('by least latency', () => {
  it('a slow account is asked once and then left to itself', async () => {
    await use('least_latency');
    await change(idOf(c), { enabled: false });
    if (b) b.latencyMs = 300;
    const accounts = await askTimes(15);
    if (b) b.latencyMs = 0;
    expect(tally(accounts)[idOf(b)] ?? 0).toBeLessThanOrEqual(2);
  });

  it('an account that fails at once is not the fastest', async () => {
    await use('least_latency');
    await change(idOf(c), { enabled: false });
    const { latency } = gateway.app.get(Roster).find(idOf(b)) ?? {};
    for (let request = 0; request < 200; request++) latency?.measured(0.001, Date.now());
    withoutPauses(gateway);
    const broken = failure(500, 'InternalServerException', 'x');
    simulator.answer(({ account }) => (account === b ? broken : undefined));
    expect(tally(await askTimes(15))).toEqual({ [idOf(a)]: 15 });
    // It was known as the fastest: asked once, and once more to be sure.
    expect(simulator.requests.filter(({ accountId }) => accountId === idOf(b))).toHaveLength(2);
  });
});

describe('by most quota', () => {
  /** Answers cost so much. */
  const costing = (credits: number) =>
    simulator.answer(() =>
      stream(text('fine'), metadata({ outputTokens: 1 }, 'END_TURN'), contextUsage(1), metering(credits)),
    );

  async function quotas(...left: number[]): Promise<void> {
    for (const [index, account] of [a, b, c].entries()) {
      if (!account) continue;
      Object.assign(account.quota, { used: 1_000 - (left[index] ?? 0), limit: 1_000 });
      await gateway.app.get(Quotas).read(account.id);
      // What was read stays; nobody is refused.
      account.quota.used = 0;
    }
  }

  it('requests go to whoever has most left, and elsewhere when what they cost used that up', async () => {
    await use('most_quota');
    await quotas(100, 500, 300);
    costing(60);
    expect(await askTimes(3)).toEqual([idOf(b), idOf(b), idOf(b)]);
    // 320 and 300 are left.
    expect(await askTimes(4)).toEqual([b, c, b, c].map(idOf));
  });

  it('accounts over their plan are asked last, by whatever strategy', async () => {
    await use('round_robin');
    await quotas(0, 100, 10);
    costing(10);
    expect(new Set(await askTimes(2))).toEqual(new Set([idOf(b), idOf(c)]));
    expect(new Set(await askTimes(3))).toEqual(new Set([idOf(b)]));
    await change(idOf(b), { enabled: false });
    expect(new Set(await askTimes(2))).toEqual(new Set([idOf(a), idOf(c)]));
    await quotas(1_000, 1_000, 1_000);
  });
});

describe('in a pool of both kinds of accounts', () => {
  let endpoint: AnthropicEndpoint;
  let endpointId: string;

  beforeAll(async () => {
    endpoint = await AnthropicEndpoint.start({ models: [QUESTION.model] });
    ({ id: endpointId } = await addEndpoint(gateway, endpoint));
  });
  afterAll(async () => {
    await deleteAccount(gateway, endpointId);
    await endpoint.close();
  });

  const countTokens = async () => {
    const { model, messages } = QUESTION;
    const response = await post(gateway, { model, messages }, { path: '/v1/messages/count_tokens' });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  };

  it('the weights hold, exactly', async () => {
    await use('weighted_round_robin');
    await change(idOf(a), { weight: 3 });
    await change(endpointId, { weight: 5 });
    const counts = tally(await askTimes(30));
    expect([idOf(a), idOf(b), idOf(c), endpointId].map((id) => counts[id])).toEqual([9, 3, 3, 15]);
  });

  it('tokens that are counted in between take nobody’s turn', async () => {
    await use('weighted_round_robin');
    await change(endpointId, { weight: 3 });
    const accounts: string[] = [];
    for (let request = 0; request < 12; request++) {
      await countTokens();
      accounts.push(await ask());
    }
    expect(tally(accounts)).toEqual({ [idOf(a)]: 2, [idOf(b)]: 2, [idOf(c)]: 2, [endpointId]: 6 });
  });

  it('chance is asked once for each request', async () => {
    await use('random');
    jest.spyOn(gateway.app.get(Chance), 'next').mockImplementation(evenChance());
    await change(endpointId, { weight: 3 });
    const counts = tally(await askTimes(60));
    // Asked a second time by those that are not the endpoint's, it would be three out of four.
    expect(Math.abs((counts[endpointId] ?? 0) - 30)).toBeLessThan(8);
  });
});
