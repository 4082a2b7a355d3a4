import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { HeldMembers, HOLD_MS } from './held-members.js';
import type { LocalPlace, LocalPlaces } from './local-places.js';
import { OwedPlaces } from './owed-places.js';
import type { NoPlace, Place, PlaceAnswer, PlaceLimits } from './places.js';
import { type RedisLine, RedisLookout } from './redis-line.js';

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

/** The places that all replicas took together; while Redis is away, those that this process took. */
export class RedisPlaces {
  private readonly held: HeldMembers;
  private readonly owed = new OwedPlaces();
  private readonly lookout: RedisLookout;

  constructor(
    private readonly line: RedisLine,
    private readonly local: LocalPlaces,
    clock: Clock,
  ) {
    this.lookout = new RedisLookout(line, clock);
    this.held = new HeldMembers({
      each: () => {
        this.giveBackOwed();
        return this.owed.size > 0;
      },
      renew: (name, ids) => line.attempt(() => line.redis.eval(RENEW, 1, this.takenKey(name), HOLD_MS, ...ids)),
    });
  }

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
    this.held.stop();
  }

  /** @returns undefined while Redis is away: a request waits for this, so it is not asked again each time */
  private async askRedis(name: string, id: string, limits: PlaceLimits): Promise<NoPlace | 'taken' | undefined> {
    if (!this.line.isReachable()) {
      this.lookout.look();
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
    this.held.add(name, id);
    return {
      leave: async () => {
        const wasFullHere = here.leaveNow();
        if (!this.held.delete(name, id)) return false;
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

  private takenKey(name: string): string {
    return `${this.line.prefix}taken:${name}`;
  }

  private minuteKey(name: string): string {
    return `${this.line.prefix}minute:${name}`;
  }
}
