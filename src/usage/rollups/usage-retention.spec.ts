import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { describeOnEachSharedDatabase } from '../../../test/support/databases.js';
import { openUsageRoom, type UsageRoom, usageRecord } from '../../../test/support/usage-room.js';
import { DAY_MS, HOUR_MS } from './periods.js';
import { SUM_DIMENSIONS } from './usage-sum.js';

/** The test clock's: noon. */
const NOW = Date.UTC(2026, 10, 20, 12);
const iso = (at: number) => new Date(at).toISOString();

describeOnEachSharedDatabase('what is old', (database) => {
  let room: UsageRoom;

  beforeEach(async () => {
    room = await openUsageRoom(database());
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('goes in small statements, summed up before, while new requests are written', async () => {
    const old = Array.from({ length: 2_500 }, (_, index) => usageRecord({ at: NOW - 91 * DAY_MS + (index % 1_200) }));
    for (let start = 0; start < old.length; start += 500) await room.records.insert(old.slice(start, start + 500));
    await room.records.insert([usageRecord({ at: NOW - 89 * DAY_MS }), usageRecord({ at: NOW - 90 * DAY_MS })]);
    let written = 0;
    let largest = 0;
    const { deleteRequests } = room.sums;
    jest.spyOn(room.sums, 'deleteRequests').mockImplementation(async (range) => {
      const before = await room.count('usage_records', `at < ${NOW - DAY_MS}`);
      const deleting = deleteRequests.call(room.sums, range);
      await room.records.insert([usageRecord({ at: NOW + written++ })]);
      await deleting;
      largest = Math.max(largest, before - (await room.count('usage_records', `at < ${NOW - DAY_MS}`)));
    });
    const { totals: before } = await room.summary({ from: iso(NOW - 92 * DAY_MS) });
    await room.job.run();
    expect(await room.count('usage_records', `at < ${NOW - DAY_MS}`)).toBe(2);
    expect(written).toBeGreaterThanOrEqual(3);
    expect(largest).toBeLessThanOrEqual(1_100);
    expect(await room.count('usage_records', `at >= ${NOW}`)).toBe(written);
    const { totals: after } = await room.summary({ from: iso(NOW - 92 * DAY_MS) });
    expect(after).toEqual(before);
    expect(after.requests).toBe(2_502);
  });

  it('goes though all of it ended in one millisecond', async () => {
    const at = NOW - 91 * DAY_MS;
    for (let batch = 0; batch < 3; batch++)
      await room.records.insert(Array.from({ length: 500 }, () => usageRecord({ at })));
    await room.job.run();
    expect(await room.count('usage_records')).toBe(0);
    expect((await room.summary({ from: iso(NOW - 92 * DAY_MS) })).totals.requests).toBe(1_500);
  });

  it('stays summed up, when something still older comes for an hour whose requests are gone', async () => {
    const at = NOW - 91 * DAY_MS;
    await room.records.insert([usageRecord({ at }), usageRecord({ at })]);
    await room.job.run();
    await room.lateRows.note([at]);
    await room.records.insert([usageRecord({ at: at + 1 })]);
    await room.lateRows.note([at]);
    await room.job.run();
    expect(await room.count('usage_records')).toBe(0);
    expect((await room.summary({ from: iso(NOW - 92 * DAY_MS) })).totals.requests).toBe(2);
  });

  it('stays summed up, when a replica that fell behind sums it up while its requests go', async () => {
    const at = NOW - 91 * DAY_MS;
    await room.records.insert([usageRecord({ at }), usageRecord({ at: at + 1 })]);
    await room.rollUp.sumUpDue(() => false);
    expect(await room.periods.prune(at - (at % HOUR_MS))).toBe(true);
    await room.sums.deleteRequests({ from: at, to: at + 1 });
    for (const dimension of SUM_DIMENSIONS) await room.sums.sumUpHour(dimension, at - (at % HOUR_MS), 0);
    await room.job.run();
    expect((await room.summary({ from: iso(NOW - 92 * DAY_MS), interval: 'hour' })).totals.requests).toBe(2);
  });

  it('stays while it can not be summed up', async () => {
    await room.records.insert([usageRecord({ at: NOW - 91 * DAY_MS })]);
    jest.spyOn(room.sums, 'sumUpHour').mockRejectedValue(new Error('out of order'));
    await room.job.run();
    expect(await room.count('usage_records')).toBe(1);
    jest.restoreAllMocks();
    await room.job.run();
    expect(await room.count('usage_records')).toBe(0);
  });

  it('is told by day once its hours are gone, and no more after ten years', async () => {
    await room.records.insert([usageRecord({ at: NOW - HOUR_MS }), usageRecord({ at: NOW - 2 * HOUR_MS })]);
    room.clock.advance(13 * 3_600);
    await room.job.run();
    const asked = { from: iso(NOW - DAY_MS), to: iso(NOW + DAY_MS) };
    room.clock.advance(402 * 86_400);
    await room.job.run();
    expect(await room.count('usage_sums', `period = 'hour'`)).toBe(0);
    expect(await room.count('usage_periods', `period = 'hour'`)).toBe(0);
    for (const groupBy of [undefined, 'model', 'apiKey'] as const) {
      const { totals, from } = await room.summary({ ...asked, groupBy });
      expect({ from, requests: totals.requests }).toEqual({ from: '2026-11-19T00:00:00.000Z', requests: 2 });
      expect(totals.latencyMs.p50).toBeGreaterThan(1_950);
    }
    room.clock.advance(3_653 * 86_400);
    await room.job.run();
    expect(await room.count('usage_sums')).toBe(0);
    expect(await room.count('usage_periods')).toBe(0);
  });

  it('waits for the next run when the service stops', async () => {
    for (const day of [91, 92, 93]) await room.records.insert([usageRecord({ at: NOW - day * DAY_MS })]);
    const { deleteRequests } = room.sums;
    jest.spyOn(room.sums, 'deleteRequests').mockImplementation(async (range) => {
      void room.job.beforeApplicationShutdown();
      await deleteRequests.call(room.sums, range);
    });
    await room.job.run();
    expect(await room.count('usage_records')).toBe(2);
  });
});
