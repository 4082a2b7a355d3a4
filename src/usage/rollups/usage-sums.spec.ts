import { beforeEach, expect, it } from '@jest/globals';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { openUsageRoom, type UsageRoom, usageRecord } from '../../../test/support/usage-room.js';
import type { UsageRecord } from '../ledger/usage-record.js';
import { ADDED, DIMENSIONS, type Dimension } from './usage-sum.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** The test clock's: noon. */
const NOW = Date.UTC(2026, 10, 20, 12);
const TO = new Date(NOW + HOUR).toISOString();
const FROM = new Date(NOW - 2 * DAY).toISOString();

const memberOf: Record<Dimension, (record: UsageRecord) => string | null> = {
  account: ({ accountId }) => accountId,
  apiKey: ({ keyId }) => keyId,
  model: ({ upstreamModel }) => upstreamModel,
  protocol: ({ protocol }) => protocol,
};

/** Requests of a day and a half: two hours of three have none, each is in another combination. */
function records(count: number): UsageRecord[] {
  return Array.from({ length: count }, (_, index) => {
    const before = (index * 7919 * 1_000) % (36 * HOUR);
    const at = NOW - before - (Math.floor((NOW - before) / HOUR) % 3) * HOUR;
    return usageRecord({
      at,
      keyId: `key-${index % 4}`,
      accountId: index % 7 === 0 ? null : `account-${index % 3}`,
      upstreamModel: index % 7 === 0 ? null : `model-${index % 2}`,
      protocol: (['anthropic', 'openai_chat', 'openai_responses'] as const)[index % 3],
      outcome: (['success', 'success', 'error', 'cancelled'] as const)[index % 4],
      inputTokens: index,
      credits: index % 2 === 0 ? null : index / 8,
      cost: index / 64,
      durationMs: 50 + index * 11,
      firstTokenMs: index % 5 === 0 ? null : 20 + index * 3,
    });
  });
}

/** The same worked out here. */
function expected(all: readonly UsageRecord[], interval?: number, groupBy?: Dimension) {
  const points = new Map<string, Record<string, number>>();
  for (const record of all) {
    const start = interval ? Math.floor(record.at / interval) * interval : Date.parse(FROM);
    const name = `${new Date(start).toISOString()} ${groupBy ? memberOf[groupBy](record) : '-'}`;
    const point = points.get(name) ?? Object.fromEntries(ADDED.map((each) => [each, 0]));
    points.set(name, point);
    const added = {
      ...record,
      requests: 1,
      errors: Number(record.outcome === 'error'),
      cancelled: Number(record.outcome === 'cancelled'),
      credits: record.credits ?? 0,
    };
    for (const each of ADDED) point[each] = (point[each] ?? 0) + added[each];
  }
  return Object.fromEntries([...points].toSorted());
}

async function answered(room: UsageRoom, interval?: 'hour' | 'day', groupBy?: Dimension) {
  const { data } = await room.summary({ from: FROM, to: TO, interval, groupBy });
  const points = data.map((point) => [
    `${point.start} ${point.group ? point.group.id : '-'}`,
    Object.fromEntries(ADDED.map((each) => [each, point[each]])),
  ]);
  return Object.fromEntries(points.toSorted());
}

/** Every kind of summary. */
async function expectRight(room: UsageRoom, all: readonly UsageRecord[]) {
  for (const interval of [undefined, 'hour', 'day'] as const) {
    for (const groupBy of [undefined, ...DIMENSIONS]) {
      const length = interval && { hour: HOUR, day: DAY }[interval];
      const variant = { interval, groupBy };
      expect({ variant, data: await answered(room, interval, groupBy) }).toEqual({
        variant,
        data: expected(all, length, groupBy),
      });
    }
  }
  const { totals } = await room.summary({ from: FROM, to: TO });
  expect(totals.latencyMs.p50).toBeCloseTo(
    (await room.summary({ from: FROM, to: TO, groupBy: 'account' })).totals.latencyMs.p50 ?? -1,
  );
}

describeOnEachSharedDatabase('sums of usage', (database) => {
  let room: UsageRoom;
  const all = records(200);

  beforeEach(async () => {
    room = await openUsageRoom(database());
    await room.records.insert(all);
  });

  it('tell the same before and after hours and days are summed up, and when the requests are gone', async () => {
    await expectRight(room, all);
    await room.job.run();
    expect(await room.count('usage_periods', `period = 'hour' AND summed = changes`)).toBeGreaterThan(10);
    expect(await room.count('usage_periods', `period = 'day'`)).toBe(1);
    await expectRight(room, all);
    await room.query(`DELETE FROM usage_records WHERE at < ${NOW - 2 * HOUR}`);
    await expectRight(room, all);
  });

  it('have what came late: at once, and summed up again', async () => {
    await room.job.run();
    const late = [usageRecord({ at: NOW - 30 * HOUR }), usageRecord({ at: NOW - 31 * HOUR, keyId: 'key-9' })];
    const times = room.lateRows.lateOf([NOW, ...late.map(({ at }) => at)]);
    await room.lateRows.note(times);
    await room.records.insert(late);
    await room.lateRows.note(times);
    await expectRight(room, [...all, ...late]);
    await room.job.run();
    expect(await room.count('usage_periods', `period = 'hour' AND summed <> changes`)).toBe(0);
    await room.query(`DELETE FROM usage_records WHERE at < ${NOW - 2 * HOUR}`);
    await expectRight(room, [...all, ...late]);
  });

  it('have what came late while they were summed up', async () => {
    const late = usageRecord({ at: all[50]?.at ?? 0 });
    const { sumUpHour } = room.sums;
    let told = false;
    room.sums.sumUpHour = async (dimension, start, revision) => {
      await sumUpHour.call(room.sums, dimension, start, revision);
      if (told || start !== late.at - (late.at % HOUR)) return;
      told = true;
      await room.lateRows.note([late.at]);
      await room.records.insert([late]);
      await room.lateRows.note([late.at]);
    };
    await room.rollUp.sumUpDue(() => false);
    await expectRight(room, [...all, late]);
    await room.job.run();
    expect(await room.count('usage_periods', `period = 'hour' AND summed <> changes`)).toBe(0);
    await expectRight(room, [...all, late]);
  });

  it('are right when replicas make them at once', async () => {
    const other = database().kind === 'postgres' ? await openUsageRoom(database(), room) : room;
    await Promise.all([room.rollUp.sumUpDue(() => false), other.rollUp.sumUpDue(() => false)]);
    await room.query(`DELETE FROM usage_records WHERE at < ${NOW - 2 * HOUR}`);
    await expectRight(room, all);
  });

  it('are not replaced by those of a replica that began before something came late', async () => {
    await room.job.run();
    const [{ start }] = await room.query(`SELECT min(start) AS start FROM usage_periods WHERE period = 'hour'`);
    await room.lateRows.note([Number(start)]);
    await room.job.run();
    await room.query(`UPDATE usage_records SET input_tokens = 1000000 WHERE at < ${NOW - 2 * HOUR}`);
    for (const dimension of ['all', ...DIMENSIONS] as const) await room.sums.sumUpHour(dimension, Number(start), 0);
    await room.query(`DELETE FROM usage_records WHERE at < ${NOW - 2 * HOUR}`);
    await expectRight(room, all);
  });

  it('have what came after a clock that was ahead summed hours up, and of hours it left out', async () => {
    const ahead = usageRecord({ at: NOW + 3 * HOUR });
    await room.records.insert([ahead]);
    room.clock.advance(5 * 3_600);
    await room.job.run();
    room.clock.advance(-5 * 3_600);
    await room.job.run();
    const after = [NOW + 1, NOW + HOUR, NOW + 3 * HOUR + 1].map((at) => usageRecord({ at }));
    await room.records.insert(after);
    expect((await room.summary({ from: FROM, to: TO })).totals.requests).toBe(all.length + 1);
    room.clock.advance(5 * 3_600);
    await room.job.run();
    await room.query(`DELETE FROM usage_records WHERE at < ${NOW + 4 * HOUR}`);
    const { totals } = await room.summary({ from: FROM, to: new Date(NOW + 5 * HOUR).toISOString() });
    expect(totals.requests).toBe(all.length + 4);
  });

  it('wait until an hour has been over for two minutes', async () => {
    room.clock.advance(600);
    await room.job.run();
    const summed = await room.count('usage_periods', `period = 'hour'`);
    await room.records.insert([usageRecord({ at: NOW + 1 })]);
    room.clock.advance(3_000 + 119);
    await room.job.run();
    expect(await room.count('usage_periods', `period = 'hour'`)).toBe(summed);
    room.clock.advance(1);
    await room.job.run();
    expect(await room.count('usage_periods', `period = 'hour'`)).toBe(summed + 1);
  });
});
