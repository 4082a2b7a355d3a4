import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { AnthropicEndpoint } from '../../simulator/anthropic/anthropic-endpoint.js';
import { errorOf, eventOf, streamOf, textEvents } from '../../simulator/anthropic/endpoint-answer.js';
import { failure, goodEnd, pause, stream, text, toolUse } from '../../simulator/script.js';
import { type Answer, Simulator } from '../../simulator/simulator.js';
import { ApiKeySpendingEntity } from '../../src/proxy/spending/api-key-spending.entity.js';
import { SpendingLedger } from '../../src/proxy/spending/spending-ledger.service.js';
import { UsageLedger } from '../../src/usage/ledger/usage-ledger.service.js';
import { UsageRecordEntity } from '../../src/usage/ledger/usage-record.entity.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { backInUse } from '../support/back-in-use.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { addEndpoint } from '../support/endpoint-accounts.js';
import { askWith, type LimitedKey, limitedKey, type ProtocolPath } from '../support/limited-keys.js';
import { modelsKnown } from '../support/models-known.js';
import { withoutPauses } from '../support/no-pauses.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

const USAGE = { uncachedInputTokens: 10, outputTokens: 5, cacheReadInputTokens: 7, cacheWriteInputTokens: 3 };
const good = () => stream(text('fine'), goodEnd(USAGE));
const throttled = failure(429, 'ThrottlingException', 'slow');
const wrong = failure(400, 'ValidationException', 'wrong');
const LEFT_OFF = stream(text('word '.repeat(100)), pause(60_000));

const SERVED = {
  status: 200,
  outcome: 'success',
  errorClass: null,
  model: 'claude-sonnet-5',
  upstreamModel: 'claude-sonnet-5',
  inputTokens: 10,
  outputTokens: 5,
  cacheReadTokens: 7,
  cacheWriteTokens: 3,
  isEstimated: false,
  credits: 0.01,
  stopReason: 'end_turn',
};
const NOTHING = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  credits: null,
  cost: 0,
  stopReason: null,
};
const REFUSED = { ...NOTHING, accountId: null, upstreamModel: null, attempts: 0, firstTokenMs: null };

describeOnEachSharedDatabase('the ledger of a gateway', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  let endpoint: AnthropicEndpoint;
  let endpointId: string;
  let key: LimitedKey;

  beforeAll(async () => {
    simulator = await Simulator.start();
    endpoint = await AnthropicEndpoint.start();
    const settings = { accounts: 2, SHUTDOWN_GRACE: 0, ALLOW_PRIVATE_ENDPOINTS: 'true', MAX_BODY_SIZE: '64kb' };
    gateway = await startGateway(simulator, { ...settings, ...database().environment });
    withoutPauses(gateway);
    await modelsKnown(gateway, simulator);
    key = await limitedKey(gateway, {});
    ({ id: endpointId } = await addEndpoint(gateway, endpoint));
    await setEnabled(endpointId, false);
  });
  beforeEach(async () => {
    simulator.reset();
    await backInUse(gateway);
  });
  afterAll(async () => {
    await gateway.close();
    await endpoint.close();
    await simulator.close();
  });

  const setEnabled = async (id: string, isEnabled: boolean) => {
    const path = `/v2/accounts/${id}/${isEnabled ? 'enable' : 'disable'}`;
    expect((await post(gateway, {}, { path })).status).toBe(200);
  };
  const rows = async () => {
    await gateway.app.get(UsageLedger).write();
    const order = { at: 'ASC', requestId: 'ASC' } as const;
    return gateway.app.get(DataSource).getRepository(UsageRecordEntity).find({ order });
  };
  /** The one row that a request leaves. */
  async function rowOf(request: () => Promise<unknown>): Promise<UsageRecordEntity | undefined> {
    const before = new Set((await rows()).map(({ requestId }) => requestId));
    await request();
    let added: UsageRecordEntity[] = [];
    await eventually(async () => {
      added = (await rows()).filter(({ requestId }) => !before.has(requestId));
      return added.length > 0;
    });
    expect(added).toHaveLength(1);
    expect(added[0]?.requestId).toMatch(/^req_[0-9a-f]{32}$/);
    return added[0];
  }
  const noRowOf = async (request: () => Promise<Response>) => {
    const before = (await rows()).length;
    await (await request()).text();
    expect(await rows()).toHaveLength(before);
  };

  describe.each<[ProtocolPath, string]>([
    ['/v1/messages', 'anthropic'],
    ['/v1/chat/completions', 'openai_chat'],
    ['/v1/responses', 'openai_responses'],
  ])('of %s', (path, protocol) => {
    const ask = (fields: object = {}, init: RequestInit = {}) => askWith(gateway, key, path, fields, init);
    const whole = (fields: object = {}) => ask(fields).then((response) => response.text().catch(() => 'cut'));
    const given = (answers: Answer[], fields: object = {}) => {
      simulator.enqueue(...answers);
      return rowOf(() => whole(fields));
    };

    it.each([true, false])('has what an answer took, stream: %s', async (isStream) => {
      const row = await given([good()], { stream: isStream });
      expect(row).toMatchObject({ ...SERVED, protocol, isStream, keyId: key.id, attempts: 1, client: 'node-http' });
      expect(simulator.accounts.map(({ id }) => id)).toContain(row?.accountId);
      // By the list: 10, 5, 7 and 3 tokens at 2, 10, 0.2 and 2.5 dollars a million.
      expect(row?.cost).toBeCloseTo(0.000_078_9, 12);
      expect(row?.priceVersion).not.toBeNull();
      expect(row?.firstTokenMs).toBeLessThanOrEqual(row?.durationMs ?? 0);
    });

    it('has the account that answered after others were tried', async () => {
      const row = await given([throttled, good()]);
      expect(row).toMatchObject({ ...SERVED, attempts: 2 });
      const asked = simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');
      expect(row?.accountId).toBe(asked.at(-1)?.accountId);
    });

    it.each([true, false])('has what failed before it began, stream: %s', async (isStream) => {
      const failed = { ...NOTHING, protocol, isStream, outcome: 'error', model: 'claude-sonnet-5', firstTokenMs: null };
      expect(await given([wrong], { stream: isStream })).toMatchObject({
        ...failed,
        status: 400,
        errorClass: 'invalid_request',
        attempts: 1,
      });
      expect(await given([throttled, throttled, throttled], { stream: isStream })).toMatchObject({
        ...failed,
        status: 429,
        errorClass: 'rate_limit',
        attempts: 2,
      });
    });

    it('has what came of an answer that broke off', async () => {
      const row = await given([stream(text('word '.repeat(100)), { reset: true })], { stream: true });
      expect(row).toMatchObject({ status: 200, outcome: 'error', errorClass: 'transient', isEstimated: true });
      expect(row?.outputTokens).toBeGreaterThan(90);
      expect(row?.cost).toBeGreaterThan(0);
    });

    it('has that its client left before an answer', async () => {
      simulator.enqueue({ kind: 'silence' });
      const client = new AbortController();
      const row = await rowOf(async () => {
        const gone = ask({ stream: true }, { signal: client.signal });
        await eventually(() => simulator.openStreams > 0);
        client.abort();
        await gone.catch(() => undefined);
      });
      expect(row).toMatchObject({ ...NOTHING, protocol, outcome: 'cancelled', errorClass: null, attempts: 1 });
      expect(row).toMatchObject({ isStream: true, model: 'claude-sonnet-5', firstTokenMs: null });
    });

    it('has what came of an answer that its client left', async () => {
      simulator.enqueue(LEFT_OFF);
      const client = new AbortController();
      const row = await rowOf(async () => {
        const answer = await ask({ stream: true }, { signal: client.signal });
        await answer.body?.getReader().read();
        client.abort();
      });
      expect(row).toMatchObject({ status: 200, outcome: 'cancelled', errorClass: null, isEstimated: true });
      expect(row?.outputTokens).toBeGreaterThan(90);
      expect(row?.firstTokenMs).not.toBeNull();
    });

    it('has what a limit of its key refused', async () => {
      const limited = await limitedKey(gateway, { requestsPerMinute: 1 });
      await (await askWith(gateway, limited, path)).text();
      const row = await rowOf(() => askWith(gateway, limited, path, { stream: true }));
      expect(row).toMatchObject({ ...REFUSED, protocol, keyId: limited.id, status: 429, errorClass: 'rate_limit' });
      expect(row).toMatchObject({ outcome: 'error', model: 'claude-sonnet-5', isStream: true });
    });

    it('has what its key may not use', async () => {
      const limited = await limitedKey(gateway, { allowedModels: ['claude-haiku-4.5'] });
      const row = await rowOf(() => askWith(gateway, limited, path));
      expect(row).toMatchObject({ ...REFUSED, protocol, status: 403, errorClass: 'permission' });
      expect(row?.model).toBe('claude-sonnet-5');
      const admin = await limitedKey(gateway, { scopes: ['admin:read'] });
      expect(await rowOf(() => askWith(gateway, admin, path))).toMatchObject({ ...REFUSED, status: 403 });
    });

    it('has what is wrong, and names no model that there is none', async () => {
      const bad = { ...REFUSED, protocol, outcome: 'error', status: 400 };
      expect(await rowOf(() => whole({ model: 7 }))).toMatchObject({ ...bad, model: null });
      expect(await rowOf(() => whole({ tools: 7 }))).toMatchObject({ ...bad, model: 'claude-sonnet-5' });
      const headers = { 'x-api-key': key.secret };
      expect(await rowOf(() => post(gateway, '{"model":', { path, headers }))).toMatchObject({ ...bad, model: null });
      const large = { padding: 'x'.repeat(70_000) };
      expect(await rowOf(() => whole(large))).toMatchObject({ ...bad, status: 413, errorClass: 'request_too_large' });
    });

    it('has a model that nobody has, with a name that a database can hold', async () => {
      const row = await rowOf(() => whole({ model: `no\0body ${'\u{1F600}'.repeat(60)}` }));
      expect(row).toMatchObject({ ...REFUSED, protocol, status: 404, errorClass: 'not_found' });
      expect(row?.model?.startsWith('no\uFFFDbody \u{1F600}')).toBe(true);
    });

    it('has nobody who is not let in', async () => {
      await noRowOf(() => askWith(gateway, { id: '', secret: 'amq_wrong' }, path));
    });
  });

  it('has conversations that were made shorter, and nothing that asks no model', async () => {
    const headers = { 'x-api-key': key.secret };
    const input = { model: QUESTION.model, input: 'Hello' };
    simulator.enqueue(good());
    const row = await rowOf(() => post(gateway, input, { path: '/v1/responses/compact', headers }));
    expect(row).toMatchObject({ ...SERVED, protocol: 'openai_responses', isStream: false });
    await noRowOf(() => post(gateway, QUESTION, { path: '/v1/messages/count_tokens', headers }));
    await noRowOf(() => post(gateway, input, { path: '/v1/responses/input_tokens', headers }));
    await noRowOf(() => fetch(`${gateway.url}/v1/models`, { headers }));
  });

  describe('of an endpoint', () => {
    const ask = (fields: object = {}) => askWith(gateway, key, '/v1/messages', fields).then((answer) => answer.text());
    const taken = { inputTokens: 11, outputTokens: 7, cacheReadTokens: 3, credits: null, stopReason: 'end_turn' };

    beforeAll(async () => {
      await setEnabled(endpointId, true);
      for (const { id } of simulator.accounts) await setEnabled(id, false);
    });
    afterAll(async () => {
      await setEnabled(endpointId, false);
      for (const { id } of simulator.accounts) await setEnabled(id, true);
    });

    it('has what its answers say they took', async () => {
      const streamed = await rowOf(() => ask({ stream: true }));
      expect(streamed).toMatchObject({ ...taken, accountId: endpointId, outcome: 'success', isStream: true });
      expect(streamed?.firstTokenMs).not.toBeNull();
      expect(streamed?.cost).toBeGreaterThan(0);
      const whole = await rowOf(() => ask());
      expect(whole).toMatchObject({ ...taken, accountId: endpointId, outcome: 'success', firstTokenMs: null });
    });

    it.each([1e300, 2.5, -1, null, '7', 1e9 + 1])('is not spoilt by %p of its tokens', async (count) => {
      const usage = { input_tokens: count, output_tokens: count, cache_read_input_tokens: count };
      const events = textEvents('claude-sonnet-5', ['word']);
      events.splice(-2, 1, eventOf({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage }));
      endpoint.enqueue(streamOf(...events));
      const row = await rowOf(() => ask({ stream: true }));
      const tokens = [row?.inputTokens, row?.outputTokens, row?.cacheReadTokens].map(Number);
      for (const each of tokens) expect(Number.isSafeInteger(each) && each >= 0 && each <= 1e9).toBe(true);
      expect(row?.cost).toBeLessThan(1e6);
    });

    it('has what came of one that broke off', async () => {
      const events = textEvents('claude-sonnet-5', ['word '.repeat(100)]).slice(0, 4);
      endpoint.enqueue(streamOf(...events, 'reset'));
      const row = await rowOf(() => ask({ stream: true }).catch(() => undefined));
      expect(row).toMatchObject({ accountId: endpointId, outcome: 'error', inputTokens: 11, isEstimated: true });
      expect(row?.outputTokens).toBeGreaterThan(90);
    });
  });

  describe('of an endpoint beside other accounts', () => {
    beforeAll(() => setEnabled(endpointId, true));
    afterAll(() => setEnabled(endpointId, false));

    it('has who answered in its place, and what that took', async () => {
      endpoint.enqueue(errorOf(529, 'overloaded_error', 'busy'));
      const before = endpoint.messages.length;
      let row: UsageRecordEntity | undefined;
      for (let asked = 0; asked < 6 && endpoint.messages.length === before; asked++) {
        row = await rowOf(() => askWith(gateway, key).then((answer) => answer.text()));
      }
      expect(row).toMatchObject({ status: 200, outcome: 'success', errorClass: null, attempts: 2 });
      expect(simulator.accounts.map(({ id }) => id)).toContain(row?.accountId);
    });
  });

  it('has what both rounds of an emulation took', async () => {
    const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
    const fields = { tools, tool_choice: { type: 'tool', name: 'weather' }, stream: true };
    simulator.enqueue(good(), stream(toolUse('tool_1', 'weather', ['{}']), goodEnd(USAGE)));
    const row = await rowOf(() => askWith(gateway, key, '/v1/messages', fields).then((answer) => answer.text()));
    expect(row).toMatchObject({ inputTokens: 20, outputTokens: 10, cacheReadTokens: 14, cacheWriteTokens: 6 });
    expect(row).toMatchObject({ credits: 0.02, attempts: 1, stopReason: 'tool_use' });
    expect(row?.cost).toBeCloseTo(2 * 0.000_078_9, 12);
  });

  it('has what the first round took where the client left during the second', async () => {
    const tools = [{ name: 'weather', input_schema: { type: 'object' } }];
    const fields = { tools, tool_choice: { type: 'tool', name: 'weather' }, stream: true };
    simulator.enqueue(good(), { kind: 'silence' });
    const client = new AbortController();
    const row = await rowOf(async () => {
      const before = simulator.requests.length;
      const gone = askWith(gateway, key, '/v1/messages', fields, { signal: client.signal });
      await eventually(() => simulator.requests.length === before + 2);
      client.abort();
      await gone.catch(() => undefined);
    });
    expect(row).toMatchObject({ outcome: 'cancelled', inputTokens: 10, outputTokens: 5, credits: 0.01 });
    expect(row).toMatchObject({ cacheReadTokens: 7, cacheWriteTokens: 3, isEstimated: false });
  });

  it('has what came of an answer that was held back when its client left', async () => {
    const format = { type: 'json_schema', schema: { type: 'object' } };
    simulator.enqueue(LEFT_OFF);
    const client = new AbortController();
    const row = await rowOf(async () => {
      const fields = { stream: true, output_config: { format } };
      const answer = await askWith(gateway, key, '/v1/messages', fields, { signal: client.signal });
      await answer.body?.getReader().read();
      client.abort();
    });
    expect(row).toMatchObject({ outcome: 'cancelled', isEstimated: true });
    expect(row?.outputTokens).toBeGreaterThan(90);
  });

  it.each(['//v1//messages', '/v1/v1/messages', '/v1/messages/?beta=true', '/messages#x'])(
    'has what was asked at %s',
    async (path) => {
      simulator.enqueue(good());
      const headers = { 'x-api-key': key.secret };
      expect(await rowOf(() => post(gateway, QUESTION, { path, headers }))).toMatchObject(SERVED);
    },
  );

  it('has of each key what its budget was charged', async () => {
    await rows();
    await gateway.app.get(SpendingLedger).write();
    const booked = await gateway.app.get(DataSource).getRepository(ApiKeySpendingEntity).find();
    const sums = new Map<string, { tokens: number; cost: number }>();
    for (const { keyId, cost, ...row } of await rows()) {
      const sum = sums.get(keyId) ?? { tokens: 0, cost: 0 };
      sum.tokens += row.inputTokens + row.outputTokens + row.cacheReadTokens + row.cacheWriteTokens;
      sum.cost += cost;
      sums.set(keyId, sum);
    }
    expect(booked.length).toBeGreaterThan(0);
    for (const { keyId, tokens, cost } of booked) {
      expect({ keyId, tokens: sums.get(keyId)?.tokens }).toEqual({ keyId, tokens });
      expect(sums.get(keyId)?.cost).toBeCloseTo(cost, 9);
    }
  });

  it('has what a shutdown cut', async () => {
    const before = (await rows()).length;
    simulator.enqueue(LEFT_OFF, LEFT_OFF, LEFT_OFF);
    const paths: ProtocolPath[] = ['/v1/messages', '/v1/chat/completions', '/v1/responses'];
    const answers = await Promise.all(paths.map((path) => askWith(gateway, key, path, { stream: true })));
    const read = Promise.all(answers.map((answer) => answer.text()));
    await gateway.close();
    await read;
    const stored = await (await database().open([UsageRecordEntity])).getRepository(UsageRecordEntity).find();
    const cut = stored.sort((one, other) => one.at.getTime() - other.at.getTime()).slice(before);
    expect(cut.map(({ protocol }) => protocol).sort()).toEqual(['anthropic', 'openai_chat', 'openai_responses']);
    for (const row of cut) expect(row).toMatchObject({ status: 200, outcome: 'error', errorClass: 'unavailable' });
    for (const row of cut) expect(row.outputTokens).toBeGreaterThan(90);
  });
});
