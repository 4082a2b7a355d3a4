import { Redis } from 'ioredis';
import { type Finding, open, right, wrong } from './finding.js';

const TIMEOUT_MS = 3_000;

/** Whether Redis answers. Writes nothing. */
export async function checkRedis(url: string | undefined): Promise<Finding> {
  if (url === undefined) return open('Redis', 'not used (REDIS_URL); several replicas need it');
  const redis = new Redis(url, {
    lazyConnect: true,
    maxRetriesPerRequest: 0,
    connectTimeout: TIMEOUT_MS,
    commandTimeout: TIMEOUT_MS,
    retryStrategy: () => null,
  });
  // Its own words come as an event; what was asked only learns that the connection is closed.
  let reason: string | undefined;
  redis.on('error', (error: Error) => {
    reason ??= error.message || (error as NodeJS.ErrnoException).code;
  });
  const { host } = new URL(url);
  try {
    await redis.connect();
    await redis.ping();
    return right('Redis', `${host} answers`);
  } catch (error) {
    const says = reason ?? (Error.isError(error) ? error.message : String(error));
    const advice = /NOAUTH|WRONGPASS|invalid password/i.test(says)
      ? 'The password in REDIS_URL is wrong, or missing'
      : 'REDIS_URL: without Redis each replica counts limits for itself';
    return wrong('Redis', `${host}: ${says}`, advice);
  } finally {
    redis.disconnect();
  }
}
