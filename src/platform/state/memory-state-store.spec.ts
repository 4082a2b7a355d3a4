import { describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { TestClock } from '../../../test/support/test-clock.js';
import { MemoryStateStore } from './memory-state-store.js';
import { LockTimeoutError } from './state-store.js';

const TIMES = { holdMs: 1_000, waitMs: 1_000 };

describe('MemoryStateStore', () => {
  it('lets one task hold a lock at a time, in the order they asked', async () => {
    const state = new MemoryStateStore();
    const seen: string[] = [];
    const task = (name: string) =>
      state.withLock('token', TIMES, async () => {
        seen.push(`${name} begins`);
        await Promise.resolve();
        seen.push(`${name} ends`);
        return name;
      });
    expect(await Promise.all([task('a'), task('b'), task('c')])).toEqual(['a', 'b', 'c']);
    expect(seen).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });

  it('keeps locks of different names apart', async () => {
    const state = new MemoryStateStore();
    const inner = () => state.withLock('account 2', TIMES, async () => 'inner');
    expect(await state.withLock('account 1', TIMES, inner)).toBe('inner');
  });

  it('hands on a task’s error and frees the lock', async () => {
    const state = new MemoryStateStore();
    const failing = state.withLock('token', TIMES, async () => {
      throw new Error('refused');
    });
    await expect(failing).rejects.toThrow('refused');
    expect(await state.withLock('token', TIMES, async () => 'next')).toBe('next');
  });

  it('gives up waiting in time, does not run the task, and lets those behind it wait on', async () => {
    const state = new MemoryStateStore();
    const held = Promise.withResolvers<void>();
    const first = state.withLock('token', TIMES, () => held.promise);
    let ran = false;
    const late = state.withLock('token', { holdMs: 1_000, waitMs: 1 }, async () => {
      ran = true;
    });
    const patient = state.withLock('token', TIMES, async () => 'patient');
    await expect(late).rejects.toThrow(LockTimeoutError);
    await expect(late).rejects.toThrow("lock 'token' was not free within 1 ms");
    held.resolve();
    await first;
    expect(await patient).toBe('patient');
    expect(ran).toBe(false);
  });

  it('recalls what it was told, in the order it is asked, and nothing of what it was not', async () => {
    const state = new MemoryStateStore();
    await state.remember('a', 'one', 60);
    await state.remember('b', 'two', 60);
    expect(await state.recall(['b', 'nobody', 'a'])).toEqual(['two', undefined, 'one']);
    expect(await state.recall([])).toEqual([]);
  });

  it('remembers the newest value of a key, until its time is over', async () => {
    const clock = new TestClock();
    const state = new MemoryStateStore(clock);
    await state.remember('a', 'old', 10);
    clock.advance(9);
    await state.remember('a', 'new', 10);
    clock.advance(9);
    expect(await state.recall(['a'])).toEqual(['new']);
    clock.advance(2);
    expect(await state.recall(['a'])).toEqual([undefined]);
  });

  it('forgets what it is told to', async () => {
    const state = new MemoryStateStore();
    await state.remember('a', 'one', 60);
    await state.remember('b', 'two', 60);
    await state.forget(['a', 'nobody']);
    expect(await state.recall(['a', 'b'])).toEqual([undefined, 'two']);
  });

  it('remembers twenty thousand things; of one more, it loses what was longest out of use', async () => {
    const state = new MemoryStateStore();
    for (let index = 0; index < 20_000; index++) await state.remember(`key ${index}`, 'x', 60);
    expect(await state.recall(['key 0', 'key 19999'])).toEqual(['x', 'x']);
    await state.remember('one more', 'x', 60);
    expect(await state.recall(['key 0', 'key 1', 'key 2', 'one more'])).toEqual(['x', undefined, 'x', 'x']);
  });

  it('loses nothing of one kind to many of another', async () => {
    const state = new MemoryStateStore();
    await state.remember('signature:a', 'one', 60);
    for (let index = 0; index < 20_001; index++) await state.remember(`affinity:${index}`, 'x', 60);
    expect(await state.recall(['signature:a', 'affinity:0', 'affinity:1'])).toEqual(['one', undefined, 'x']);
  });

  it('tells every listener of a channel what is published on it, and nobody else', async () => {
    const state = new MemoryStateStore();
    const heard: string[] = [];
    state.subscribe('news', (message) => heard.push(`first: ${message}`));
    state.subscribe('news', (message) => heard.push(`second: ${message}`));
    state.subscribe('weather', (message) => heard.push(`weather: ${message}`));
    state.publish('news', 'a');
    state.publish('nobody listens', 'b');
    state.publish('news', 'c');
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual(['first: a', 'second: a', 'first: c', 'second: c']);
  });

  it('tells the other listeners when one of them throws', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const state = new MemoryStateStore();
    const heard: string[] = [];
    state.subscribe('news', () => {
      throw new Error('not today');
    });
    state.subscribe('news', (message) => heard.push(message));
    state.publish('news', 'a');
    await Promise.resolve();
    expect(heard).toEqual(['a']);
    expect(error).toHaveBeenCalledWith("a listener of 'news' failed: not today");
    error.mockRestore();
  });
});
