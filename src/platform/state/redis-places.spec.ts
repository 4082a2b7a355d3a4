import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { describeWith } from '../../../test/support/services.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { LocalPlaces } from './local-places.js';
import type { Place, PlaceLimits } from './places.js';
import { RedisPlaces } from './redis-places.js';
import { RedisStateStore } from './redis-state-store.js';

const PREFIX = 'amq-gateway:';

describeWith('redis', 'places that replicas take together', (url) => {
  let redis: Redis;
  let replicas: RedisStateStore[];
  let name: string;

  beforeEach(() => {
    redis = new Redis(url);
    replicas = [new RedisStateStore(url), new RedisStateStore(url), new RedisStateStore(url)];
    name = `spec-${process.pid}-${Math.random()}`;
  });

  afterEach(async () => {
    await redis.del(`${PREFIX}taken:${name}`, `${PREFIX}minute:${name}`);
    redis.disconnect();
    for (const each of replicas) await each.onApplicationShutdown();
  });

  async function take(replica: number, limits: PlaceLimits): Promise<Place | undefined> {
    const answer = await (replicas[replica] as RedisStateStore).takePlace(name, limits);
    return 'place' in answer ? answer.place : undefined;
  }

  async function refusal(replica: number, limits: PlaceLimits): Promise<unknown> {
    const answer = await (replicas[replica] as RedisStateStore).takePlace(name, limits);
    return 'refused' in answer ? answer.refused : 'taken';
  }

  it('gives out no more at once than there are, however many replicas ask at once', async () => {
    const all = await Promise.all(Array.from({ length: 90 }, (_, index) => take(index % 3, { atOnce: 7 })));
    const taken = all.filter((place) => place !== undefined);
    expect(taken).toHaveLength(7);
    expect(await redis.zcard(`${PREFIX}taken:${name}`)).toBe(7);
    await Promise.all(taken.map((place) => place.leave()));
    expect(await redis.exists(`${PREFIX}taken:${name}`)).toBe(0);
  });

  it('gives a replica what another gave back, and tells that it was full', async () => {
    const [first, second] = [await take(0, { atOnce: 2 }), await take(1, { atOnce: 2 })];
    expect(await refusal(2, { atOnce: 2 })).toEqual({ limit: 'atOnce' });
    expect([await first?.leave(), await second?.leave(), await second?.leave()]).toEqual([true, false, false]);
    expect(await take(2, { atOnce: 2 })).toBeDefined();
  });

  it('gives out no more a minute than there are, given back or not, and says when there are more', async () => {
    const limits = { perMinute: 5 };
    for (let index = 0; index < 5; index++) await (await take(index % 3, limits))?.leave();
    const refused = await Promise.all([0, 1, 2].map((replica) => refusal(replica, limits)));
    for (const each of refused) {
      expect(each).toEqual({ limit: 'perMinute', freeInMs: expect.any(Number) });
      expect((each as { freeInMs: number }).freeInMs).toBeGreaterThan(55_000);
      expect((each as { freeInMs: number }).freeInMs).toBeLessThanOrEqual(61_000);
    }
    expect(await redis.ttl(`${PREFIX}minute:${name}`)).toBeGreaterThan(0);
  });

  it('counts the seconds of a minute and none before, and tells when enough of them are over', async () => {
    const [now = 0] = (await redis.time()).map(Number);
    const counts = { [now - 62]: 50, [now - 59]: 1, [now - 30]: 2 };
    await redis.hset(`${PREFIX}minute:${name}`, counts);
    expect(await take(0, { perMinute: 4 })).toBeDefined();
    const { freeInMs } = (await refusal(1, { perMinute: 4 })) as { freeInMs: number };
    expect(freeInMs).toBeGreaterThan(0);
    expect(freeInMs).toBeLessThanOrEqual(2_000);
    const later = (await refusal(1, { perMinute: 2 })) as { freeInMs: number };
    expect(later.freeInMs).toBeGreaterThan(28_000);
    expect(later.freeInMs).toBeLessThanOrEqual(31_000);
    expect(Object.keys(await redis.hgetall(`${PREFIX}minute:${name}`))).not.toContain(`${now - 62}`);
  });

  it('takes back the places of a replica that died', async () => {
    const [now = 0] = (await redis.time()).map(Number);
    await redis.zadd(`${PREFIX}taken:${name}`, now * 1000 - 1, 'of a dead replica', now * 1000 + 50_000, 'of another');
    expect(await take(0, { atOnce: 2 })).toBeDefined();
    expect(await refusal(0, { atOnce: 2 })).toEqual({ limit: 'atOnce' });
    expect(await redis.pttl(`${PREFIX}taken:${name}`)).toBeGreaterThan(50_000);
  });

  it('holds the places of running requests for as long as they run, also over a restart of Redis', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'Date'] });
    try {
      const place = await take(0, { atOnce: 1 });
      await redis.del(`${PREFIX}taken:${name}`);
      jest.advanceTimersByTime(20_000);
      await (replicas[0] as RedisStateStore).recall(['after that']);
      expect(await refusal(1, { atOnce: 1 })).toEqual({ limit: 'atOnce' });
      await place?.leave();
      expect(await take(1, { atOnce: 1 })).toBeDefined();
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives back as soon as Redis is there again what was left while it was away', async () => {
    let isThere = true;
    const attempt = async <T>(command: () => Promise<T>) => (isThere ? command() : undefined);
    const line = { redis, prefix: PREFIX, isReachable: () => isThere, attempt };
    const places = new RedisPlaces(line, new LocalPlaces(new TestClock()), new TestClock());
    const leftMeanwhile = await places.take(name, { atOnce: 1 });
    isThere = false;
    if ('place' in leftMeanwhile) await leftMeanwhile.place.leave();
    isThere = true;
    expect(await places.take(name, { atOnce: 1 })).toHaveProperty('place');
    expect(await redis.zcard(`${PREFIX}taken:${name}`)).toBe(1);
    places.stop();
  });

  it('gives back what Redis gave out without being able to say so', async () => {
    let isHeard = true;
    const attempt = async <T>(command: () => Promise<T>) => {
      const answer = await command();
      return isHeard ? answer : undefined;
    };
    const line = { redis, prefix: PREFIX, isReachable: () => isHeard, attempt };
    const places = new RedisPlaces(line, new LocalPlaces(new TestClock()), new TestClock());
    const unheard = places.take(name, { atOnce: 1 });
    isHeard = false;
    const taken = await unheard;
    if ('place' in taken) await taken.place.leave();
    isHeard = true;
    expect(await places.take(name, { atOnce: 1 })).toHaveProperty('place');
    places.stop();
  });
});

describe('places while Redis is away', () => {
  it('are those that this process took, and nobody waits for Redis each time', async () => {
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
    // Nothing listens at the discard port.
    const state = new RedisStateStore('redis://127.0.0.1:9', new TestClock());
    const first = await state.takePlace('one', { atOnce: 1, perMinute: 2 });
    expect(first).toHaveProperty('place');
    expect(await state.takePlace('one', { atOnce: 1, perMinute: 2 })).toEqual({ refused: { limit: 'atOnce' } });
    if ('place' in first) expect(await first.place.leave()).toBe(true);
    for (let taken = 0; taken < 100; taken++) {
      const answer = await state.takePlace('other', { atOnce: 1_000 });
      if ('place' in answer && taken % 2) await answer.place.leave();
    }
    expect(warn).toHaveBeenCalledTimes(1);
    await state.onApplicationShutdown();
    warn.mockRestore();
  });
});
