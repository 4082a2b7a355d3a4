import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { TestClock } from '../../../test/support/test-clock.js';
import { ANSWER_HOLDS_MS, Database, SILENCE_MS } from './database.service.js';

function setUp() {
  const clock = new TestClock();
  const waiting: PromiseWithResolvers<unknown>[] = [];
  const query = jest.fn(() => {
    const answer = Promise.withResolvers<unknown>();
    waiting.push(answer);
    return answer.promise;
  });
  const database = new Database({ options: { type: 'sqlite' }, query } as unknown as DataSource, clock);
  return { clock, query, database, waiting };
}

describe('whether the database answers', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('is asked once a second, however many want to know', async () => {
    const { clock, query, database, waiting } = setUp();
    const answers = [database.answers(), database.answers()];
    waiting[0]?.resolve([]);
    expect(await Promise.all([...answers, database.answers()])).toEqual([true, true, true]);
    expect(query).toHaveBeenCalledTimes(1);
    clock.advance(ANSWER_HOLDS_MS / 1000);
    const again = database.answers();
    waiting[1]?.reject(new Error('away'));
    expect(await again).toBe(false);
    expect(query).toHaveBeenCalledTimes(2);
  });

  it('is no after a silence, and nobody asks again before it speaks', async () => {
    const { clock, query, database, waiting } = setUp();
    const first = database.answers();
    await jest.advanceTimersByTimeAsync(SILENCE_MS);
    expect(await first).toBe(false);
    clock.advance(1);
    expect(await database.answers()).toBe(false);
    expect(query).toHaveBeenCalledTimes(1);
    waiting[0]?.resolve([]);
    await jest.advanceTimersByTimeAsync(0);
    clock.advance(1);
    const spoken = database.answers();
    waiting[1]?.resolve([]);
    expect(await spoken).toBe(true);
  });
});
