import { describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import { LocalAllowances } from './local-allowances.js';

const SMALL = { tokens: 5, cost: 0 };
const NONE = { month: '2026-11', tokens: 0, cost: 0 };

describe('LocalAllowances', () => {
  it('keeps nothing of names that nobody uses any more, and all of those that are in use', async () => {
    const clock = new TestClock();
    const allowances = new LocalAllowances(clock);
    const limits = { maxConcurrent: 1, requestsPerMinute: 5, monthlyTokenBudget: 100 };
    const takeAndEnd = async (name: string) => {
      const answer = allowances.take(name, limits, SMALL, NONE);
      if ('allowance' in answer) await answer.allowance.settle(SMALL);
    };
    allowances.take('in use', limits, SMALL, NONE);
    for (let index = 0; index < 999; index++) await takeAndEnd(`${index}`);
    clock.advance(120);
    for (let index = 0; index < 5_000; index++) await takeAndEnd(`later ${index}`);
    clock.advance(120);
    for (let index = 0; index < 5_000; index++) await takeAndEnd(`last ${index}`);
    expect(allowances.size).toBeLessThanOrEqual(7_000);
    expect(allowances.take('in use', limits, SMALL, NONE)).toMatchObject({ refused: { limit: 'maxConcurrent' } });
  });

  it('counts what was let in elsewhere, whether there is room or not', () => {
    const allowances = new LocalAllowances(new TestClock());
    const limits = { requestsPerMinute: 1 };
    const elsewhere = { requests: { limit: 1, remaining: 0, resetMs: 9 } };
    for (let index = 0; index < 3; index++)
      expect(allowances.add('one', limits, SMALL, NONE, elsewhere).standings).toBe(elsewhere);
    expect(allowances.take('one', limits, SMALL, NONE)).toMatchObject({ refused: { limit: 'requestsPerMinute' } });
  });
});
