import { describe, expect, it } from '@jest/globals';
import { candidate, NOON } from '../../../../test/support/candidates.js';
import { STRATEGIES, STRATEGY_NAMES } from './strategies.js';

describe.each(STRATEGY_NAMES)('%s', (name) => {
  const strategy = STRATEGIES[name];
  const circumstances = { now: NOON, chance: () => 0.5 };

  it('has an only candidate go', () => {
    const only = candidate('only');
    expect(strategy.choose([only], circumstances)).toBe(only);
  });

  it('changes nothing by choosing', () => {
    const pool = [candidate('a', { share: 2, served: 3 }), candidate('b', { inFlight: 1 }), candidate('c')];
    const before = structuredClone(pool);
    const first = strategy.choose(pool, circumstances);
    expect(structuredClone(pool)).toEqual(before);
    expect(strategy.choose(pool, circumstances)).toBe(first);
  });
});
