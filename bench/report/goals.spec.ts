import { expect, it } from '@jest/globals';
import { judgeGoals } from './goals.js';
import type { Measure } from './measure.js';

const measure = (name: string, gateway: number): Measure => ({
  scenario: 'short',
  name,
  unit: '1/s',
  digits: 0,
  rounds: { gateway: [gateway], 'pass-through': [100] },
});

it.each([
  [30, 20, 'short ≥ 0.25×: met (0.30×, by CPU time 0.20×)'],
  [20, 30, 'short ≥ 0.25×: not met (0.20×, by CPU time 0.30×)'],
])('judges by the clock and tells CPU time beside it (%d, %d)', (clock, cpu, line) => {
  const measures = [measure('requests per second', clock), measure('requests per CPU second', cpu)];

  expect(judgeGoals(measures)).toEqual([line]);
});
