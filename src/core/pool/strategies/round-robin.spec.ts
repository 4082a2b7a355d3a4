import { describe, expect, it } from '@jest/globals';
import { candidate, Turns, tally } from '../../../../test/support/candidates.js';
import { roundRobin } from './round-robin.js';

describe('round robin', () => {
  it('goes round', () => {
    const pool = [candidate('a'), candidate('b', { share: 9 }), candidate('c')];
    expect(new Turns(roundRobin).run(pool, 7)).toEqual(['a', 'b', 'c', 'a', 'b', 'c', 'a']);
  });

  it('gives nobody the turns of a neighbour that can not serve', () => {
    const [a, b, c] = [candidate('a'), candidate('b'), candidate('c')];
    const turns = new Turns(roundRobin);
    const taken: string[] = [];
    // Every second request is for a model that b does not list.
    for (let round = 0; round < 30; round++) taken.push(...turns.run([a, c], 1), ...turns.run([a, b, c], 1));
    const counts = tally(taken);
    expect(Math.abs((counts.a ?? 0) - (counts.c ?? 0))).toBeLessThanOrEqual(1);
  });

  it('gives one that is new, or comes back, one turn at once and then as many as the others', () => {
    const [a, b] = [candidate('a'), candidate('b')];
    const turns = new Turns(roundRobin);
    turns.run([a, b], 100);
    expect(turns.run([a, b, candidate('new')], 6)).toEqual(['new', 'a', 'b', 'new', 'a', 'b']);
  });
});
