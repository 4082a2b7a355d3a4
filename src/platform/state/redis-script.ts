import { createHash } from 'node:crypto';
import type { Redis } from 'ioredis';

/** A script that Redis keeps: it is sent once, and again after Redis forgot it. */
export class RedisScript {
  private readonly digest: string;

  constructor(private readonly source: string) {
    this.digest = createHash('sha1').update(source).digest('hex');
  }

  /** Keys that hold what is none of the script's begin anew: one of them must not look like a Redis that is away. */
  async run(redis: Redis, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await this.runOnce(redis, keys, values);
    } catch (error) {
      if (!(error as Error).message.includes('WRONGTYPE')) throw error;
      await redis.del(...keys);
      return this.runOnce(redis, keys, values);
    }
  }

  private async runOnce(redis: Redis, keys: readonly string[], values: readonly (string | number)[]): Promise<unknown> {
    try {
      return await redis.evalsha(this.digest, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error as Error).message.startsWith('NOSCRIPT')) throw error;
      return redis.eval(this.source, keys.length, ...keys, ...values);
    }
  }
}
