import { describe, expect, it } from '@jest/globals';
import { LineBudget } from './line-budget.js';

function budgetAt(start: number) {
  const clock = { now: start };
  return { clock, budget: new LineBudget(() => clock.now) };
}

describe('LineBudget', () => {
  it('lets ten lines of a kind through in a minute, and tells with the next one how many were left out', () => {
    const { clock, budget } = budgetAt(1_000);
    const taken = Array.from({ length: 1_000 }, () => budget.take('a'));
    expect(taken.filter((line) => line !== undefined)).toEqual(Array(10).fill({}));
    clock.now += 59_999;
    expect(budget.take('a')).toBeUndefined();
    clock.now += 1;
    expect([budget.take('a'), budget.take('a')]).toEqual([{ leftOut: 991 }, {}]);
  });

  it('counts each kind by itself', () => {
    const { budget } = budgetAt(0);
    for (let count = 0; count < 20; count++) budget.take('a');
    expect([budget.take('a'), budget.take('b')]).toEqual([undefined, {}]);
  });

  it('holds no more than a hundred kinds', () => {
    const { budget } = budgetAt(0);
    for (let kind = 0; kind < 10_000; kind++) budget.take(String(kind));
    const { kinds } = budget as unknown as { kinds: Map<string, unknown> };
    expect(kinds.size).toBeLessThanOrEqual(100);
  });
});
