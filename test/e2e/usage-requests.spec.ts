import { once } from 'node:events';
import { get, type IncomingMessage, ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { LIST_PRICES_VERSION } from '../../src/core/models/list-prices.js';
import type { ModelProtocol, RequestOutcome } from '../../src/platform/logging/ended-request.js';
import type { ClientFamily } from '../../src/usage/ledger/client-family.js';
import { UsageLedger } from '../../src/usage/ledger/usage-ledger.service.js';
import type { UsageRecord } from '../../src/usage/ledger/usage-record.js';
import { UsageRecordRepository } from '../../src/usage/ledger/usage-record.repository.js';
import type { RequestPosition } from '../../src/usage/requests/request-filter.js';
import { RequestSearchRepository } from '../../src/usage/requests/request-search.repository.js';
import { RequestSearch } from '../../src/usage/requests/request-search.service.js';
import { adminApi } from '../support/admin-api.js';
import { eventually } from '../support/ask.js';
import { describeOnEachSharedDatabase } from '../support/databases.js';
import { askWith, limitedKey } from '../support/limited-keys.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { usageRecord } from '../support/usage-records.js';

const START = Date.UTC(2026, 10, 1);
const ROWS = 1_500;

/** Requests of every kind; four end within each millisecond. */
const records = Array.from({ length: ROWS }, (_, index): UsageRecord => {
  const one = <T>(values: readonly T[], stride: number) => values[Math.floor(index / stride) % values.length] as T;
  const isBad = index % 9 === 4;
  return usageRecord({
    requestId: `req_${((index * 7_919) % ROWS).toString(16).padStart(8, '0')}`,
    at: START + Math.floor(index / 4),
    keyId: one(['key-1', 'key-1', 'key-2', 'key-3'], 1),
    accountId: index % 7 === 3 ? null : one(['account-1', 'account-2'], 3),
    protocol: one<ModelProtocol>(['anthropic', 'anthropic', 'openai_chat', 'openai_responses'], 5),
    model: one(['claude-sonnet-4-5', 'claude-opus-4.5', null], 11),
    upstreamModel: index % 7 === 3 ? null : one(['claude-sonnet-4.5', 'claude-opus-4.5'], 11),
    status: isBad ? one([429, 503], 2) : 200,
    outcome: isBad ? 'error' : one<RequestOutcome>(['success', 'success', 'cancelled'], 17),
    errorClass: isBad ? one(['rate_limit', 'transient'], 2) : null,
    isStream: index % 5 !== 0,
    client: one<ClientFamily>(['claude-code', 'codex', 'curl'], 13),
    inputTokens: 3_000_000_000 + index,
  });
});

const newestFirst = records.toSorted((a, b) => b.at - a.at || (a.requestId < b.requestId ? 1 : -1));

type Query = Record<string, string | number | boolean>;

/** What a query asks for, looked for one by one. */
function expected({ from, to, ...query }: Query): string[] {
  const fields = new Map(Object.entries(query));
  const isAsked = (record: UsageRecord) =>
    (from === undefined || record.at >= Date.parse(String(from))) &&
    (to === undefined || record.at < Date.parse(String(to))) &&
    [...fields].every(([field, value]) => valuesOf(record, field).includes(value));
  return newestFirst.filter(isAsked).map(({ requestId }) => requestId);
}

function valuesOf(record: UsageRecord, field: string): unknown[] {
  const values: Record<string, unknown[]> = {
    apiKey: [record.keyId],
    account: [record.accountId],
    model: [record.model, record.upstreamModel],
    stream: [record.isStream],
    ...Object.fromEntries(
      (['protocol', 'status', 'outcome', 'errorClass', 'client', 'requestId'] as const).map((name) => [
        name,
        [record[name]],
      ]),
    ),
  };
  return values[field] ?? [];
}

const isoAt = (milliseconds: number) => new Date(START + milliseconds).toISOString();

const QUERIES: Query[] = [
  {},
  { from: isoAt(100), to: isoAt(120) },
  { from: isoAt(374) },
  { to: isoAt(1) },
  { apiKey: 'key-1' },
  { apiKey: 'nobody' },
  { account: 'account-2' },
  { model: 'claude-opus-4.5' },
  { model: 'claude-sonnet-4.5' },
  { model: 'claude-sonnet-4-5' },
  { protocol: 'openai_responses' },
  { stream: false },
  { stream: true, protocol: 'openai_chat' },
  { status: 429 },
  { status: 200 },
  { status: 404 },
  { outcome: 'success' },
  { outcome: 'cancelled' },
  { errorClass: 'transient' },
  { client: 'codex' },
  { requestId: 'req_00000007' },
  { requestId: 'req_00000007', apiKey: 'nobody' },
  { requestId: 'req_nothing' },
  { apiKey: 'key-2', account: 'account-1', model: 'claude-opus-4.5', stream: true },
  { apiKey: 'key-3', status: 503, from: isoAt(50), to: isoAt(300) },
  { client: 'curl', outcome: 'error', errorClass: 'rate_limit' },
  { apiKey: 'key-1', account: 'account-1', protocol: 'anthropic', outcome: 'success', client: 'codex', status: 200 },
  { status: 429, outcome: 'success' },
];

describeOnEachSharedDatabase('the request log', (database) => {
  let simulator: Simulator;
  let gateway: RunningGateway;
  const call = adminApi(() => gateway);
  const url = (path: string, query: Query = {}) => {
    const fields = Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]);
    return `${path}?${new URLSearchParams(fields)}`;
  };

  beforeAll(async () => {
    simulator = await Simulator.start();
    gateway = await startGateway(simulator, { accounts: 1, ...database().environment });
    const repository = gateway.app.get(UsageRecordRepository);
    for (let start = 0; start < ROWS; start += 500) await repository.insert(records.slice(start, start + 500));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await gateway.close();
    await simulator.close();
  });

  const allPages = async (query: Query) => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const answer = await call('GET', url('/v2/usage/requests', { ...query, ...(cursor !== null && { cursor }) }));
      expect(answer).toMatchObject({ status: 200 });
      ids.push(...answer.body.data.map(({ requestId }: { requestId: string }) => requestId));
      cursor = answer.body.nextCursor;
    } while (cursor !== null);
    return ids;
  };

  it('has a page of every request that is asked for, the newest first, and none twice', async () => {
    for (const query of QUERIES)
      expect([query, await allPages({ ...query, limit: 97 })]).toEqual([query, expected(query)]);
  });

  it('shows everything of a request but what was said', async () => {
    const { body } = await call('GET', url('/v2/usage/requests', { requestId: records[8]?.requestId ?? '' }));
    expect(body).toEqual({
      data: [
        {
          requestId: records[8]?.requestId,
          at: '2026-11-01T00:00:00.002Z',
          apiKey: 'key-1',
          account: 'account-1',
          protocol: 'anthropic',
          model: 'claude-sonnet-4-5',
          upstreamModel: 'claude-sonnet-4.5',
          status: 200,
          outcome: 'success',
          errorClass: null,
          stream: true,
          attempts: 1,
          inputTokens: 3_000_000_008,
          outputTokens: 200,
          cacheReadTokens: 0,
          cacheWriteTokens: 0,
          reasoningTokens: 0,
          estimated: false,
          credits: 0.04,
          cost: 0.006,
          priceVersion: '2026-11-21',
          timeToFirstTokenMs: 500,
          durationMs: 4_000,
          stopReason: 'end_turn',
          client: 'claude-code',
        },
      ],
      nextCursor: null,
    });
  });

  it('ends a page early where few requests fit, and goes on from there', async () => {
    let now = 0;
    const hurrying = { now: () => ++now };
    const search = new RequestSearch(gateway.app.get(RequestSearchRepository), hurrying);
    const filter = { client: 'claude-code', stream: true, status: 200 };
    const pages: string[][] = [];
    let position: RequestPosition | undefined;
    do {
      const { requests, end } = await search.page(filter, { position, limit: 400, patience: 1 });
      pages.push(requests.map(({ requestId }) => requestId));
      position = end;
    } while (position);
    expect(pages.flat()).toEqual(expected(filter));
    expect(pages[0]?.length).toBeLessThan(400);
  });

  it.each<[string, string, string]>([
    ['from=yesterday', 'from', 'from must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z'],
    ['to=2026-11-01T00:00:00', 'to', 'to must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z'],
    ['from=2026-11-02T00:00:00Z&to=2026-11-01T00:00:00Z', 'to', 'to must be later than from'],
    [
      'protocol=soap',
      'protocol',
      'protocol must be one of the following values: anthropic, openai_chat, openai_responses',
    ],
    ['status=ok', 'status', 'status must be an integer number'],
    ['status=99', 'status', 'status must not be less than 100'],
    ['outcome=fine', 'outcome', 'outcome must be one of the following values: success, error, cancelled'],
    ['stream=yes', 'stream', 'stream must be true or false'],
    ['apiKey=%00', 'apiKey', 'apiKey must be one line of 1 to 200 characters'],
    ['limit=201', 'limit', 'limit must not be greater than 200'],
    ['cursor=abc', 'cursor', 'cursor must be the nextCursor of an earlier answer'],
    ['color=red', 'color', 'property color should not exist'],
    ['model=a&model=b', 'model', 'model must be one line of 1 to 200 characters'],
    ['account[$ne]=x', 'account[$ne]', 'should not exist'],
    [`cursor=${Buffer.from('1.a\0b').toString('base64url')}`, 'cursor', 'cursor must be the nextCursor'],
    [`cursor=${Buffer.from('9999999999999999.a').toString('base64url')}`, 'cursor', 'cursor must be the nextCursor'],
  ])('refuses %s', async (query, field, message) => {
    const { status, body } = await call('GET', `/v2/usage/requests?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual(expect.arrayContaining([{ field, message: expect.stringContaining(message) }]));
  });

  it('is for keys that may read what administrators do', async () => {
    for (const path of ['/v2/usage/requests', '/v2/usage/export.csv', '/v2/usage/prices']) {
      const statuses = await Promise.all(
        ['admin:read', 'inference', 'metrics'].map(async (scope) => {
          const key = await limitedKey(gateway, { scopes: [scope] });
          return (await fetch(gateway.url + path, { headers: { 'x-api-key': key.secret } })).status;
        }),
      );
      expect([path, ...statuses]).toEqual([path, 200, 403, 403]);
    }
  });

  describe('as CSV', () => {
    const download = (query: Query = {}, init: RequestInit = {}) =>
      fetch(gateway.url + url('/v2/usage/export.csv', query), { headers: { 'x-api-key': ADMIN_KEY }, ...init });
    /** The head of an answer that nobody reads on. */
    const open = async () => {
      const request = get(gateway.url + url('/v2/usage/export.csv'), {
        headers: { 'x-api-key': ADMIN_KEY },
        agent: false,
      });
      const [response] = (await once(request, 'response')) as [IncomingMessage];
      return response;
    };
    const endless = () => {
      const search = gateway.app.get(RequestSearch);
      const [last] = records;
      if (!last) throw new Error('There are records');
      const page = { requests: records.slice(0, 500), end: { at: last.at, requestId: last.requestId } };
      return jest.spyOn(search, 'page').mockImplementation(async () => page);
    };

    it('has a line of every request that is asked for', async () => {
      for (const query of QUERIES) {
        const lines = (await (await download(query)).text()).split('\r\n');
        expect(lines[0]).toMatch(/^requestId,at,apiKey,account,protocol,.*,client$/);
        expect([query, lines.slice(1, -1).map((each) => each.split(',')[0])]).toEqual([query, expected(query)]);
        expect(lines.at(-1)).toBe('');
      }
    });

    it('has as many as are asked for at most', async () => {
      for (const limit of [1, 500, 501, 1_499, 9_999]) {
        const lines = (await (await download({ limit })).text()).split('\r\n');
        expect(lines.length - 2).toBe(Math.min(limit, ROWS));
      }
      expect((await download({ limit: 0 })).status).toBe(400);
    });

    it('is a file to keep', async () => {
      const { headers } = await download();
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      expect(headers.get('content-disposition')).toBe('attachment; filename="usage.csv"');
      expect((await download({}, { method: 'HEAD' })).status).toBe(200);
    });

    it('says what went wrong before its first line', async () => {
      jest.spyOn(gateway.app.get(RequestSearchRepository), 'find').mockRejectedValue(new Error('gone'));
      const answer = await download();
      expect(answer.status).toBe(500);
      expect(answer.headers.get('content-type')).toContain('problem+json');
    });

    it('is cut, and no shorter file, where the database fails on its way', async () => {
      const repository = gateway.app.get(RequestSearchRepository);
      const find = repository.find.bind(repository);
      let calls = 0;
      jest.spyOn(repository, 'find').mockImplementation(async (stretch) => {
        if (++calls === 3) throw new Error('gone');
        return find(stretch);
      });
      const answer = await download();
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
      await eventually(() =>
        gateway.logs.some(({ path, outcome }) => path === '/v2/usage/export.csv' && outcome === 'error'),
      );
    });

    it('is written as fast as it is read, two at once, until nobody reads', async () => {
      const page = endless();
      const first = await open();
      let seen = -1;
      await eventually(() => {
        const isStill = seen === page.mock.calls.length;
        seen = page.mock.calls.length;
        return isStill;
      });
      // Some megabytes stand in the buffers of the two sockets.
      expect(seen).toBeLessThan(200);
      const second = await open();
      const refused = await download();
      expect({ status: refused.status, again: refused.headers.get('retry-after') }).toEqual({
        status: 429,
        again: '10',
      });
      first.destroy();
      second.destroy();
      await eventually(async () => {
        const next = await open();
        next.destroy();
        return next.statusCode === 200;
      });
      await eventually(() => {
        const isStill = seen === page.mock.calls.length;
        seen = page.mock.calls.length;
        return isStill;
      });
    });

    it('leaves its place to others when nobody reads on', async () => {
      endless();
      const timers = jest.spyOn(ServerResponse.prototype, 'setTimeout');
      const cut = () =>
        gateway.logs.filter(({ path, outcome }) => path === '/v2/usage/export.csv' && outcome === 'cancelled').length;
      const before = cut();
      const response = await open();
      response.on('error', () => undefined);
      const [, isIdle] = timers.mock.calls.find(([milliseconds]) => milliseconds === 120_000) ?? [];
      await eventually(() => {
        isIdle?.();
        return cut() === before + 1;
      });
      response.destroy();
    });
  });

  describe('and its prices', () => {
    afterEach(async () => {
      await call('PATCH', '/v2/settings', { body: { prices: null } });
    });

    it('are told as a table, whose first line that fits a model counts', async () => {
      const prices = { 'claude-opus-*': { credit: 0.04 }, 'qwen3*': { input: 0.3, output: 2, credit: 0.02 } };
      const { body: settings } = await call('PATCH', '/v2/settings', { body: { prices } });
      const { status, body } = await call('GET', '/v2/usage/prices');
      expect(status).toBe(200);
      expect(body).toMatchObject({ currency: 'USD', version: `${LIST_PRICES_VERSION}+${settings.revision}` });
      const nothing = { input: null, output: null, cacheRead: null, cacheWrite: null, longPrompts: null };
      expect(body.data.slice(0, 2)).toEqual([
        { model: 'claude-opus-*', source: 'own', ...nothing, credit: 0.04 },
        {
          ...nothing,
          model: 'qwen3*',
          source: 'own',
          input: 0.3,
          output: 2,
          cacheRead: 0.03,
          cacheWrite: 0.375,
          credit: 0.02,
        },
      ]);
      expect(body.data.at(-1)).toMatchObject({ model: '*', source: 'list', input: 3, output: 15, credit: null });
      expect(body.data).toContainEqual({
        model: 'gpt-5.6-sol*',
        source: 'list',
        ...{ input: 5, output: 30, cacheRead: 0.5, cacheWrite: 6.25 },
        longPrompts: { above: 272_000, input: 10, output: 45, cacheRead: 1, cacheWrite: 12.5 },
        credit: null,
      });
    });

    it('are those of the moment a request ends', async () => {
      const key = await limitedKey(gateway, {});
      const ask = async () => {
        simulator.reset();
        simulator.answer(() => stream(text('fine'), goodEnd({ uncachedInputTokens: 1_000, outputTokens: 100 })));
        expect((await askWith(gateway, key)).status).toBe(200);
        await gateway.app.get(UsageLedger).write();
      };
      await ask();
      const { body } = await call('PATCH', '/v2/settings', { body: { prices: { '*': { credit: 25 } } } });
      await ask();
      const { body: log } = await call('GET', url('/v2/usage/requests', { apiKey: key.id }));
      expect(log.data).toMatchObject([
        { credits: 0.01, cost: 0.25, priceVersion: `${LIST_PRICES_VERSION}+${body.revision}` },
        { credits: 0.01, cost: 0.003, priceVersion: LIST_PRICES_VERSION },
      ]);
    });
  });
});
