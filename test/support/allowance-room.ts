import { jest } from '@jest/globals';
import { Redis } from 'ioredis';
import { MemoryStateStore } from '../../src/platform/state/memory-state-store.js';
import { RedisStateStore } from '../../src/platform/state/redis-state-store.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import { TestClock } from './test-clock.js';

/** Where allowances are taken, under a clock that stands still until a test moves it. */
export interface AllowanceRoom {
  /** How often to try what is tried with chance. */
  runs: number;
  /** Each time another one of those that share their state. */
  replica(): StateStore;
  /** One that no other test has. */
  nameOf(name: string): string;
  now(): number;
  advance(seconds: number): Promise<void>;
  close(): Promise<void>;
}

export function memoryRoom(): AllowanceRoom {
  const clock = new TestClock();
  const state = new MemoryStateStore(clock);
  return {
    runs: 300,
    replica: () => state,
    nameOf: (name) => name,
    now: () => clock.now(),
    advance: async (seconds) => clock.advance(seconds),
    close: async () => undefined,
  };
}

/** Two replicas on one Redis, whose scripts ask a key for the time. Its names begin with one that is its own. */
export function redisRoom(url: string): AllowanceRoom & { redis: Redis; replicas: RedisStateStore[] } {
  const clock = new TestClock();
  const redis = new Redis(url);
  const replicas = [new RedisStateStore(url, clock), new RedisStateStore(url, clock)];
  const own = `spec-${process.pid}-${Math.random()}`;
  const clockKey = `${own}:clock`;
  const tellTime = () => redis.rpush(clockKey, Math.floor(clock.now() / 1000), (clock.now() % 1000) * 1000);
  const time = `redis.call('lrange', '${clockKey}', -2, -1)`;
  const spies = withTime(time);
  const ready = tellTime();
  let asked = 0;
  const nameOf = (name: string) => `${own} ${name}`;
  const replica = () => {
    const { takeAllowance } = RedisStateStore.prototype;
    const state = replicas[asked++ % replicas.length] as RedisStateStore;
    return Object.assign(Object.create(state) as StateStore, {
      takeAllowance: async (...[name, ...rest]: Parameters<StateStore['takeAllowance']>) => {
        await ready;
        return takeAllowance.call(state, name.startsWith(own) ? name : nameOf(name), ...rest);
      },
    });
  };
  return {
    redis,
    replicas,
    runs: 60,
    replica,
    nameOf,
    now: () => clock.now(),
    advance: async (seconds) => {
      clock.advance(seconds);
      await tellTime();
    },
    close: async () => {
      for (const each of spies) each.mockRestore();
      const keys = await redis.keys(`*${own}*`);
      if (keys.length > 0) await redis.del(keys);
      redis.disconnect();
      for (const each of replicas) await each.onApplicationShutdown();
    },
  };
}

function withTime(time: string) {
  const { eval: run } = Redis.prototype as unknown as { eval: (...values: unknown[]) => Promise<unknown> };
  const forgotten = jest.spyOn(Redis.prototype, 'evalsha').mockRejectedValue(new Error('NOSCRIPT'));
  const timed = jest.spyOn(Redis.prototype, 'eval').mockImplementation(function (this: Redis, ...values: unknown[]) {
    const [source, ...rest] = values;
    return run.call(this, `${source}`.replaceAll("redis.call('time')", time), ...rest);
  });
  return [forgotten, timed];
}
