import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { BoundedWrites } from './bounded-writes.js';

const MB = 1024 ** 2;
const never = () => new Promise<void>(() => undefined);

describe('BoundedWrites', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('tells that a write is done, and why one failed', async () => {
    const writes = new BoundedWrites();
    expect(await writes.run(1, async () => undefined)).toEqual({ stored: true });
    const error = new Error('disk full');
    expect(await writes.run(1, () => Promise.reject(error))).toEqual({ stored: false, reason: 'failed', error });
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits for five seconds and no longer', async () => {
    const ended = jest.fn();
    void new BoundedWrites().run(1, never).then(ended);
    await jest.advanceTimersByTimeAsync(4_999);
    expect(ended).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1);
    expect(ended).toHaveBeenCalledWith({ stored: false, reason: 'too_slow' });
  });

  it('refuses what is too much at once, until the database is done with what waits', async () => {
    const writes = new BoundedWrites();
    const slow = Promise.withResolvers<void>();
    const given = writes.run(40 * MB, () => slow.promise);
    const begun = jest.fn(async () => undefined);
    expect(await writes.run(24 * MB + 1, begun)).toEqual({ stored: false, reason: 'busy' });
    expect(begun).not.toHaveBeenCalled();
    expect(await writes.run(24 * MB, begun)).toEqual({ stored: true });
    await jest.advanceTimersByTimeAsync(5_000);
    expect(await given).toEqual({ stored: false, reason: 'too_slow' });
    // Nobody waits for it any more, but it is there still.
    expect(await writes.run(24 * MB + 1, begun)).toEqual({ stored: false, reason: 'busy' });
    slow.resolve();
    await jest.advanceTimersByTimeAsync(0);
    expect(await writes.run(24 * MB + 1, begun)).toEqual({ stored: true });
  });

  it('takes a single write of any size', async () => {
    expect(await new BoundedWrites().run(100 * MB, async () => undefined)).toEqual({ stored: true });
  });
});
