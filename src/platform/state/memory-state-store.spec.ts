import { describe, expect, it } from '@jest/globals';
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
});
