import { describe, expect, it } from '@jest/globals';
import { LAST_STEP, millisecondsOf, stepOf } from './latency-scale.js';

describe('the scale of latencies', () => {
  it.each([2, 17, 100, 999, 1_000, 12_345, 600_000, 86_400_000])('tells %i ms again within 2.6 %%', (ms) => {
    expect(Math.abs(millisecondsOf(stepOf(ms)) - ms) / ms).toBeLessThan(0.026);
  });

  it.each([
    [-5, 0],
    [0, 0],
    [1, 0],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, LAST_STEP],
    [1e12, LAST_STEP],
  ])('has %d ms on step %i', (ms, step) => {
    expect(stepOf(ms)).toBe(step);
  });

  it('rises with the time, and has few steps', () => {
    const steps = [1, 2, 3, 10, 50, 1_000, 60_000].map(stepOf);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(LAST_STEP).toBeLessThan(400);
  });
});
