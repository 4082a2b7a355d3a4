import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { LONGEST_CLOSE_MS, whileClosing } from './while-closing.js';

describe('whileClosing', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('waits for work, and tells what it failed with', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const closed = whileClosing(promise);
    await jest.advanceTimersByTimeAsync(LONGEST_CLOSE_MS - 1);
    resolve();
    await closed;
    await expect(whileClosing(Promise.reject(new Error('locked')))).rejects.toThrow('locked');
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits no longer than closing may take', async () => {
    const closed = whileClosing(new Promise(() => undefined));
    await jest.advanceTimersByTimeAsync(LONGEST_CLOSE_MS);
    await expect(closed).resolves.toBeUndefined();
  });

  it('has nothing to wait for where there is no work', async () => {
    await expect(whileClosing(undefined)).resolves.toBeUndefined();
  });
});
