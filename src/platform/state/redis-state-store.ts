import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { Clock } from '../clock.js';
import type { AllowanceAnswer, AllowanceLimits, Amount, Spent } from './allowance.js';
import { LocalAllowances } from './local-allowances.js';
import { LocalPlaces } from './local-places.js';
import { MemoryStateStore } from './memory-state-store.js';
import type { PlaceAnswer, PlaceLimits } from './places.js';
import { RedisAllowances } from './redis-allowances.js';
import { RedisPlaces } from './redis-places.js';
import { LockTimeoutError, type LockTimes, StateStore } from './state-store.js';

const PREFIX = 'amq-gateway:';
const POLL_MS = 50;
/** Each message begins with the replica it is from: who sent it was told without Redis. */
const ORIGIN_LENGTH = 36;
/** Deletes the lock only while it is still ours: it may have expired and been taken by another replica. */
const RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0";

/**
 * State shared through Redis. While Redis does not answer, locks hold and things are remembered within this process
 * only, and the log says so once: a gateway that serves with a weaker lock beats one that stops.
 */
export class RedisStateStore extends StateStore implements OnApplicationShutdown {
  private readonly logger = new Logger('StateStore');
  private readonly local = new MemoryStateStore();
  private readonly redis: Redis;
  /** A connection that listens can do nothing else: a second one, from the first subscription on. */
  private listening?: Redis;
  private readonly subscribed = new Set<string>();
  private readonly origin = randomUUID();
  private readonly places: RedisPlaces;
  private readonly allowances: RedisAllowances;
  private publishing = 0;
  private reachable = true;

  constructor(
    private readonly url: string,
    clock = new Clock(),
  ) {
    super();
    this.redis = new Redis(url, {
      maxRetriesPerRequest: 1,
      connectTimeout: 2_000,
      commandTimeout: 2_000,
      // A connection that says nothing is replaced: the system would take a quarter of an hour to find it dead.
      socketTimeout: 5_000,
      // A primary that became a replica keeps its connections, and refuses to write.
      reconnectOnError: (error) => error.message.startsWith('READONLY'),
    });
    this.redis.on('error', () => undefined); // reported once by `attempt`; an unheard 'error' would end the process
    const line = {
      redis: this.redis,
      prefix: PREFIX,
      isReachable: () => this.reachable,
      attempt: <T>(command: () => Promise<T>) => this.attempt(command),
    };
    this.places = new RedisPlaces(line, new LocalPlaces(clock), clock);
    this.allowances = new RedisAllowances(line, new LocalAllowances(clock), clock);
  }

  withLock<T>(name: string, times: LockTimes, task: () => Promise<T>): Promise<T> {
    const until = performance.now() + times.waitMs;
    // The local lock first: of one process only one asks Redis, and it still holds when Redis is away.
    return this.local.withLock(name, times, async () => {
      const key = `${PREFIX}lock:${name}`;
      const token = randomUUID();
      const taken = await this.acquire(key, token, { name, times, until });
      try {
        return await task();
      } finally {
        // Also where Redis did not say that it is ours: it may hear us later than we asked.
        const released = this.attempt(() => this.redis.eval(RELEASE, 1, key, token));
        if (taken) await released;
      }
    });
  }

  async remember(key: string, value: string, ttlSeconds: number): Promise<void> {
    await this.local.remember(key, value, ttlSeconds);
    await this.attempt(() => this.redis.set(PREFIX + key, value, 'EX', ttlSeconds));
  }

  /**
   * A request waits for this: once Redis is known to be away, it is not asked again before something else found it.
   * Where Redis answers, what it does not know is forgotten here too: another replica may have wanted that.
   */
  async recall(keys: readonly string[]): Promise<(string | undefined)[]> {
    if (keys.length === 0 || !this.reachable) return this.local.recall(keys);
    const shared = await this.attempt(() => this.redis.mget(keys.map((key) => PREFIX + key)));
    if (!shared) return this.local.recall(keys);
    await this.local.forget(keys.filter((_, index) => shared[index] === null));
    return shared.map((value) => value ?? undefined);
  }

  async forget(keys: readonly string[]): Promise<void> {
    await this.local.forget(keys);
    if (keys.length > 0) await this.attempt(() => this.redis.del(keys.map((key) => PREFIX + key)));
  }

  takePlace(name: string, limits: PlaceLimits): Promise<PlaceAnswer> {
    return this.places.take(name, limits);
  }

  takeAllowance(name: string, limits: AllowanceLimits, estimate: Amount, spent: Spent): Promise<AllowanceAnswer> {
    return this.allowances.take(name, limits, estimate, spent);
  }

  publish(channel: string, message: string): void {
    this.local.publish(channel, message);
    // Of a Redis known to be away, one message at a time finds out whether it is back; the rest is not held for it.
    if (!this.reachable && this.publishing > 0) return;
    this.publishing++;
    void this.attempt(() => this.redis.publish(this.channelName(channel), this.origin + message)).then(() => {
      this.publishing--;
    });
  }

  subscribe(channel: string, listener: (message: string) => void): void {
    this.local.subscribe(channel, listener);
    if (this.subscribed.has(channel)) return;
    this.subscribed.add(channel);
    this.listening ??= this.listen();
    // Waits for a connection for as long as it takes; ioredis repeats it on each new one.
    this.listening.subscribe(this.channelName(channel)).catch(() => undefined);
  }

  async onApplicationShutdown(): Promise<void> {
    this.redis.disconnect();
    this.listening?.disconnect();
    this.places.stop();
    this.allowances.stop();
  }

  private listen(): Redis {
    // Keepalive: nothing is ever sent here, so nothing else would show that the other side is gone.
    const listening = new Redis(this.url, { maxRetriesPerRequest: null, connectTimeout: 2_000, keepAlive: 10_000 });
    listening.on('error', () => undefined);
    listening.on('message', (name: string, text: string) => {
      if (text.startsWith(this.origin)) return;
      this.local.publish(name.slice(this.channelName('').length), text.slice(ORIGIN_LENGTH));
    });
    return listening;
  }

  /** Redis' channels, unlike its keys, are the same in all its databases. */
  private channelName(channel: string): string {
    return `${PREFIX}${this.redis.options.db ?? 0}:${channel}`;
  }

  /** @returns false while Redis does not answer */
  private async acquire(key: string, token: string, { name, times, until }: LockWanted): Promise<boolean> {
    for (;;) {
      const answer = await this.attempt(() => this.redis.set(key, token, 'PX', times.holdMs, 'NX'));
      if (answer === undefined) return false;
      if (answer === 'OK') return true;
      if (performance.now() + POLL_MS > until) throw new LockTimeoutError(name, times.waitMs);
      await delay(POLL_MS);
    }
  }

  private async attempt<T>(command: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await command();
      if (!this.reachable) this.logger.log('Redis answers again');
      this.reachable = true;
      return answer;
    } catch (error) {
      if (this.reachable)
        this.logger.warn(`Redis does not answer, locks hold in this process only: ${(error as Error).message}`);
      this.reachable = false;
      return undefined;
    }
  }
}

interface LockWanted {
  name: string;
  times: LockTimes;
  /** By the clock of `performance`. */
  until: number;
}
