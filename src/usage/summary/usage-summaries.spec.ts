import { beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { openUsageRoom, type UsageRoom, usageRecord } from '../../../test/support/usage-room.js';
import { DAY_MS, HOUR_MS } from '../rollups/periods.js';
import type { UsageSummaryQueryDto } from './dto/usage-summary-query.dto.js';
import { summaryQueryOf } from './summary-query.js';

/** The test clock's: noon. */
const NOW = Date.UTC(2026, 10, 20, 12);
const iso = (at: number) => new Date(at).toISOString();

describe('what a summary is asked for', () => {
  const rangeOf = (query: UsageSummaryQueryDto, now = NOW + 1) => {
    const { from, to } = summaryQueryOf(query, now).range;
    return `${iso(from).slice(0, 13)} ${iso(to).slice(0, 13)}`;
  };

  it.each<[string, UsageSummaryQueryDto, string]>([
    ['the last 24 hours', {}, '2026-11-19T12 2026-11-20T13'],
    ['whole hours', { from: '2026-11-01T10:59:59+02:00', to: '2026-11-02T00:00:00Z' }, '2026-11-01T08 2026-11-02T00'],
    ['whole days', { from: '2026-11-01T10:59:59Z', interval: 'day' }, '2026-11-01T00 2026-11-21T00'],
    [
      'whole days of long ago',
      { from: '2025-01-01T10:59:59Z', to: '2025-01-02T00:00:01Z' },
      '2025-01-01T00 2025-01-03T00',
    ],
    [
      'no further than tomorrow',
      { from: '2026-11-20T00:00:00Z', to: '2999-01-01T00:00:00Z' },
      '2026-11-20T00 2026-11-21T13',
    ],
    ['24 hours before its end', { to: '2026-11-10T00:30:00Z' }, '2026-11-09T00 2026-11-10T01'],
  ])('is %s', (_what, query, range) => {
    expect(rangeOf(query)).toBe(range);
  });

  it.each<[string, UsageSummaryQueryDto, string, string]>([
    ['nothing', { from: iso(NOW), to: iso(NOW) }, 'to', 'to must be later than from'],
    [
      'the future alone',
      { from: '2027-01-01T00:00:00Z', to: '2028-01-01T00:00:00Z' },
      'to',
      'to must be later than from',
    ],
    ['too long a time', { from: '1990-01-01T00:00:00Z' }, 'from', 'a summary is of 3653 days at most'],
    [
      'too long a time of groups',
      { from: '2025-01-01T00:00:00Z', groupBy: 'model' },
      'from',
      'with groupBy is of 400 days',
    ],
    [
      'hours long ago',
      { from: '2025-01-01T00:00:00Z', to: '2025-01-02T00:00:00Z', interval: 'hour' },
      'from',
      'hours are kept for 400 days',
    ],
    ['two filters', { account: 'a', model: 'b' }, 'model', 'of one account, apiKey, model or protocol'],
    ['a filter on another side', { account: 'a', groupBy: 'model' }, 'groupBy', 'groupBy must be account or left out'],
  ])('is refused when it is %s', (_what, query, path, message) => {
    expect(() => rangeOf(query)).toThrow(
      expect.objectContaining({
        message: expect.stringContaining(message),
        fields: [expect.objectContaining({ path })],
      }),
    );
  });
});

describeOnEachSharedDatabase('a summary', (database) => {
  let room: UsageRoom;

  beforeEach(async () => {
    room = await openUsageRoom(database());
  });

  /** Answered alike from requests and from sums. */
  const summaries = async (query: UsageSummaryQueryDto) => {
    const fromRows = await room.summary(query);
    room.clock.advance(7_200);
    await room.job.run();
    await room.query('DELETE FROM usage_records');
    const fromSums = await room.summary({ ...query, from: fromRows.from, to: fromRows.to });
    expect(fromSums).toEqual(fromRows);
    return fromSums;
  };

  it('is empty where there was nothing', async () => {
    const { data, totals } = await summaries({ groupBy: 'apiKey', interval: 'hour' });
    expect(data).toEqual([]);
    expect(totals).toMatchObject({ requests: 0, cost: 0, latencyMs: { p50: null, p99: null } });
  });

  it('tells percentiles within 5 %, of requests that succeeded', async () => {
    const times = Array.from({ length: 400 }, (_, index) => 30 + 2 * ((index * 7_919) % 400) ** 2);
    const sorted = times.toSorted((one, other) => one - other);
    await room.records.insert(
      times.map((durationMs) => usageRecord({ at: NOW - 1, durationMs, firstTokenMs: durationMs / 2 })),
    );
    await room.records.insert(
      times.map(() => usageRecord({ at: NOW - 1, outcome: 'error', durationMs: 1, firstTokenMs: null })),
    );
    const { totals } = await summaries({});
    for (const [name, part] of [
      ['p50', 0.5],
      ['p90', 0.9],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const exact = sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
      expect(Math.abs((totals.latencyMs[name] ?? 0) - exact) / exact).toBeLessThan(0.05);
      expect(Math.abs((totals.timeToFirstTokenMs[name] ?? 0) - exact / 2) / (exact / 2)).toBeLessThan(0.05);
    }
  });

  it('tells the hundred groups with the most requests apart, and the rest together', async () => {
    const records = Array.from({ length: 108 }, (_, key) =>
      Array.from({ length: key < 100 ? 3 : 1 }, () =>
        usageRecord({ at: NOW - HOUR_MS, keyId: `key-${key}`, outputTokens: key, durationMs: key < 100 ? 100 : 9_000 }),
      ),
    ).flat();
    await room.records.insert(records);
    const { data, totals } = await summaries({ groupBy: 'apiKey' });
    expect(data).toHaveLength(101);
    expect(totals).toMatchObject({ requests: 308 });
    expect(data.at(-1)).toMatchObject({
      group: { id: null, name: 'other' },
      requests: 8,
      outputTokens: 828,
      cost: 8 / 512,
      latencyMs: { p50: expect.closeTo(9_000, -3) },
    });
    expect(data.reduce((sum, { requests }) => sum + requests, 0)).toBe(308);
  });

  it('names groups as people do, and those that are gone by their id', async () => {
    await room.query(
      `INSERT INTO api_keys (id, name, prefix, digest, scopes, enabled, seeded, created_at) VALUES ('key-1', 'laptop', 'amq_', 'd', '[]', true, false, 0)`,
    );
    await room.records.insert([
      usageRecord({ at: NOW - 1, accountId: null, upstreamModel: null }),
      usageRecord({ at: NOW - 1, keyId: 'gone' }),
      usageRecord({ at: NOW - 1, keyId: 'gone', upstreamModel: '__proto__' }),
      usageRecord({ at: NOW - 1, upstreamModel: 'constructor' }),
    ]);
    const groups = async (groupBy: 'apiKey' | 'model' | 'account') =>
      (await room.summary({ groupBy })).data.map(({ group }) => `${group?.id} ${group?.name}`).sort();
    expect(await groups('apiKey')).toEqual(['gone null', 'key-1 laptop']);
    expect(await groups('account')).toEqual(['account-1 null', 'null null']);
    expect(await groups('model')).toEqual([
      '__proto__ __proto__',
      'claude-sonnet-4.5 claude-sonnet-4.5',
      'constructor constructor',
      'null null',
    ]);
  });

  it('is of one member, when it is asked for', async () => {
    await room.records.insert([usageRecord({ at: NOW - 1 }), usageRecord({ at: NOW - 2 * DAY_MS, keyId: 'key-2' })]);
    const from = iso(NOW - 3 * DAY_MS);
    expect((await room.summary({ from, apiKey: 'key-2' })).data).toMatchObject([{ group: null, requests: 1 }]);
    expect((await room.summary({ from, apiKey: 'key-2', groupBy: 'apiKey', interval: 'day' })).data).toMatchObject([
      { start: '2026-11-18T00:00:00.000Z', group: { id: 'key-2', name: null }, requests: 1 },
    ]);
    expect((await room.summary({ from, apiKey: `key' OR ''='` })).totals.requests).toBe(0);
  });

  it('has no more than ten thousand points', async () => {
    await room.records.insert(
      Array.from({ length: 15 }, (_, key) => usageRecord({ at: NOW - HOUR_MS, keyId: `key-${key}` })),
    );
    const query = { from: iso(NOW - 30 * DAY_MS), interval: 'hour', groupBy: 'apiKey' } as const;
    await expect(room.summary(query)).rejects.toThrow('720 intervals of 15 groups are more than the 10000 points');
    expect((await room.summary({ ...query, interval: 'day' })).data).toHaveLength(15);
  });
});
