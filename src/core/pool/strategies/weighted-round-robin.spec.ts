import { describe, expect, it } from '@jest/globals';
import { candidate, Turns, tally } from '../../../../test/support/candidates.js';
import { weightedRoundRobin } from './weighted-round-robin.js';

const weights = () =>
  [candidate('a', { share: 10 }), candidate('b', { share: 5 }), candidate('c', { share: 3 })] as const;

describe('weighted round robin', () => {
  it('gives each exactly its share, over every cycle there is', () => {
    const turns = new Turns(weightedRoundRobin).run(weights(), 180);
    expect(tally(turns)).toEqual({ a: 100, b: 50, c: 30 });
    for (let start = 0; start <= 180 - 18; start++) {
      expect(tally(turns.slice(start, start + 18))).toEqual({ a: 10, b: 5, c: 3 });
    }
  });

  it('interleaves: nobody is more than a turn ahead of its share, nor behind it', () => {
    const turns = new Turns(weightedRoundRobin).run(weights(), 180);
    const shares = { a: 10 / 18, b: 5 / 18, c: 3 / 18 };
    for (let count = 1; count <= 180; count++) {
      const had = tally(turns.slice(0, count));
      for (const [id, share] of Object.entries(shares)) {
        expect(Math.abs((had[id] ?? 0) - share * count)).toBeLessThan(1);
      }
    }
  });

  it('takes turns where all weigh the same, and goes on with the same one alone', () => {
    const pool = [candidate('a', { share: 7 }), candidate('b', { share: 7 })];
    expect(new Turns(weightedRoundRobin).run(pool, 4)).toEqual(['a', 'b', 'a', 'b']);
    expect(new Turns(weightedRoundRobin).run([candidate('a')], 3)).toEqual(['a', 'a', 'a']);
  });

  it('does not overrun one that comes back, nor let it have more than its share', () => {
    const [a, b, c] = weights();
    const turns = new Turns(weightedRoundRobin);
    turns.run([a, b, c], 7);
    turns.run([a, b], 1000);
    const { c: turnsOfC = 0 } = tally(turns.run([a, b, c], 36));
    expect(Math.abs(turnsOfC - 6)).toBeLessThanOrEqual(1);
  });

  it('makes up for conversations that stay with their account', () => {
    const pool = [candidate('a'), candidate('b')] as const;
    const turns = new Turns(weightedRoundRobin);
    for (let bound = 0; bound < 3; bound++) turns.take(pool, pool[0]);
    expect(turns.run(pool, 5)).toEqual(['b', 'b', 'b', 'a', 'b']);
  });

  it('makes up for ten cycles of them at most', () => {
    const pool = [candidate('a'), candidate('b')] as const;
    const turns = new Turns(weightedRoundRobin);
    for (let bound = 0; bound < 100_000; bound++) turns.take(pool, pool[0]);
    const others = turns.run(pool, 100).indexOf('a');
    expect(others).toBeGreaterThan(10);
    expect(others).toBeLessThanOrEqual(20);
  });

  it('counts nothing of one that is taken from another level', () => {
    const pool = [candidate('a'), candidate('b')];
    const other = candidate('of lower priority');
    const turns = new Turns(weightedRoundRobin);
    for (let bound = 0; bound < 5; bound++) turns.take(pool, other);
    expect([...pool, other].map(({ smooth }) => smooth)).toEqual([0, 0, 0]);
  });

  it('stays fair to each when requests have different candidates', () => {
    const [a, b, c] = [candidate('a'), candidate('b'), candidate('c')];
    const turns = new Turns(weightedRoundRobin);
    const taken: string[] = [];
    for (let round = 0; round < 300; round++) taken.push(...turns.run([a, b], 1), ...turns.run([a, c], 1));
    expect(tally(taken)).toEqual({ a: 300, b: 150, c: 150 });
  });
});
