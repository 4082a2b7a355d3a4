import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';
import type { LocalPlace, LocalPlaces } from './local-places.js';
import { OwedPlaces } from './owed-places.js';
import type { NoPlace, Place, PlaceAnswer, PlaceLimits } from './places.js';

/** The places of a replica that died are free again after so long. */
const HOLD_MS = 60_000;
const RENEW_MS = 20_000;
/** While Redis is known to be away, somebody asks so often whether it is back. */
const FIND_OUT_MS = 5_000;
/** Places renewed by one command. */
const BATCH_SIZE = 500;

const NOW = "local time = redis.call('time') local now = time[1] * 1000 + math.floor(time[2] / 1000)";

/**
 * Those who are there (a sorted set by when they expire) and those of the last minute (a hash of counts by second), by
 * Redis' own clock. KEYS: set, hash. ARGV: place, limits (-1: none), hold. Answers 0; 1 and 0; or 2 and milliseconds.
 */
const TAKE = `${NOW}
local atOnce, perMinute, hold = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if atOnce >= 0 then
  redis.call('zremrangebyscore', KEYS[1], '-inf', now)
  if redis.call('zcard', KEYS[1]) >= atOnce then return {1, 0} end
end
if perMinute >= 0 then
  local second = math.floor(now / 1000)
  local counts, seconds, total = redis.call('hgetall', KEYS[2]), {}, 0
  for index = 1, #counts, 2 do
    if tonumber(counts[index]) <= second - 61 then redis.call('hdel', KEYS[2], counts[index])
    else
      total = total + tonumber(counts[index + 1])
      table.insert(seconds, {tonumber(counts[index]), tonumber(counts[index + 1])})
    end
  end
  if total >= perMinute then
    table.sort(seconds, function(one, other) return one[1] < other[1] end)
    for _, each in ipairs(seconds) do
      total = total - each[2]
      if total < perMinute then return {2, (each[1] + 61) * 1000 - now} end
    end
  end
  redis.call('hincrby', KEYS[2], second, 1)
  redis.call('expire', KEYS[2], 61)
end
if atOnce >= 0 then
  redis.call('zadd', KEYS[1], now + hold, ARGV[1])
  redis.call('pexpire', KEYS[1], hold)
end
return {0, 0}`;

/** KEYS: set. ARGV: place, limit. Answers 1 where the set was full before. */
const LEAVE = `local taken = redis.call('zcard', KEYS[1])
if redis.call('zrem', KEYS[1], ARGV[1]) == 1 and taken >= tonumber(ARGV[2]) then return 1 end
return 0`;

/** Those that were lost with a restarted Redis, or taken while it was away, are there again. KEYS: set. ARGV: hold, places. */
const RENEW = `${NOW}
local hold = tonumber(ARGV[1])
for index = 2, #ARGV do redis.call('zadd', KEYS[1], now + hold, ARGV[index]) end
redis.call('pexpire', KEYS[1], hold)
return 1`;

/** The connection, and whether it is known to be good. */
export interface RedisLine {
  readonly redis: Redis;
  readonly prefix: string;
  readonly isReachable: () => boolean;
  /** Undefined: Redis does not answer. */
  readonly attempt: <T>(command: () => Promise<T>) => Promise<T | undefined>;
}

/** The places that all replicas took together; while Redis is away, those that this process took. */
export class RedisPlaces {
  private readonly held = new Map<string, Set<string>>();
  private readonly owed = new OwedPlaces();
  private timer?: NodeJS.Timeout;
  private askedAt = 0;

  constructor(
    private readonly line: RedisLine,
    private readonly local: LocalPlaces,
    private readonly clock: Clock,
  ) {}

  /** Takes one. Never rejects. */
  async take(name: string, limits: PlaceLimits): Promise<PlaceAnswer> {
    const refused = this.local.refusal(name, limits);
    if (refused) return { refused };
    const id = randomUUID();
    const answer = await this.askRedis(name, id, limits);
    if (answer !== undefined && answer !== 'taken') return { refused: answer };
    const here = answer === undefined ? this.local.take(name, limits) : { place: this.local.add(name, limits) };
    if ('place' in here) return { place: this.hold(name, id, limits, here.place) };
    this.owed.add(name, [id]); // it may have been given out without a word
    return here;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** @returns undefined while Redis is away: a request waits for this, so it is not asked again each time */
  private async askRedis(name: string, id: string, limits: PlaceLimits): Promise<NoPlace | 'taken' | undefined> {
    if (!this.line.isReachable()) {
      this.findOut();
      return undefined;
    }
    this.giveBackOwed();
    const { redis, attempt } = this.line;
    const { atOnce = -1, perMinute = -1 } = limits;
    const keys = [this.takenKey(name), this.minuteKey(name)];
    const answer = await attempt(() => redis.eval(TAKE, 2, ...keys, id, atOnce, perMinute, HOLD_MS));
    if (!Array.isArray(answer)) return undefined;
    const [refusal, freeInMs] = answer as [number, number];
    if (refusal === 0) return 'taken';
    return refusal === 1 ? { limit: 'atOnce' } : { limit: 'perMinute', freeInMs };
  }

  private hold(name: string, id: string, { atOnce }: PlaceLimits, here: LocalPlace): Place {
    if (atOnce === undefined) return here;
    const held = this.held.get(name) ?? new Set();
    this.held.set(name, held.add(id));
    this.timer ??= setInterval(() => void this.renew(), RENEW_MS).unref();
    return {
      leave: async () => {
        const wasFullHere = here.leaveNow();
        if (!held.delete(id)) return false;
        if (held.size === 0 && this.held.get(name) === held) this.held.delete(name);
        const answer = this.line.isReachable() ? await this.tellLeft(name, id, atOnce) : undefined;
        if (answer !== undefined) return answer === 1;
        this.owed.add(name, [id]);
        return wasFullHere;
      },
    };
  }

  private tellLeft(name: string, id: string, atOnce: number): Promise<unknown> {
    const { redis, attempt } = this.line;
    return attempt(() => redis.eval(LEAVE, 1, this.takenKey(name), id, atOnce));
  }

  /** What could not be given back while Redis was away. */
  private giveBackOwed(): void {
    if (this.owed.size === 0) return;
    const { redis, attempt } = this.line;
    for (const [name, ids] of this.owed.takeAll()) {
      void attempt(() => redis.zrem(this.takenKey(name), ...ids)).then((answer) => {
        if (answer === undefined) this.owed.add(name, ids);
      });
    }
  }

  private async renew(): Promise<void> {
    this.giveBackOwed();
    if (this.held.size === 0 && this.owed.size === 0) {
      clearInterval(this.timer);
      this.timer = undefined;
      return;
    }
    for (const [name, held] of this.held) {
      const ids = Array.from(held);
      for (let start = 0; start < ids.length; start += BATCH_SIZE) {
        const batch = ids.slice(start, start + BATCH_SIZE).filter((id) => held.has(id)); // those before took time
        const { redis, attempt } = this.line;
        const answer = await attempt(() => redis.eval(RENEW, 1, this.takenKey(name), HOLD_MS, ...batch));
        if (answer === undefined) return;
      }
    }
  }

  private findOut(): void {
    const now = this.clock.now();
    if (now - this.askedAt < FIND_OUT_MS) return;
    this.askedAt = now;
    void this.line.attempt(() => this.line.redis.ping());
  }

  private takenKey(name: string): string {
    return `${this.line.prefix}taken:${name}`;
  }

  private minuteKey(name: string): string {
    return `${this.line.prefix}minute:${name}`;
  }
}
