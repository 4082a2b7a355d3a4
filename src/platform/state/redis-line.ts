import type { Redis } from 'ioredis';
import type { Clock } from '../clock.js';

/** While Redis is known to be away, somebody asks so often whether it is back. */
const FIND_OUT_MS = 5_000;

/** The connection, and whether it is known to be good. */
export interface RedisLine {
  readonly redis: Redis;
  readonly prefix: string;
  readonly isReachable: () => boolean;
  /** Undefined: Redis does not answer. */
  readonly attempt: <T>(command: () => Promise<T>) => Promise<T | undefined>;
}

/** For those whom requests wait for: of a Redis that is away they do not ask each time. */
export class RedisLookout {
  private askedAt = 0;

  constructor(
    private readonly line: RedisLine,
    private readonly clock: Clock,
  ) {}

  /** Finds out aside, now and then, whether it is back. */
  look(): void {
    const now = this.clock.now();
    if (Math.abs(now - this.askedAt) < FIND_OUT_MS) return;
    this.askedAt = now;
    void this.line.attempt(() => this.line.redis.ping());
  }
}
