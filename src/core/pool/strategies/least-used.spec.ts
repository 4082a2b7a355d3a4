import { describe, expect, it } from '@jest/globals';
import { candidate, Turns } from '../../../../test/support/candidates.js';
import { leastUsed } from './least-used.js';

describe('least used', () => {
  it('takes whoever has fewest in flight', () => {
    const pool = [
      candidate('a', { inFlight: 2 }),
      candidate('b', { inFlight: 1, served: 9 }),
      candidate('c', { inFlight: 3 }),
    ];
    expect(new Turns(leastUsed).run(pool, 2)).toEqual(['b', 'b']);
  });

  it('and of those whoever served fewest', () => {
    const pool = [
      candidate('a', { served: 3 }),
      candidate('b', { served: 1 }),
      candidate('c', { served: 2, inFlight: 1 }),
    ];
    expect(new Turns(leastUsed).run(pool, 5)).toEqual(['b', 'b', 'a', 'b', 'a']);
  });

  it('spreads requests at once over all of them', () => {
    const pool = Array.from({ length: 5 }, (_, index) => candidate(`${index}`));
    const turns = new Turns(leastUsed);
    for (let request = 0; request < 12; request++) {
      const chosen = turns.choose(pool);
      turns.take(pool, chosen);
      chosen.inFlight++;
    }
    expect(pool.map(({ inFlight }) => inFlight)).toEqual([3, 3, 2, 2, 2]);
  });
});
