import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { failure } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Spending } from '../../src/proxy/spending/spending.service.js';
import { LiveSettings } from '../../src/settings/live-settings.service.js';
import { type AdminCall, adminApi } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { describeOnPostgres } from '../support/databases.js';
import { fakeIntervals } from '../support/fake-intervals.js';
import { hearEachOther } from '../support/hear-each-other.js';
import { modelsKnown } from '../support/models-known.js';
import { describeWith } from '../support/services.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

const ENVIRONMENT = {
  strategy: 'round_robin',
  breaker: { enabled: false, errorThreshold: 5, recoveryTimeout: 300 },
  affinity: { ttl: 0 },
  maxAttempts: 2,
  aliases: { mine: 'claude-opus-4.5' },
  prices: {},
  logLevel: 'debug',
};
const ALL_BACK = {
  ...{ strategy: null, breaker: null, affinity: null, maxAttempts: null, aliases: null, prices: null },
  logLevel: null,
};
const MODEL = 'claude-opus-4.5';
const SECONDS = 'must be a whole number from 1 to 2000000';

describe('/v2/settings', () => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const admin = adminApi(() => gateway);
  const read = () => admin('GET', '/v2/settings');
  const change = (body: unknown, call: AdminCall = {}) => admin('PATCH', '/v2/settings', { body, ...call });
  const changed = async (body: unknown) => {
    const answer = await change(body);
    expect([body, answer.status]).toEqual([body, 200]);
    return answer.body;
  };
  const ask = async (question: object = {}, headers: Record<string, string> = {}) => {
    const response = await post(gateway, { ...QUESTION, ...question }, { headers });
    await response.text();
    return {
      status: response.status,
      account: response.headers.get('x-amq-account'),
      attempts: response.headers.get('x-amq-attempts'),
      model: response.headers.get('x-amq-model'),
    };
  };
  const audited = async () => {
    const rows: { actor: string; details: string }[] = await gateway.app
      .get(DataSource)
      .query("SELECT actor, details FROM audit_events WHERE action = 'settings.update' ORDER BY sequence");
    return rows.map(({ actor, details }) => ({ actor, details: JSON.parse(details) }));
  };

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, {
      accounts: 3,
      MAX_ATTEMPTS: 2,
      MODEL_ALIASES: JSON.stringify(ENVIRONMENT.aliases),
    });
    await modelsKnown(gateway, simulator);
  });
  afterEach(async () => {
    simulator.reset();
    await changed(ALL_BACK);
    for (const { id } of simulator.accounts) expect((await admin('POST', `/v2/accounts/${id}/reset`)).status).toBe(200);
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  it('shows the environment’s while nobody changed any', async () => {
    const { status, headers, body } = await read();
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"0"');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({ ...ENVIRONMENT, environment: ENVIRONMENT, changed: [], revision: 0, updatedAt: null });
  });

  it('shows what was changed, which that is, and what null takes it back to', async () => {
    const before = (await read()).body.revision;
    const first = await change({ strategy: 'random', breaker: { errorThreshold: 7 } });
    expect(first.headers.get('etag')).toBe(`"${before + 1}"`);
    expect(first.body).toEqual({
      ...ENVIRONMENT,
      strategy: 'random',
      breaker: { enabled: false, errorThreshold: 7, recoveryTimeout: 300 },
      environment: ENVIRONMENT,
      changed: ['strategy', 'breaker.errorThreshold'],
      revision: before + 1,
      updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect((await read()).body).toEqual(first.body);
    const back = await changed({ breaker: { errorThreshold: null } });
    expect(back).toMatchObject({ breaker: ENVIRONMENT.breaker, changed: ['strategy'], revision: before + 2 });
  });

  it('writes nothing where everything is as wanted', async () => {
    const { revision, updatedAt } = await changed({ maxAttempts: 4 });
    const rows = await audited();
    expect(await changed({ maxAttempts: 4, strategy: null })).toMatchObject({ revision, updatedAt });
    expect(await changed({})).toMatchObject({ revision, updatedAt });
    expect(await audited()).toEqual(rows);
  });

  it('notes who changed what, before and after', async () => {
    await changed({ maxAttempts: 4, aliases: { 'gpt-*': 'claude-sonnet-4.5' } });
    await changed({ maxAttempts: null });
    expect((await audited()).slice(-2)).toEqual([
      {
        actor: 'ADMIN_API_KEY',
        details: {
          maxAttempts: { from: 2, to: 4 },
          aliases: {
            mine: { from: 'claude-opus-4.5', to: null },
            'gpt-*': { from: null, to: 'claude-sonnet-4.5' },
          },
        },
      },
      { actor: 'ADMIN_API_KEY', details: { maxAttempts: { from: 4, to: 2 }, backToEnvironment: ['maxAttempts'] } },
    ]);
  });

  it('changes at the revision that If-Match names, and at no other', async () => {
    const { revision } = await changed({ maxAttempts: 3 });
    const conditional = (etag: string) => change({ maxAttempts: 9 }, { headers: { 'if-match': etag } });
    expect(await conditional(`"${revision - 1}"`)).toMatchObject({
      status: 412,
      body: { detail: 'The settings were changed since they were read: read them again' },
    });
    expect((await conditional('revision 1')).status).toBe(400);
    expect((await conditional(`"${revision}"`)).body).toMatchObject({ maxAttempts: 9, revision: revision + 1 });
    expect((await conditional(`"${revision}"`)).status).toBe(412);
    expect((await conditional('*')).status).toBe(200);
  });

  it('lets exactly one of several through that know the same revision', async () => {
    const { revision } = (await read()).body;
    const answers = await Promise.all(
      [3, 4, 5, 6, 7].map((maxAttempts) => change({ maxAttempts }, { headers: { 'if-match': `"${revision}"` } })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
    expect((await read()).body.revision).toBe(revision + 1);
  });

  it('loses none of several changes at once', async () => {
    const answers = await Promise.all(
      [
        { strategy: 'random' },
        { breaker: { enabled: true } },
        { breaker: { recoveryTimeout: 10 } },
        { affinity: { ttl: 60 } },
        { maxAttempts: 5 },
      ].map((body) => change(body)),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect((await read()).body).toMatchObject({
      strategy: 'random',
      breaker: { enabled: true, errorThreshold: 5, recoveryTimeout: 10 },
      affinity: { ttl: 60 },
      maxAttempts: 5,
    });
  });

  it.each<[string, unknown, Record<string, string>]>([
    ['a strategy nobody knows', { strategy: 'moon' }, { strategy: 'strategy must be one of round_robin, weighted' }],
    [
      'numbers beyond their limits',
      { maxAttempts: 11, breaker: { errorThreshold: 0, recoveryTimeout: 1e9 }, affinity: { ttl: -1 } },
      {
        maxAttempts: 'maxAttempts must be a whole number from 1 to 10',
        'breaker.errorThreshold': 'breaker.errorThreshold must be a whole number from 1 to 1000',
        'breaker.recoveryTimeout': `breaker.recoveryTimeout ${SECONDS}`,
        'affinity.ttl': 'affinity.ttl must be a whole number from 0 to 2000000',
      },
    ],
    ['text for a flag', { breaker: { enabled: 'no' } }, { 'breaker.enabled': 'breaker.enabled must be true or false' }],
    ['a list for a group', { breaker: [{ enabled: true }] }, { breaker: 'breaker must be an object' }],
    ['a number for a group', { affinity: 60 }, { affinity: 'affinity must be an object' }],
    [
      'fields nobody knows',
      { port: 80, breaker: { colour: 1 } },
      { port: 'property port', 'breaker.colour': 'property' },
    ],
    [
      'aliases that are no names',
      { aliases: { a: 5 } },
      { aliases: "aliases has a model for 'a' that is not one line" },
    ],
    [
      'prices that are no prices',
      { prices: { m: { input: -1, output: 1 } } },
      { prices: "prices has a price for 'm' whose input is not a number from 0 to 100000" },
    ],
    [
      'more aliases than there may be',
      { aliases: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`n${index}`, 'm'])) },
      { aliases: 'aliases must be at most 500 names' },
    ],
  ])('refuses %s, and changes nothing', async (_what, body, problems) => {
    const before = (await read()).body;
    const answer = await change(body);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const errors: { field: string; message: string }[] = answer.body.errors;
    expect([...new Set(errors.map(({ field }) => field))].sort()).toEqual(Object.keys(problems).sort());
    for (const [field, message] of Object.entries(problems)) {
      expect(errors).toContainEqual({ field, message: expect.stringContaining(message) });
    }
    expect((await read()).body).toEqual(before);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('refuses an alias %s', async (name) => {
    expect(await change(`{"aliases":{"${name}":"${MODEL}"}}`)).toMatchObject({
      status: 400,
      body: { detail: `The request body has the name '${name}', which nothing may have` },
    });
  });

  it.each(['[]', '"text"', 'null', '{', '7'])('refuses %s for a body', async (body) => {
    expect((await change(body)).status).toBe(400);
  });

  it('is for administrators: who may read may not change', async () => {
    const keyWith = async (scope: string) =>
      (await admin('POST', '/v2/api-keys', { body: { name: scope, scopes: [scope] } })).body.key as string;
    const [reader, client] = [await keyWith('admin:read'), await keyWith('inference')];
    const statuses = async (key: string | null) => [
      (await admin('GET', '/v2/settings', { key })).status,
      (await change({ maxAttempts: 1 }, { key })).status,
    ];
    expect(await statuses(reader)).toEqual([200, 403]);
    expect(await statuses(client)).toEqual([403, 403]);
    expect(await statuses(null)).toEqual([401, 401]);
    expect((await read()).body.maxAttempts).toBe(2);
  });

  it('has the next request go by the strategy', async () => {
    const [first, second, third] = simulator.accounts.map(({ id }) => id);
    for (const [id, weight] of [
      [first, 4],
      [second, 1],
      [third, 1],
    ]) {
      expect((await admin('PATCH', `/v2/accounts/${id}`, { body: { weight } })).status).toBe(200);
    }
    const servedByFirst = async () => {
      const answers = [];
      for (let request = 0; request < 6; request++) answers.push((await ask()).account);
      return answers.filter((id) => id === first).length;
    };
    expect(await servedByFirst()).toBe(2);
    await changed({ strategy: 'weighted_round_robin' });
    expect(await servedByFirst()).toBe(4);
    await changed({ strategy: null });
    expect(await servedByFirst()).toBe(2);
  });

  it('has the next request go by the number of attempts', async () => {
    const suspended = failure(403, 'AccessDeniedException', 'locked', 'TEMPORARILY_SUSPENDED');
    await changed({ maxAttempts: 1 });
    simulator.enqueue(suspended);
    const alone = await ask();
    expect(alone).toMatchObject({ attempts: '1' });
    expect(alone.status).not.toBe(200);
    await changed({ maxAttempts: null });
    simulator.enqueue(suspended);
    expect(await ask()).toMatchObject({ status: 200, attempts: '2' });
  });

  it('has the next failure go by the breaker’s rules', async () => {
    const odd = failure(418, 'TeapotException', 'short and stout');
    const states = async () => {
      const { data } = (await admin('GET', '/v2/accounts')).body;
      return data.map(({ breaker }: { breaker: { state: string } }) => breaker.state).sort();
    };
    simulator.enqueue(odd);
    expect((await ask()).status).toBe(200);
    expect(await states()).toEqual(['closed', 'closed', 'closed']);
    await changed({ breaker: { enabled: true, errorThreshold: 1 } });
    simulator.enqueue(odd);
    expect((await ask()).status).toBe(200);
    await eventually(async () => (await states()).includes('open'));
    expect(await states()).toEqual(['closed', 'closed', 'open']);
  });

  it('has the next conversation stay with its account, or not', async () => {
    const accounts = async (conversation: string) => {
      const ids = new Set<string | null>();
      for (let request = 0; request < 3; request++)
        ids.add((await ask({}, { 'x-conversation-id': conversation })).account);
      return ids.size;
    };
    expect(await accounts('one')).toBe(3);
    await changed({ affinity: { ttl: 60 } });
    expect(await accounts('two')).toBe(1);
    await changed({ affinity: { ttl: 0 } });
    expect(await accounts('three')).toBe(3);
  });

  it('has the next request cost what the prices say', async () => {
    const spending = gateway.app.get(Spending);
    const cost = () => spending.costOf(MODEL, { input: 1_000_000, output: 100_000, cacheRead: 0, cacheWrite: 0 });
    expect(cost()).toBe(7.5);
    const prices = { 'claude-opus-*': { input: 1, output: 2, cacheRead: 0 } };
    expect(await changed({ prices })).toMatchObject({ prices, environment: { prices: {} }, changed: ['prices'] });
    expect(cost()).toBe(1.2);
    await changed({ prices: null });
    expect(cost()).toBe(7.5);
  });

  it('has the pool and the catalogue know aliases at once, whatever they are called', async () => {
    const listed = (id: string) => fetch(`${gateway.url}/v1/models/${id}`, { headers: { 'x-api-key': ADMIN_KEY } });
    const names = ['house-model', 'toString', 'team-7-fast'];
    for (const name of names) {
      expect([name, (await ask({ model: name })).status]).toEqual([name, 404]);
      expect([name, (await listed(name)).status]).toEqual([name, 404]);
    }
    const aliases = { 'house-model': MODEL, toString: MODEL, 'team-*-fast': MODEL };
    expect((await changed({ aliases })).aliases).toEqual(aliases);
    for (const name of names) {
      expect(await ask({ model: name })).toMatchObject({ status: 200, model: MODEL });
      expect([name, (await listed(name)).status]).toEqual([name, 200]);
    }
    expect((await ask({ model: 'mine' })).status).toBe(404);
    await changed({ aliases: null });
    expect((await ask({ model: 'mine' })).status).toBe(200);
    expect((await ask({ model: 'house-model' })).status).toBe(404);
    expect((await listed('house-model')).status).toBe(404);
  });
});

describeWith('redis', 'settings of two replicas', (redisUrl) => {
  describeOnPostgres('that share a database and a Redis', (database) => {
    afterEach(() => {
      jest.useRealTimers();
    });

    it('change on both at once, and are there again after a restart', async () => {
      // Nobody looks every five seconds: what is known was told.
      fakeIntervals();
      const simulator = await Simulator.start();
      const start = () => startGateway(simulator, { accounts: 0, ...database().environment, REDIS_URL: redisUrl });
      const gateways = [await start(), await start()];
      const [first, second] = gateways as [RunningGateway, RunningGateway];
      await hearEachOther(first, second);
      const maxAttempts = (gateway: RunningGateway) => gateway.app.get(LiveSettings).current.maxAttempts;
      await adminApi(() => first)('PATCH', '/v2/settings', { body: { maxAttempts: 9 } });
      expect(maxAttempts(first)).toBe(9);
      await eventually(() => maxAttempts(second) === 9);
      const third = await start();
      expect(maxAttempts(third)).toBe(9);
      for (const gateway of [...gateways, third]) await gateway.close();
      await simulator.close();
    });
  });
});
