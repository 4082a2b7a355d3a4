import { describe, expect, it } from '@jest/globals';
import { candidate } from '../../../test/support/candidates.js';
import { UsageWindow } from '../limits/usage-window.js';
import type { PooledAccount } from './availability.js';
import { bestPlaced } from './best-placed.js';
import { Breaker } from './breaker.js';

/** @param level its priority, and whether it is a last resort: `1`, `1 last` */
function account(level: string): PooledAccount {
  const [priority, last] = level.split(' ');
  return {
    ...candidate(level),
    isEnabled: true,
    status: 'active',
    isInDoubt: false,
    isLastResort: last === 'last',
    priority: Number(priority),
    breaker: new Breaker(),
    coolingUntil: 0,
    window: new UsageWindow(),
  };
}

describe('bestPlaced', () => {
  it.each([
    ['all of them where they are alike', ['0', '0', '0'], ['0', '0', '0']],
    ['those of the lowest priority', ['2', '1', '3', '1', '2'], ['1', '1']],
    ['no last resort, whatever its priority', ['1 last', '5', '0 last', '6'], ['5']],
    ['of last resorts those of the lowest priority', ['3 last', '2 last', '2 last'], ['2 last', '2 last']],
    ['nobody where there is nobody', [], []],
  ])('finds %s', (_what, levels, best) => {
    expect(bestPlaced(levels.map(account)).map(({ id }) => id)).toEqual(best);
  });
});
