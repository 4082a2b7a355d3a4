import { describe, expect, it } from '@jest/globals';
import { sizeProblem } from './input-size.js';

const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });

describe('sizeProblem', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['a text', 'x'.repeat(10_000)],
    ['an object without a prototype', Object.create(null)],
    ['a thousand values', Array.from({ length: 1_000 }, () => null)],
    ['eight levels', nested(8)],
    ['a name of a hundred characters', { ['x'.repeat(100)]: 1 }],
  ])('is content with %s', (_what, input) => {
    expect(sizeProblem(input)).toBeUndefined();
  });

  it.each<[string, unknown, string]>([
    ['more values', Array.from({ length: 1_001 }, () => null), 'has more than 1000 values'],
    ['more values over several lists', [1, 2, 3].map(() => new Array(334).fill(1)), 'has more than 1000 values'],
    ['more levels', nested(9), 'is nested more than 8 levels deep'],
    ['a longer name', { a: { ['x'.repeat(101)]: 1 } }, 'has a name of more than 100 characters'],
    ['__proto__', JSON.parse('{"a":{"__proto__":1}}'), "has the name '__proto__', which nothing may have"],
    ['constructor', { constructor: 1 }, "has the name 'constructor', which nothing may have"],
  ])('refuses %s', (_what, input, problem) => {
    expect(sizeProblem(input)).toBe(problem);
  });

  it('takes as long as the limit allows, however large the input is', () => {
    const wide = Array.from({ length: 100 }, () => nested(1));
    const input = JSON.parse(`${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(sizeProblem([wide, input])).toContain('levels deep');
  });
});
