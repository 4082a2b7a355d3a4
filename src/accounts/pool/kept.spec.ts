import { describe, expect, it } from '@jest/globals';
import { Kept } from './kept.js';

const LETTERS = ['a', 'b', 'c', 'd'];

function kept(letters: string): readonly string[] {
  const list = new Kept(LETTERS);
  for (const letter of LETTERS) letters.includes(letter) ? list.keep(letter) : list.drop();
  return list.end();
}

describe('Kept', () => {
  it.each(['', 'a', 'd', 'bc', 'acd', 'abc'])('has those that were kept: "%s"', (letters) => {
    expect(kept(letters).join('')).toBe(letters);
  });

  it('is the list itself where all were', () => {
    expect(kept('abcd')).toBe(LETTERS);
    expect(LETTERS).toHaveLength(4);
  });

  it('goes on apart from its fork', () => {
    const list = new Kept(LETTERS);
    list.keep('a');
    list.drop();
    const fork = list.fork();
    list.keep('c');
    fork.drop();
    list.drop();
    fork.keep('d');
    expect([list.end(), fork.end()]).toEqual([
      ['a', 'c'],
      ['a', 'd'],
    ]);
  });
});
