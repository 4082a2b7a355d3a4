import { describe, expect, it } from '@jest/globals';
import { cpuTimeOf } from '../../../test/support/cpu-time.js';
import { isJsonNestedWithin, isNestedWithin } from './nesting.js';

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

describe('isJsonNestedWithin', () => {
  it.each([
    ['', 0, true],
    ['5', 0, true],
    ['"[["', 0, true],
    ['[]', 0, false],
    ['[]', 1, true],
    ['[[],[],[]]', 2, true],
    ['{"a":[{}]}', 2, false],
    ['{"a":[{}]}', 3, true],
    ['["\\"[[",1]', 1, true],
    ['["\\\\",[2]]', 1, false],
    ['["\\\\",[2]]', 2, true],
    ['["a\\\\\\"[",[2]]', 2, true],
    ['["no end [[[[', 1, true],
    ['["no end \\', 1, true],
    [']]]][[[[', 1, true],
  ])('%s within %d levels: %s', (json, levels, expected) => {
    expect(isJsonNestedWithin(json, levels)).toBe(expected);
  });

  it('goes through megabytes in a blink, whatever they are made of', () => {
    const texts = ['[', '[]', '"\\""', '"\\\\"', '\\', 'text ', '""'].map((piece) => piece.repeat(2_000_000));
    const all = () => {
      for (const text of texts) isJsonNestedWithin(text, Number.POSITIVE_INFINITY);
    };
    expect(cpuTimeOf(all)).toBeLessThan(1_000);
  });
});
