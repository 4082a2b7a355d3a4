import { describe, expect, it } from '@jest/globals';
import { figureOf, type Measure, ratioOf } from './measure.js';

const measure: Measure = {
  scenario: 'short',
  name: 'requests per second',
  unit: '1/s',
  digits: 0,
  rounds: { gateway: [10, 40, 30], 'pass-through': [100, 100, 50] },
};

describe('measures', () => {
  it('take the median of the rounds', () => {
    expect(['gateway', 'direct'].map((target) => figureOf(measure, target as 'gateway'))).toEqual([30, undefined]);
  });

  it('compare round by round and say how far single rounds are apart', () => {
    expect(ratioOf(measure)).toEqual({ value: 0.4, least: 0.1, most: 0.6 });
  });

  it('have no ratio to nothing', () => {
    expect(ratioOf({ ...measure, rounds: { gateway: [1] } })).toBeUndefined();
    expect(ratioOf({ ...measure, rounds: { gateway: [1], 'pass-through': [0] } })).toBeUndefined();
  });
});
