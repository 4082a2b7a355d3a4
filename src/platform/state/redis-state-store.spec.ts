import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Redis } from 'ioredis';
import { eventually } from '../../../test/support/ask.js';
import { describeWith } from '../../../test/support/services.js';
import { RedisStateStore } from './redis-state-store.js';
import { LockTimeoutError } from './state-store.js';

const TIMES = { holdMs: 5_000, waitMs: 5_000 };

describeWith('redis', 'RedisStateStore on Redis', (url) => {
  let redis: Redis;
  let replicas: RedisStateStore[];
  let name: string;
  const replica = (index: number) => replicas[index] as RedisStateStore;

  beforeEach(() => {
    redis = new Redis(url);
    replicas = [new RedisStateStore(url), new RedisStateStore(url), new RedisStateStore(url)];
    name = `spec-${process.pid}-${Math.random()}`;
  });

  afterEach(async () => {
    await redis.del(`amq-gateway:lock:${name}`, `amq-gateway:${name}`);
    redis.disconnect();
    for (const each of replicas) await each.onApplicationShutdown();
  });

  it('lets one replica hold a lock at a time', async () => {
    let holders = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++holders);
      await redis.ping();
      holders--;
    };
    const all = Array.from({ length: 12 }, (_, index) => replica(index % 3).withLock(name, TIMES, task));
    await Promise.all(all);
    expect(most).toBe(1);
  });

  it('holds the lock in Redis for as long as the task runs, and no longer', async () => {
    const key = `amq-gateway:lock:${name}`;
    await replica(0).withLock(name, TIMES, async () => {
      expect(await redis.pttl(key)).toBeGreaterThan(0);
      expect(await redis.pttl(key)).toBeLessThanOrEqual(TIMES.holdMs);
    });
    expect(await redis.exists(key)).toBe(0);
  });

  it('frees the lock when the task fails, and hands its error on', async () => {
    const failing = replica(0).withLock(name, TIMES, async () => {
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(await replica(1).withLock(name, TIMES, async () => 'next')).toBe('next');
  });

  it('gives up waiting in time', async () => {
    await replica(0).withLock(name, TIMES, async () => {
      const late = replica(1).withLock(name, { holdMs: 1_000, waitMs: 100 }, async () => 'ran');
      await expect(late).rejects.toThrow(LockTimeoutError);
    });
  });

  it('gives up waiting in time, also where Redis takes its time for each answer', async () => {
    const slow = jest.spyOn(Redis.prototype, 'set').mockImplementation(() => delay(60, null));
    const startedAt = performance.now();
    const late = replica(0).withLock(name, { holdMs: 1_000, waitMs: 200 }, async () => 'ran');
    await expect(late).rejects.toThrow(LockTimeoutError);
    expect(performance.now() - startedAt).toBeLessThan(400);
    slow.mockRestore();
  });

  it('frees a lock that Redis gave without being able to say so', async () => {
    const { set } = Redis.prototype as unknown as { set: (...values: unknown[]) => Promise<unknown> };
    const unheard = jest.spyOn(Redis.prototype, 'set').mockImplementation(async function (this: Redis, ...values) {
      await set.apply(this, values);
      throw new Error('Command timed out');
    });
    await replica(0).withLock(name, { ...TIMES, holdMs: 60_000 }, async () => undefined);
    await eventually(async () => (await redis.exists(`amq-gateway:lock:${name}`)) === 0);
    unheard.mockRestore();
  });

  it('takes the lock of a replica that died once its time is over', async () => {
    await redis.set(`amq-gateway:lock:${name}`, 'a dead replica', 'PX', 120);
    expect(await replica(0).withLock(name, TIMES, async () => 'taken')).toBe('taken');
  });

  it('leaves a lock alone that expired and was taken by another replica', async () => {
    const key = `amq-gateway:lock:${name}`;
    await replica(0).withLock(name, TIMES, async () => {
      await redis.set(key, 'somebody else', 'PX', 5_000);
    });
    expect(await redis.get(key)).toBe('somebody else');
  });
});

describeWith('redis', 'RedisStateStore on Redis, remembering', (url) => {
  let redis: Redis;
  let one: RedisStateStore;
  let other: RedisStateStore;
  let key: string;

  beforeEach(() => {
    redis = new Redis(url);
    one = new RedisStateStore(url);
    other = new RedisStateStore(url);
    key = `spec-${process.pid}-${Math.random()}`;
  });

  afterEach(async () => {
    await redis.del(`amq-gateway:${key}`);
    redis.disconnect();
    for (const each of [one, other]) await each.onApplicationShutdown();
  });

  it('lets one replica recall what another remembered, and no longer than it may', async () => {
    await one.remember(key, 'value', 60);
    expect(await other.recall(['nobody', key])).toEqual([undefined, 'value']);
    expect(await redis.ttl(`amq-gateway:${key}`)).toBeGreaterThan(0);
    expect(await redis.ttl(`amq-gateway:${key}`)).toBeLessThanOrEqual(60);
  });

  it('forgets for every replica', async () => {
    await one.remember(key, 'value', 60);
    await other.forget([key]);
    expect(await redis.exists(`amq-gateway:${key}`)).toBe(0);
  });

  it('has no copy of its own outlive what another replica forgot, not even when Redis goes away', async () => {
    await one.remember(key, 'value', 60);
    await other.forget([key]);
    expect(await one.recall([key])).toEqual([undefined]);
    await one.onApplicationShutdown();
    expect(await one.recall([key])).toEqual([undefined]);
  });

  it('asks for nothing where nothing is asked', async () => {
    expect(await one.recall([])).toEqual([]);
    await one.forget([]);
  });
});

describeWith('redis', 'RedisStateStore on Redis, publishing', (url) => {
  const own = Number(url && new URL(url).pathname.slice(1));
  const another = (own + 1) % 16;
  let redis: Redis;
  let stores: RedisStateStore[];
  let channel: string;
  const open = (at = url) => {
    const store = new RedisStateStore(at);
    stores.push(store);
    return store;
  };
  const hearing = (store: RedisStateStore) => {
    const messages: string[] = [];
    store.subscribe(channel, (message) => messages.push(message));
    return messages;
  };
  /** Subscriptions are made in the background. */
  const subscribers = (count: number, database = own) =>
    eventually(async () => (await redis.pubsub('NUMSUB', `amq-gateway:${database}:${channel}`))[1] === count);

  beforeEach(() => {
    redis = new Redis(url);
    stores = [];
    channel = `spec-${process.pid}-${Math.random()}`;
  });

  afterEach(async () => {
    redis.disconnect();
    for (const store of stores) await store.onApplicationShutdown();
  });

  it('tells every replica once, in the order it was said, and the one that says it before all others', async () => {
    const [one, other] = [open(), open()];
    const [own, others] = [hearing(one), hearing(other)];
    await subscribers(2);
    one.publish(channel, 'a');
    one.publish(channel, 'ü: 日本');
    await Promise.resolve();
    expect(own).toEqual(['a', 'ü: 日本']);
    await eventually(() => others.length === 2);
    other.publish(channel, 'end');
    // Redis keeps the order, so anything it brought back to the first would have come before this.
    await eventually(() => own.includes('end'));
    expect(own).toEqual(['a', 'ü: 日本', 'end']);
    expect(others).toEqual(['a', 'ü: 日本', 'end']);
  });

  it('subscribes once, however many listen to a channel', async () => {
    const [one, other] = [open(), open()];
    const [first, second] = [hearing(one), hearing(one)];
    await subscribers(1);
    other.publish(channel, 'a');
    await eventually(() => second.length > 0);
    expect([first, second]).toEqual([['a'], ['a']]);
  });

  it('tells nobody who uses another database of the same Redis', async () => {
    const elsewhere = new URL(`/${another}`, url).href;
    const messages = hearing(open(elsewhere));
    await subscribers(1, another);
    const here = open();
    here.publish(channel, 'for this database');
    await here.recall(['any']); // over the same connection: the message has been dealt with by now
    open(elsewhere).publish(channel, 'for the other');
    await eventually(() => messages.length > 0);
    expect(messages).toEqual(['for the other']);
  });

  it('listens again by itself when its connection was cut', async () => {
    const wire = await openWire(url);
    const messages = hearing(open(wire.url));
    await subscribers(1);
    wire.cut();
    await subscribers(0);
    wire.mend();
    await subscribers(1);
    open().publish(channel, 'still there?');
    await eventually(() => messages.length > 0);
    expect(messages).toEqual(['still there?']);
    await wire.close();
  });
});

describe('RedisStateStore while Redis is away', () => {
  let server: Server;
  let sockets: Socket[];
  let state: RedisStateStore;
  let serving: boolean;
  let received: string;
  const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation(() => undefined);
  const log = jest.spyOn(Logger.prototype, 'log').mockImplementation(() => undefined);

  beforeEach(async () => {
    warn.mockClear();
    log.mockClear();
    sockets = [];
    serving = false;
    received = '';
    // Hangs up on every caller, or answers each command of Redis' protocol (an array of bulk strings) with OK.
    server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => undefined);
      if (!serving) socket.destroy();
      socket.on('data', (data) => {
        received += data.toString();
        socket.write('+OK\r\n'.repeat(data.toString().match(/^\*\d+\r$/gm)?.length ?? 0));
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    state = new RedisStateStore(`redis://127.0.0.1:${(server.address() as AddressInfo).port}`);
  });

  afterEach(async () => {
    await state.onApplicationShutdown();
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });

  it('still lets one task of this process run at a time', async () => {
    const seen: string[] = [];
    const task = (each: string) =>
      state.withLock('token', TIMES, async () => {
        seen.push(`${each} begins`);
        await Promise.resolve();
        seen.push(`${each} ends`);
      });
    await Promise.all([task('a'), task('b')]);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('remembers within this process, and never rejects', async () => {
    await state.remember('a', 'one', 60);
    expect(await state.recall(['a', 'b'])).toEqual(['one', undefined]);
    await state.forget(['a']);
    expect(await state.recall(['a'])).toEqual([undefined]);
  });

  it('keeps no request waiting for a Redis it knows to be away', async () => {
    await state.remember('a', 'one', 60);
    const connections = sockets.length;
    // Asked one after the other, each would wait for a connection that fails.
    for (let tries = 0; tries < 50; tries++) await state.recall(['a']);
    expect(sockets.length - connections).toBeLessThanOrEqual(1);
  });

  it('tells this process what it publishes, and holds nothing for later', async () => {
    const heard: string[] = [];
    state.subscribe('news', (message) => heard.push(message));
    await state.remember('a', 'one', 60); // finds that Redis is away
    for (let index = 0; index < 1_000; index++) state.publish('news', `${index}`);
    await Promise.resolve();
    expect(heard).toEqual(Array.from({ length: 1_000 }, (_, index) => `${index}`));
    serving = true;
    await eventually(() => log.mock.calls.length > 0);
    expect(received.match(/publish/gi)?.length).toBe(1);
  });

  it('warns once, and says so once when Redis is back', async () => {
    for (const each of ['a', 'b', 'c']) await state.withLock(each, TIMES, async () => undefined);
    expect(warn).toHaveBeenCalledTimes(1);
    expect(warn).toHaveBeenCalledWith(expect.stringMatching(/^Redis does not answer, locks hold in this process only/));

    serving = true;
    // ioredis connects again by itself; each lock waits for its next try.
    for (let tries = 0; tries < 20 && log.mock.calls.length === 0; tries++)
      await state.withLock('d', TIMES, async () => undefined);
    await state.withLock('e', TIMES, async () => undefined);
    expect(log.mock.calls).toEqual([['Redis answers again']]);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

/** A way to a server that can be cut while somebody speaks over it. */
async function openWire(to: string): Promise<{ url: string; cut(): void; mend(): void; close(): Promise<void> }> {
  const { hostname, port } = new URL(to);
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(Number(port), hostname);
    for (const end of [near, far]) {
      ends.add(end.on('error', () => undefined).on('close', () => ends.delete(end)));
    }
    near.pipe(far).pipe(near);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const cut = () => {
    isCut = true;
    for (const end of ends) end.destroy();
  };
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(to).pathname}`,
    cut,
    mend: () => {
      isCut = false;
    },
    close: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
