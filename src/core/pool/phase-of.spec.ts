import { describe, expect, it } from '@jest/globals';
import { phaseOf } from './phase-of.js';

describe('phaseOf', () => {
  it('is the same for the same id, and within 0 and 1', () => {
    for (const id of ['', 'one', 'account-1', 'é'.repeat(1000)]) {
      expect(phaseOf(id)).toBe(phaseOf(id));
      expect(phaseOf(id)).toBeGreaterThanOrEqual(0);
      expect(phaseOf(id)).toBeLessThan(1);
    }
  });

  it('spreads a thousand accounts over ten parts of the time, however alike their ids are', () => {
    const parts = new Array<number>(10).fill(0);
    for (let number = 1; number <= 1000; number++) {
      const part = Math.floor(phaseOf(`account-${number}`) * 10);
      parts[part] = (parts[part] ?? 0) + 1;
    }
    for (const count of parts) {
      expect(count).toBeGreaterThan(60);
      expect(count).toBeLessThan(140);
    }
  });
});
