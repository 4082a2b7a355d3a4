import { describe, expect, it } from '@jest/globals';
import { UniqueNames } from './unique-names.js';

describe('UniqueNames', () => {
  it('leaves a name alone that nobody has, and numbers the next ones, whatever their case', () => {
    const names = new UniqueNames(20);
    expect(['Read', 'read', 'write', 'Read'].map((name) => names.take(name))).toEqual([
      'Read',
      'read_2',
      'write',
      'Read_3',
    ]);
  });

  it('keeps every name within its length, and apart, however many are alike', () => {
    const names = new UniqueNames(12);
    const taken = Array.from({ length: 2_000 }, () => names.take('x'.repeat(50)));
    expect(new Set(taken).size).toBe(2_000);
    expect(Math.max(...taken.map((name) => name.length))).toBe(12);
  });

  it('steps over a number that is taken', () => {
    const names = new UniqueNames(20);
    expect(['a_2', 'a', 'a', 'a'].map((name) => names.take(name))).toEqual(['a_2', 'a', 'a_3', 'a_4']);
  });

  it('takes a hundred thousand equal names without looking at each of them again', () => {
    const names = new UniqueNames(20);
    const started = performance.now();
    for (let count = 0; count < 100_000; count++) names.take('same');
    // A search from the start for each would take minutes.
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
