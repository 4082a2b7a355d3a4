import { describe, expect, it } from '@jest/globals';
import { isNestedWithin } from './nesting.js';

describe('isNestedWithin', () => {
  it.each([
    ['text', 0, true],
    [null, 0, true],
    [[], 0, false],
    [{}, 1, true],
    [{ list: [1, 2] }, 1, false],
    [{ list: [1, 2] }, 2, true],
    [[1, { one: { two: [] } }], 3, false],
    [[1, { one: { two: [] } }], 4, true],
  ])('%j within %d levels: %s', (value, levels, expected) => {
    expect(isNestedWithin(value, levels)).toBe(expected);
  });

  it('looks no further than the first value that is too deep', () => {
    const deep = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(isNestedWithin(deep, 200)).toBe(false);
  });
});
