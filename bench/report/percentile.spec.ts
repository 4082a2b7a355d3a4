import { describe, expect, it } from '@jest/globals';
import { median, percentile } from './percentile.js';

describe('percentiles', () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])('takes the value at %d', (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it('leaves the values as they are and knows what to do with one or none', () => {
    const values = [3, 1, 2];

    expect([median(values), median([7]), median([])]).toEqual([2, 7, Number.NaN]);
    expect(values).toEqual([3, 1, 2]);
  });
});
