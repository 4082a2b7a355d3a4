import { describe, expect, it } from '@jest/globals';
import { NamePattern } from './name-pattern.js';

describe('NamePattern', () => {
  it.each([
    ['gpt-*', 'gpt-4o', true],
    ['gpt-*', 'gpt-', true],
    ['gpt-*', 'chatgpt-4o', false],
    ['*-mini', 'gpt-4o-mini', true],
    ['*-mini', 'gpt-4o-mini-2024', false],
    ['gpt-*-mini', 'gpt-4o-mini', true],
    ['gpt-*-mini', 'gpt-mini', false],
    ['a*a', 'a', false],
    ['a*a', 'aa', true],
    ['*4*o*', 'gpt-4o', true],
    ['*4*o*', 'gpt-o4', false],
    ['a*ab*b', 'aab', false],
    ['a*ab*b', 'aabb', true],
    ['*', '', true],
    ['**', 'anything', true],
    ['gpt.*', 'gpt-4', false],
  ])('%s matches %s: %s', (pattern, name, expected) => {
    expect(new NamePattern(pattern).matches(name)).toBe(expected);
  });

  it('counts the characters that must stand there', () => {
    expect(['*', 'gpt-*', 'gpt-*-mini', '**a*'].map((text) => new NamePattern(text).literalLength)).toEqual([
      0, 4, 9, 1,
    ]);
  });

  it('walks along the name once', () => {
    const pattern = new NamePattern(`${'*a'.repeat(1000)}*b`);
    expect(pattern.matches('a'.repeat(100_000))).toBe(false);
  });
});
