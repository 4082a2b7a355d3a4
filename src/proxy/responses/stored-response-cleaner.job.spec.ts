import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { eventually } from '../../../test/support/ask.js';
import { describeOnEachDatabase } from '../../../test/support/databases.js';
import {
  answerItem,
  keep,
  openResponseStore,
  type ResponseStoreRoom,
  textsOf,
} from '../../../test/support/response-store-room.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { readConfiguration } from '../../platform/config/configuration.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import type { StoredAgeRepository } from './stored-age.repository.js';
import { StoredResponseCleaner } from './stored-response-cleaner.job.js';

const DAY = 24 * 3600;

async function idsOf({ dataSource }: ResponseStoreRoom, table: string): Promise<string[]> {
  const rows: { id: string }[] = await dataSource.query(`SELECT id FROM ${table}`);
  return rows.map(({ id }) => id).sort();
}

/** Ids of the responses that are there, without their prefix. */
async function kept(room: ResponseStoreRoom): Promise<string[]> {
  return (await idsOf(room, 'stored_responses')).map((id) => id.replace('resp_', ''));
}

/** What one response of the tests takes; all are of one length. */
async function sizeOfOne(room: ResponseStoreRoom): Promise<number> {
  await keep(room, 'measured', '0');
  return room.ages.sizeOf('measured');
}

describeOnEachDatabase('cleaning up stored responses', (database) => {
  it('deletes what is expired, however much it is, and nothing else', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: String(DAY) });
    await Promise.all(Array.from({ length: 130 }, (_, index) => keep(room, `key ${index % 3}`, `old_${index}`)));
    room.clock.advance(DAY);
    await keep(room, 'key 1', 'new');
    await room.cleaner.clean();
    expect(await kept(room)).toEqual(['new']);
    // Items live a little longer.
    expect((await idsOf(room, 'stored_items')).length).toBeGreaterThan(2);
    room.clock.advance(600);
    await room.cleaner.clean();
    expect(await idsOf(room, 'stored_items')).toHaveLength(2);
    expect(await room.dataSource.query('SELECT * FROM stored_item_uses')).toHaveLength(2);
    expect(await room.store.get('key 1', 'resp_new')).toMatchObject({ id: 'resp_new' });
  });

  it('deletes what a deleted key had, at once, and with the next run what an answer stored meanwhile', async () => {
    const room = await openResponseStore(database());
    await Promise.all(Array.from({ length: 130 }, (_, index) => keep(room, 'deleted', `old_${index}`)));
    await keep(room, 'other', 'other');
    room.cleaner.keyDeleted('deleted');
    await room.cleaner.clean();
    expect(await kept(room)).toEqual(['other']);
    expect(await idsOf(room, 'stored_items')).toHaveLength(2);

    room.cleaner.keyDeleted('another');
    // One piece of work at a time: this is stored after the first time the key's are deleted.
    await keep(room, 'another', 'late');
    await room.cleaner.clean();
    await room.cleaner.clean();
    expect(await kept(room)).toEqual(['other']);
  });

  it('goes on with the next run where a deleted key’s responses could not be deleted', async () => {
    const room = await openResponseStore(database());
    await keep(room, 'deleted', 'old');
    jest.spyOn(room.ages, 'deleteOldest').mockRejectedValueOnce(new Error('the database is away'));
    room.cleaner.keyDeleted('deleted');
    await room.cleaner.clean();
    expect(await kept(room)).toEqual([]);
  });

  it('lets several replicas do so at once', async () => {
    const clock = new TestClock();
    const first = await openResponseStore(database(), {}, clock);
    const replicas = [first];
    for (let number = 1; number < 3; number++) replicas.push(await openResponseStore(database(), {}, clock));
    await Promise.all(Array.from({ length: 250 }, (_, index) => keep(first, 'key', `old_${index}`)));
    clock.advance(31 * DAY);
    await Promise.all(replicas.map(({ cleaner }) => cleaner.clean()));
    // One that was in another's way tries again at its next turn.
    await first.cleaner.clean();
    for (const table of ['stored_items', 'stored_responses']) expect(await idsOf(first, table)).toEqual([]);
  });

  it('leaves a key that is at its limit alone, and of one over it drops what was not used for longest', async () => {
    const size = await sizeOfOne(await openResponseStore(database()));
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${3 * size}b` });
    for (const id of ['1', '2', '3']) {
      await keep(room, 'key', id);
      room.clock.advance(3_600);
    }
    await keep(room, 'other', '9');
    await room.cleaner.clean();
    expect(await kept(room)).toEqual(['0', '1', '2', '3', '9']);
    await keep(room, 'key', '4');
    await room.cleaner.clean();
    expect(await kept(room)).toEqual(['0', '2', '3', '4', '9']);
    expect(await room.ages.sizeOf('key')).toBe(3 * size);
    expect(textsOf((await room.store.find('key', 'resp_2', [])).previous)).toEqual(['question of 2', 'answer of 2']);
  });

  it('never drops what a live conversation uses, however old it is', async () => {
    const size = await sizeOfOne(await openResponseStore(database()));
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${4 * size}b` });
    await keep(room, 'key', '1');
    await keep(room, 'key', '2', { previous: '1' });
    for (let number = 3; number < 9; number++) {
      room.clock.advance(3_600);
      await room.store.find('key', 'resp_2', []);
      await keep(room, 'key', String(number));
      await room.cleaner.clean();
    }
    expect(await kept(room)).toEqual(['0', '1', '2', '7', '8']);
    expect((await room.store.find('key', 'resp_2', [])).previous).toHaveLength(4);
  });

  it('drops the same age as a whole: a response that is left has its items', async () => {
    const size = await sizeOfOne(await openResponseStore(database()));
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${3 * size}b` });
    for (let number = 1; number < 9; number++) await keep(room, 'key', String(number));
    await room.cleaner.clean();
    expect(await room.ages.sizeOf('key')).toBeLessThanOrEqual(3 * size);
    for (const id of await kept(room)) {
      const keyId = id === '0' ? 'measured' : 'key';
      expect((await room.store.find(keyId, `resp_${id}`, [])).previous).toHaveLength(2);
    }
  });

  it('need not be asked: a key that wrote much is looked after at once', async () => {
    const size = await sizeOfOne(await openResponseStore(database()));
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${16 * size}b` });
    for (let number = 10; number < 60; number++) await keep(room, 'key', String(number));
    await eventually(async () => (await room.ages.sizeOf('key')) <= 18 * size);
  });

  it('looks, each minute, after a key that wrote too little to be looked after at once', async () => {
    const size = await sizeOfOne(await openResponseStore(database()));
    const room = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: `${64 * size}b` });
    for (let number = 10; number < 75; number++) await keep(room, 'key', String(number).slice(-1) + number);
    await room.cleaner.clean();
    expect(await room.ages.sizeOf('key')).toBeLessThanOrEqual(64 * size);
  });

  it('keeps what is new, though there is more that is old than one statement takes', async () => {
    const room = await openResponseStore(database());
    const recorder = room.store.recorder('key', { newItems: [], previousResponseId: undefined });
    for (let number = 0; number < 150; number++) await recorder.item(answerItem(`msg_old_${number}`, 'hello'));
    room.clock.advance(3_600);
    await keep(room, 'key', 'new');
    const small = await openResponseStore(database(), { STORED_RESPONSES_MAX_SIZE: '4kb' }, room.clock);
    small.cleaner.wrote('key', 1);
    await small.cleaner.clean();
    expect(await small.ages.sizeOf('key')).toBeLessThanOrEqual(4_096);
    expect((await small.store.find('key', 'resp_new', [])).previous).toHaveLength(2);
  });

  it('drops a response before an item of the same age', async () => {
    const { items, responses, ages, ...room } = await openResponseStore(database());
    await items.insert('key', [{ id: 'msg_1', json: '{}', size: 10 }], 5_000);
    const response = { id: 'resp_1', previousId: undefined, items: { input: [], output: [] }, json: '{}', size: 10 };
    await responses.insert('key', response, 0, 5_000);
    expect(await ages.deleteOldest('key', 1)).toEqual({ rows: 1, bytes: 10 });
    expect(await room.dataSource.query('SELECT id FROM stored_items')).toEqual([{ id: 'msg_1' }]);
    expect(await room.dataSource.query('SELECT id FROM stored_responses')).toEqual([]);
  });

  it('goes on after a failure', async () => {
    const room = await openResponseStore(database(), { STORED_RESPONSES_TTL: '60' });
    await keep(room, 'key', 'one');
    room.clock.advance(1_000);
    const failing = jest.spyOn(room.ages, 'deleteExpired').mockRejectedValueOnce(new Error('deadlock detected'));
    await room.cleaner.clean();
    expect(await kept(room)).toEqual(['one']);
    await room.cleaner.clean();
    expect(await kept(room)).toEqual([]);
    expect(failing).toHaveBeenCalled();
  });
});

describe('the cleaner of stored responses', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('runs each minute, and not once the service stops', async () => {
    jest.useFakeTimers();
    const { cleaner, ages } = fakeRoom();
    cleaner.onApplicationBootstrap();
    for (let minute = 0; minute < 3; minute++) await jest.advanceTimersByTimeAsync(60_000);
    expect(ages.deleteExpired).toHaveBeenCalledTimes(3);
    await cleaner.beforeApplicationShutdown();
    await jest.advanceTimersByTimeAsync(600_000);
    cleaner.wrote('key', 1);
    await cleaner.clean();
    expect([ages.deleteExpired.mock.calls.length, ages.sizeOf.mock.calls.length]).toEqual([3, 0]);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is waited for when the service stops in the middle of it, and begins nothing more', async () => {
    const { cleaner, ages } = fakeRoom();
    const statement = Promise.withResolvers<number>();
    const begun = Promise.withResolvers<void>();
    ages.deleteExpired.mockImplementation(() => {
      begun.resolve();
      return statement.promise;
    });
    void cleaner.clean();
    await begun.promise;
    let hasStopped = false;
    const stopped = cleaner.beforeApplicationShutdown().then(() => {
      hasStopped = true;
    });
    await Promise.resolve();
    expect(hasStopped).toBe(false);
    statement.resolve(100);
    await stopped;
    expect(ages.deleteExpired).toHaveBeenCalledTimes(1);
  });

  it('ends a run that finds no end', async () => {
    const { cleaner, ages } = fakeRoom();
    ages.deleteExpired.mockResolvedValue(100);
    await cleaner.clean();
    expect(ages.deleteExpired).toHaveBeenCalledTimes(200);
  });
});

function fakeRoom() {
  const ages = { deleteExpired: jest.fn(async () => 0), sizeOf: jest.fn(), deleteOldest: jest.fn() };
  const cleaner = new StoredResponseCleaner(
    ages as unknown as StoredAgeRepository,
    new MemoryStateStore(),
    new TestClock(),
    readConfiguration({}),
  );
  return { cleaner, ages };
}
