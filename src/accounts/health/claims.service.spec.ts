import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeWith } from '../../../test/support/services.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { MemoryStateStore } from '../../platform/state/memory-state-store.js';
import { RedisStateStore } from '../../platform/state/redis-state-store.js';
import { Claims } from './claims.service.js';

describe('Claims', () => {
  it('gives each thing to one, until its time is over', async () => {
    const clock = new TestClock();
    const claims = new Claims(new MemoryStateStore(clock));
    const takenAtOnce = await Promise.all([1, 2, 3, 4].map(() => claims.take('probe:one', 60)));
    expect(takenAtOnce.filter(Boolean)).toHaveLength(1);
    expect(await claims.take('probe:two', 60)).toBe(true);
    clock.advance(59);
    expect(await claims.take('probe:one', 60)).toBe(false);
    clock.advance(2);
    expect(await claims.take('probe:one', 60)).toBe(true);
  });
});

describeWith('redis', 'Claims of replicas that share a Redis', (url) => {
  let stores: RedisStateStore[];
  beforeEach(() => {
    stores = [new RedisStateStore(url), new RedisStateStore(url)];
  });
  afterEach(() => Promise.all(stores.map((store) => store.onApplicationShutdown())));

  it('go to one of them', async () => {
    const name = `probe:${randomUUID()}`;
    const replicas = stores.map((store) => new Claims(store));
    const taken = await Promise.all(replicas.map((claims) => claims.take(name, 0.5)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });
});
