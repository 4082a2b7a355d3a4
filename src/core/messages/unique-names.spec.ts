import { describe, expect, it } from '@jest/globals';
import { cpuTimeOf } from '../../../test/support/cpu-time.js';
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

  it.each([
    ['equal', () => 'same'],
    ['equal but for their case', inTheCaseOfItsBits],
  ])('takes thirty thousand names that are %s without looking at each of them again', (_what, nameOf) => {
    const names = new UniqueNames(40);
    const takeAll = () => {
      for (let count = 0; count < 30_000; count++) names.take(nameOf(count));
    };
    // A search from the start for each would take a minute.
    expect(cpuTimeOf(takeAll)).toBeLessThan(2_000);
  });
});

/** One of many spellings of a name that differ in their capitals alone. */
function inTheCaseOfItsBits(number: number): string {
  return Array.from({ length: 16 }, (_, bit) => ((number >> bit) & 1 ? 'A' : 'a')).join('');
}
