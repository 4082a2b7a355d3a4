import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { UsageLedger } from '../../src/usage/ledger/usage-ledger.service.js';
import { RollUpJob } from '../../src/usage/rollups/roll-up.job.js';
import { adminApi } from '../support/admin-api.js';
import { post, QUESTION } from '../support/ask.js';
import { postChat } from '../support/ask-chat.js';
import { ASKED, postResponses } from '../support/ask-responses.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { modelsKnown } from '../support/models-known.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const USAGE = { uncachedInputTokens: 10, outputTokens: 5, cacheReadInputTokens: 7, cacheWriteInputTokens: 3 };

describeOnEachSharedDatabase('GET /v2/usage/summary', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let keyId: string;
  const call = adminApi(() => gateway);
  const summary = async (query = '') => {
    const { status, body } = await call('GET', `/v2/usage/summary${query}`);
    expect({ query, status }).toEqual({ query, status: 200 });
    return body;
  };

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { ...database().environment });
    await modelsKnown(gateway, simulator);
    const { body: key } = await call('POST', '/v2/api-keys', { body: { name: 'laptop', scopes: ['inference'] } });
    keyId = key.id;
    const init = { headers: { 'x-api-key': key.key, 'content-type': 'application/json' } };
    for (const ask of [
      () => post(gateway, QUESTION, init),
      () => post(gateway, { ...QUESTION, stream: true }, init),
      () => postChat(gateway, {}, init),
      () => postResponses(gateway, ASKED, init),
    ]) {
      simulator.enqueue(stream(text('fine'), goodEnd(USAGE)));
      const answer = await ask();
      expect({ status: answer.status, text: await answer.text() }).toEqual({ status: 200, text: expect.anything() });
    }
    expect((await post(gateway, { ...QUESTION, max_tokens: 'many' }, init)).status).toBe(400);
    await eventuallyWritten();
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  /** A response is over a little after its client read its end. */
  async function eventuallyWritten(): Promise<void> {
    for (let attempt = 0; attempt < 500; attempt++) {
      await gateway.app.get(UsageLedger).write();
      const [found] = await gateway.app.get(DataSource).query('SELECT count(*) AS n FROM usage_records');
      if (Number(found.n) === 5) return;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    throw new Error('five requests are not in the ledger');
  }

  const tokens = { inputTokens: 40, outputTokens: 20, cacheReadTokens: 28, cacheWriteTokens: 12 };

  it('tells what all requests took, of the last 24 hours', async () => {
    const { totals, data, ...rest } = await summary();
    expect(rest).toEqual({
      from: expect.stringMatching(/T\d\d:00:00\.000Z$/),
      to: expect.stringMatching(/T\d\d:00:00\.000Z$/),
      interval: null,
      groupBy: null,
      currency: 'USD',
    });
    expect(totals).toMatchObject({ requests: 5, errors: 1, cancelled: 0, ...tokens, credits: 0.04 });
    expect(totals.cost).toBeGreaterThan(0);
    expect(totals.latencyMs.p50).toBeGreaterThan(0);
    expect(totals.timeToFirstTokenMs.p99).toBeGreaterThan(0);
    expect(data).toEqual([{ start: rest.from, group: null, ...totals }]);
  });

  it('tells protocols, keys, accounts and models apart, by their names', async () => {
    const groups = async (groupBy: string) => {
      const { data } = await summary(`?groupBy=${groupBy}&interval=hour`);
      const requests = new Map<string, number>();
      for (const { group, requests: count } of data) requests.set(group.name, (requests.get(group.name) ?? 0) + count);
      return Object.fromEntries(requests);
    };
    const [account] = (await call('GET', '/v2/accounts')).body.data;
    expect(await groups('protocol')).toEqual({ anthropic: 3, openai_chat: 1, openai_responses: 1 });
    expect(await groups('apiKey')).toEqual({ laptop: 5 });
    expect(await groups('account')).toEqual({ [account.label]: 4, null: 1 });
    expect(await groups('model')).toEqual({ 'claude-sonnet-5': 4, null: 1 });
  });

  it('tells what one of them took', async () => {
    expect((await summary(`?apiKey=${keyId}&interval=day`)).totals.requests).toBe(5);
    expect((await summary('?protocol=anthropic')).totals).toMatchObject({ requests: 3, errors: 1 });
    expect((await summary('?apiKey=nobody')).data).toEqual([]);
  });

  it('tells the same once everything is summed up', async () => {
    const [from, to] = [new Date(Date.now() - 86_400_000), new Date(Date.now() + 3_600_000)].map((at) =>
      at.toISOString(),
    );
    const before = await summary(`?from=${from}&to=${to}&groupBy=protocol`);
    await gateway.app.get(RollUpJob).run();
    expect(await summary(`?from=${from}&to=${to}&groupBy=protocol`)).toEqual(before);
  });

  it.each([
    ['from=yesterday', 'from', 'ISO 8601'],
    ['from=2026-11-01', 'from', 'ISO 8601'],
    ['interval=minute', 'interval', 'hour, day'],
    ['groupBy=__proto__', 'groupBy', 'account, apiKey, model, protocol'],
    ['groupBy=model&groupBy=account', 'groupBy', 'account, apiKey, model, protocol'],
    ['model=%00', 'model', 'one line'],
    ['model=a&account=b', 'model', 'not of two'],
    ['model=a&groupBy=account', 'groupBy', 'groupBy must be model'],
    ['from=2020-01-01T00:00:00Z&groupBy=model', 'from', '400 days at most'],
    ['from=1000-01-01T00:00:00Z', 'from', '3653 days at most'],
    ['colour=blue', 'colour', 'should not exist'],
  ])('refuses ?%s and names the field', async (query, field, message) => {
    const { status, body } = await call('GET', `/v2/usage/summary?${query}`);
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: expect.arrayContaining([{ field, message: expect.stringContaining(message) }]),
    });
  });

  it('is for keys that may read the admin API', async () => {
    const statusWith = async (scope: string) => {
      const { body } = await call('POST', '/v2/api-keys', { body: { name: scope, scopes: [scope] } });
      return (await call('GET', '/v2/usage/summary', { key: body.key })).status;
    };
    expect(await statusWith('admin:read')).toBe(200);
    expect(await statusWith('inference')).toBe(403);
    expect(await statusWith('metrics')).toBe(403);
    expect((await call('GET', '/v2/usage/summary', { key: null })).status).toBe(401);
  });
});
