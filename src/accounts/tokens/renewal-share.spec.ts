import { describe, expect, it } from '@jest/globals';
import { renewalShare } from './renewal-share.js';

describe('renewalShare', () => {
  const ids = Array.from({ length: 1_000 }, (_, index) => `account-${index}`);

  it('spreads tokens that end together evenly', () => {
    const perTenth = new Array<number>(10).fill(0);
    for (const id of ids) {
      const tenth = Math.floor(renewalShare(0.5, id, 1_000) * 10);
      perTenth[tenth] = (perTenth[tenth] ?? 0) + 1;
    }
    expect(perTenth).toHaveLength(10);
    for (const count of perTenth) expect(Math.abs(count - 100)).toBeLessThan(40);
  });

  it('stays what it is for a token, and is another for another token, account or process', () => {
    const share = renewalShare(0.5, 'one', 1_000);
    expect(renewalShare(0.5, 'one', 1_000)).toBe(share);
    for (const other of [
      renewalShare(0.5, 'one', 2_000),
      renewalShare(0.5, 'two', 1_000),
      renewalShare(0.25, 'one', 1_000),
    ])
      expect(other).not.toBe(share);
  });
});
