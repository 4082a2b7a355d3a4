import { describe, expect, it } from '@jest/globals';
import { candidate, evenChance, NOON, Turns, tally } from '../../../../test/support/candidates.js';
import { random } from './random.js';

const pool = [candidate('a', { share: 10 }), candidate('b', { share: 5 }), candidate('c', { share: 3 })];
const chosenAt = (point: number) => random.choose(pool, { now: NOON, chance: () => point }).id;

describe('random', () => {
  it.each([
    [0, 'a'],
    [9.99 / 18, 'a'],
    [10.01 / 18, 'b'],
    [14.99 / 18, 'b'],
    [15.01 / 18, 'c'],
    [1 - Number.EPSILON / 2, 'c'],
  ])('has a share of all chances for each: %d is %s', (point, id) => {
    expect(chosenAt(point)).toBe(id);
  });

  it('takes each as often as its share says, in the long run', () => {
    const counts = tally(new Turns(random).run(pool, 18_000));
    for (const [id, expected] of Object.entries({ a: 10_000, b: 5_000, c: 3_000 })) {
      expect(Math.abs((counts[id] ?? 0) - expected)).toBeLessThan(0.03 * expected);
    }
  });

  it('does not go by turns', () => {
    const chance = evenChance();
    const equals = [candidate('a'), candidate('b')];
    const turns = Array.from({ length: 100 }, () => random.choose(equals, { now: NOON, chance }).id);
    const repeats = turns.filter((id, index) => id === turns[index - 1]).length;
    expect(repeats).toBeGreaterThan(30);
  });
});
