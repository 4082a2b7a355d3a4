import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { fakeIntervals } from '../../../test/support/fake-intervals.js';
import { TestClock } from '../../../test/support/test-clock.js';
import { ActiveApiKeys } from './active-api-keys.service.js';
import type { ApiKeyRepository } from './api-key.repository.js';

describe('ActiveApiKeys', () => {
  beforeEach(() => fakeIntervals());
  afterEach(() => {
    jest.useRealTimers();
  });

  it('asks a database that hangs once', async () => {
    const countActive = jest.fn(async () => 3);
    const keys = new ActiveApiKeys({ countActive } as unknown as ApiKeyRepository, new TestClock());
    await keys.onApplicationBootstrap();
    countActive.mockReturnValue(new Promise(() => {}));
    jest.advanceTimersByTime(3_600_000);
    expect(countActive).toHaveBeenCalledTimes(2);
    expect(keys.count).toBe(3);
    keys.onApplicationShutdown();
  });
});
