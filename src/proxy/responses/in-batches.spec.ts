import { describe, expect, it } from '@jest/globals';
import { inBatches } from './in-batches.js';

describe('inBatches', () => {
  it.each([
    [[], []],
    [[1], [[1]]],
    [[1, 2, 3], [[1, 2, 3]]],
    [
      [1, 2, 3, 4],
      [[1, 2, 3], [4]],
    ],
    [
      [1, 2, 3, 4, 5, 6],
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
  ])('of %j by number', (list, batches) => {
    expect([...inBatches(list, 3)]).toEqual(batches);
  });

  it.each([
    [
      [9, 1, 1],
      [[9], [1, 1]],
    ],
    [
      [2, 2, 2, 2],
      [[2, 2, 2], [2]],
    ],
    [
      [99, 99],
      [[99], [99]],
    ],
  ])('of %j by weight', (list, batches) => {
    expect([...inBatches(list, 10, (weight) => weight, 5)]).toEqual(batches);
  });
});
