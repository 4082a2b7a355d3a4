import { describe, expect, it } from '@jest/globals';
import { roundRobin } from './round-robin.js';

const candidate = (id: string, lastTurn: number) => ({ id, lastTurn });

describe('roundRobin', () => {
  it('has nobody to choose among none', () => {
    expect(roundRobin([])).toBeUndefined();
  });

  it('chooses who waited longest, the first of equals', () => {
    expect(roundRobin([candidate('a', 3), candidate('b', 1), candidate('c', 1)])?.id).toBe('b');
    expect(roundRobin([candidate('a', 3), candidate('b', 0)])?.id).toBe('b');
  });

  it('stays fair when candidates come and go', () => {
    const all = [candidate('a', 0), candidate('b', 0), candidate('c', 0)];
    const turns: string[] = [];
    for (let turn = 1; turn <= 12; turn++) {
      // Every second request can use two of the three only.
      const chosen = roundRobin(turn % 2 ? all : all.slice(1));
      if (chosen) chosen.lastTurn = turn;
      turns.push(chosen?.id ?? '');
    }
    expect(turns.join('')).toBe('abcbacbcabcb');
  });
});
