import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { simulatedModel } from '../../simulator/model-list.js';
import { failure } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { adminApi } from '../support/admin-api.js';
import { post, QUESTION } from '../support/ask.js';
import { modelsKnown } from '../support/models-known.js';
import { accountsOf, type RunningGateway, startGateway } from '../support/start-gateway.js';

const ENVIRONMENT = {
  CIRCUIT_BREAKER_ENABLED: 'true',
  CIRCUIT_BREAKER_ERROR_THRESHOLD: 1,
  MAX_ATTEMPTS: 5,
  MODEL_ALIASES: JSON.stringify({ 'fast-*': 'claude-sonnet-5', mine: 'claude-sonnet-5' }),
};
const MODEL = 'claude-sonnet-5';

const suspended = failure(403, 'AccessDeniedException', 'locked', 'TEMPORARILY_SUSPENDED');
const throttled = failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': '60' } });
const odd = failure(418, 'TeapotException', 'short and stout');

interface PassedOver {
  accountId: string;
  reason: string;
  until: string | null;
}

let simulator: Simulator;
let gateway: RunningGateway;
const admin = adminApi(() => gateway);

async function start(accounts: number, environment: Record<string, string | number> = {}) {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { ...ENVIRONMENT, accounts, ...environment });
  await modelsKnown(gateway, simulator);
}
async function stop() {
  await gateway.close();
  await simulator.close();
}
const explain = async (question: object = {}) => {
  const { status, body } = await admin('POST', '/v2/routing/explain', { body: { model: MODEL, ...question } });
  expect(status).toBe(200);
  return body;
};
const change = async (id: string, changes: object) => {
  expect((await admin('PATCH', `/v2/accounts/${id}`, { body: changes })).status).toBe(200);
};
const ask = async (headers: Record<string, string> = {}) => {
  const response = await post(gateway, QUESTION, { headers });
  await response.text();
  expect(response.status).toBe(200);
  return response.headers.get('x-amq-account') ?? '';
};

describe('POST /v2/routing/explain', () => {
  let ids: string[];
  beforeAll(async () => {
    await start(3, { LOAD_BALANCE_STRATEGY: 'weighted_round_robin' });
    ids = simulator.accounts.map(({ id }) => id);
  });
  afterAll(stop);

  it('names the account that the next request gets, and takes nobody its turn', async () => {
    await change(ids[0] ?? '', { weight: 3 });
    for (let round = 0; round < 10; round++) {
      const explained = await explain();
      expect(await explain()).toEqual(explained);
      expect(explained).toMatchObject({
        strategy: 'weighted_round_robin',
        model: { requested: MODEL, id: MODEL, by: 'name' },
        binding: null,
        outcome: 'chosen',
        chosen: { by: 'turn', among: 3, isTrial: false },
        freeAt: null,
        refusal: null,
        total: 3,
        passedOver: [{ reason: 'not_its_turn', accounts: 2 }],
      });
      expect(await ask()).toBe(explained.chosen.accountId);
    }
  });

  it.each([
    [MODEL, 'name'],
    ['mine', 'name'],
    ['fast-and-good', 'pattern'],
  ])('tells that %s means the same model by %s', async (requested, by) => {
    expect((await explain({ model: requested })).model).toEqual({ requested, id: MODEL, by });
  });

  it('tells what a client would be told of a model that nobody lists', async () => {
    expect(await explain({ model: 'claude-unheard-of' })).toMatchObject({
      model: { requested: 'claude-unheard-of', id: null, by: null },
      outcome: 'refused',
      chosen: null,
      refusal: { error: 'not_found', message: 'model: claude-unheard-of', retryAfter: null },
      passedOver: [{ reason: 'model_not_listed', accounts: 3 }],
    });
  });

  it('tells of as many accounts as it is asked to, and counts all', async () => {
    const { accounts, passedOver } = await explain({ limit: 1 });
    expect(accounts).toHaveLength(1);
    expect(passedOver).toEqual([{ reason: 'not_its_turn', accounts: 2 }]);
    expect((await explain({ limit: 0 })).accounts).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['no model', {}, 'model'],
    ['a model without a name', { model: '' }, 'model'],
    ['a name of 257 characters', { model: 'x'.repeat(257) }, 'model'],
    ['a name of two lines', { model: 'a\nb' }, 'model'],
    ['1,001 accounts', { model: MODEL, limit: 1001 }, 'limit'],
    ['a number as text', { model: MODEL, limit: '5' }, 'limit'],
    ['a conversation without an id', { model: MODEL, conversation: '' }, 'conversation'],
    ['a conversation of 10,001 characters', { model: MODEL, conversation: 'x'.repeat(10_001) }, 'conversation'],
    ['a key that is a number', { model: MODEL, apiKeyId: 7 }, 'apiKeyId'],
    ['an unknown field', { model: MODEL, account: 'x' }, 'account'],
  ])('refuses %s', async (_what, body, field) => {
    const answer = await admin('POST', '/v2/routing/explain', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ field })]));
  });

  it.each<[string, number]>([
    ['admin:read', 200],
    ['inference', 403],
    ['metrics', 403],
  ])('answers a key with scope %s with %i', async (scope, status) => {
    const { body: made } = await admin('POST', '/v2/api-keys', { body: { name: scope, scopes: [scope] } });
    const answer = await admin('POST', '/v2/routing/explain', { key: made.key, body: { model: MODEL } });
    expect(answer.status).toBe(status);
  });

  it('tells until when a request would wait where everybody is full', async () => {
    for (const id of ids) await change(id, { requestsPerMinute: 1 });
    const explained = await explain();
    expect(explained).toMatchObject({
      outcome: 'waits',
      chosen: null,
      refusal: null,
      passedOver: [{ reason: 'requests_per_minute', accounts: 3 }],
    });
    const untils = explained.accounts.map(({ until }: PassedOver) => until).sort();
    expect(explained.freeAt).toBe(untils[0]);
    for (const id of ids) await change(id, { requestsPerMinute: null });
  });
});

describe('the binding of a conversation', () => {
  const conversation = 'the-long-one';
  let bound: string;

  beforeAll(async () => {
    await start(3, { SESSION_AFFINITY_TTL: 3600 });
    bound = await ask({ 'x-conversation-id': conversation });
  });
  afterAll(stop);

  it('decides, and the others are passed over for it', async () => {
    expect(await explain({ conversation })).toMatchObject({
      binding: { accountId: bound, state: 'kept' },
      chosen: { accountId: bound, by: 'binding' },
      passedOver: [{ reason: 'bound_elsewhere', accounts: 2 }],
    });
    expect(await ask({ 'x-conversation-id': conversation })).toBe(bound);
    expect(gateway.logs.findLast(({ msg }) => msg === 'Account chosen')).toMatchObject({
      by: 'binding',
      boundTo: bound,
    });
  });

  it('is of one key: what another one calls alike is bound to nobody', async () => {
    const made = await admin('POST', '/v2/api-keys', { body: { name: 'other', scopes: ['inference'] } });
    const { id: apiKeyId, key } = made.body;
    expect((await explain({ conversation, apiKeyId })).binding).toBeNull();
    const account = await ask({ 'x-conversation-id': conversation, 'x-api-key': key });
    expect((await explain({ conversation, apiKeyId })).binding).toEqual({ accountId: account, state: 'kept' });
    expect((await explain({ conversation: 'another' })).binding).toBeNull();
    expect((await explain()).binding).toBeNull();
  });

  it('stays while its account is full', async () => {
    await change(bound, { requestsPerMinute: 1 });
    const { binding, chosen, accounts } = await explain({ conversation });
    expect(binding).toEqual({ accountId: bound, state: 'spilled' });
    expect(chosen.by).toBe('turn');
    expect(accounts).toContainEqual(expect.objectContaining({ accountId: bound, reason: 'requests_per_minute' }));
    await change(bound, { requestsPerMinute: null });
  });

  it('ends with an account that is out', async () => {
    await change(bound, { enabled: false });
    const { binding, chosen, accounts } = await explain({ conversation });
    expect(binding).toEqual({ accountId: bound, state: 'ended' });
    expect(chosen.by).toBe('turn');
    expect(accounts).toContainEqual(expect.objectContaining({ accountId: bound, reason: 'disabled' }));
  });
});

describe('the reasons', () => {
  const [SUSPENDED, LIMITED, BROKEN, MINUTE, DISABLED, LATER, LAST, UNLISTED, ONE, OTHER] = Array.from(
    { length: 10 },
    (_, index) => index,
  ) as number[];
  let ids: string[];
  const id = (index = 0) => ids[index] ?? '';

  beforeAll(async () => {
    simulator = await Simulator.start();
    const accounts = accountsOf(simulator, 10);
    ids = simulator.accounts.map((account) => account.id);
    for (const account of simulator.accounts) {
      if (account.id === id(UNLISTED)) account.models = [simulatedModel('something-else')];
    }
    gateway = await startGateway(simulator, { ...ENVIRONMENT, accounts: 0, ...accounts });
    await modelsKnown(gateway, simulator);
    simulator.enqueueFor(id(SUSPENDED), suspended);
    simulator.enqueueFor(id(LIMITED), throttled);
    simulator.enqueueFor(id(BROKEN), odd);
    for (let request = 0; request < 9; request++) await ask();
    await change(id(MINUTE), { requestsPerMinute: 1 });
    await change(id(DISABLED), { enabled: false });
    await change(id(LATER), { priority: 1 });
    await change(id(LAST), { weight: 0 });
  });
  afterAll(stop);

  const expected = () =>
    new Map([
      [id(SUSPENDED), 'suspended'],
      [id(LIMITED), 'rate_limited'],
      [id(BROKEN), 'breaker_open'],
      [id(MINUTE), 'requests_per_minute'],
      [id(DISABLED), 'disabled'],
      [id(LATER), 'lower_priority'],
      [id(LAST), 'last_resort'],
      [id(UNLISTED), 'model_not_listed'],
    ]);
  const reasonsOf = (accounts: PassedOver[]) => new Map(accounts.map(({ accountId, reason }) => [accountId, reason]));

  it('are told for each account, with when they end', async () => {
    const explained = await explain();
    const { chosen, accounts } = explained;
    expect([id(ONE), id(OTHER)]).toContain(chosen.accountId);
    expect(chosen.among).toBe(2);
    const other = chosen.accountId === id(ONE) ? id(OTHER) : id(ONE);
    expect(reasonsOf(accounts)).toEqual(expected().set(other, 'not_its_turn'));
    expect(explained.passedOver).toHaveLength(9);
    const untils = new Map(accounts.map(({ accountId, until }: PassedOver) => [accountId, until]));
    for (const [index, seconds] of [
      [LIMITED, 60],
      [MINUTE, 61],
      [BROKEN, 330],
    ]) {
      const left = (Date.parse(String(untils.get(id(index)))) - Date.now()) / 1000;
      expect(left).toBeGreaterThan(0);
      expect(left).toBeLessThanOrEqual(seconds ?? 0);
    }
    for (const index of [SUSPENDED, DISABLED, LATER, LAST, UNLISTED]) expect(untils.get(id(index))).toBeNull();
  });

  it('are logged for each real request, without a word of it', async () => {
    const before = gateway.logs.length;
    const account = await ask();
    const lines = gateway.logs.slice(before).filter(({ msg }) => msg === 'Account chosen');
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'debug',
        requestId: expect.stringMatching(/^req_/),
        model: MODEL,
        account,
        by: 'turn',
        strategy: 'round_robin',
        among: 2,
        passedOver: {
          suspended: 1,
          rate_limited: 1,
          breaker_open: 1,
          requests_per_minute: 1,
          disabled: 1,
          lower_priority: 1,
          last_resort: 1,
          model_not_listed: 1,
          not_its_turn: 1,
        },
        accounts: expect.arrayContaining([...expected()].map(([accountId, reason]) => `${accountId}: ${reason}`)),
      }),
    ]);
  });

  it('are logged for each attempt: a request does not come back to an account that it left', () => {
    const lines = gateway.logs.filter(({ msg }) => msg === 'Account chosen');
    const left = lines.filter(({ accounts }) => (accounts as string[]).includes(`${id(LIMITED)}: left_by_request`));
    expect(left.length).toBeGreaterThan(0);
    for (const line of left) {
      const before = lines.slice(0, lines.indexOf(line)).filter(({ requestId }) => requestId === line.requestId);
      expect(before.map(({ account }) => account)).toContain(id(LIMITED));
    }
  });

  it('are logged for a request that finds nobody', async () => {
    const before = gateway.logs.length;
    const response = await post(gateway, { ...QUESTION, model: 'claude-unheard-of' });
    expect(response.status).toBe(404);
    const lines = gateway.logs.slice(before).filter(({ msg }) => msg === 'No account found');
    expect(lines).toEqual([
      expect.objectContaining({ model: 'claude-unheard-of', passedOver: expect.objectContaining({ disabled: 1 }) }),
    ]);
  });
});

describe('at info level', () => {
  beforeAll(() => start(1, { LOG_LEVEL: 'info' }));
  afterAll(stop);

  it('nothing is logged of choices', async () => {
    await ask();
    expect(gateway.logs.filter(({ level }) => level === 'debug')).toEqual([]);
  });
});
