import { expect, it } from '@jest/globals';
import { describeWindows, type Windows } from './describe-windows.js';
import { figureOf } from './report/measure.js';
import type { WindowFigures } from './run-window.js';
import { makeScenario } from './scenarios/scenarios.js';

const figures = (completed: number, milliseconds: number, cpuSeconds?: number): WindowFigures => ({
  seconds: 2,
  completed,
  failures: completed < 50 ? ['reset'] : [],
  firstByte: [milliseconds],
  total: [milliseconds * 2],
  cpuSeconds,
});
const windows: Windows = {
  gateway: [figures(40, 3, 1)],
  'pass-through': [figures(100, 2, 0.5)],
  direct: [figures(400, 1)],
};

it.each([
  ['stream-200', 'events per CPU second', [8000, 40_000, undefined]],
  ['stream-200', 'requests per second', [20, 50, 200]],
  ['stream-200', 'requests per CPU second', [40, 200, undefined]],
  ['stream-200', 'CPU per request', [25_000, 5_000, undefined]],
  ['stream-200', 'share of its core', [50, 25, undefined]],
  ['stream-200', 'first byte p50', [3, 2, 1]],
  ['stream-200', 'added to first byte p99', [2, 1, undefined]],
  ['short', 'whole answer p50', [6, 4, 2]],
  ['short', 'failed requests', [2, 0, 0]],
])('tells of %s the %s', (scenario, name, expected) => {
  const measure = describeWindows(makeScenario(scenario), windows, windows).find((row) => row.name === name);

  expect(
    measure && (['gateway', 'pass-through', 'direct'] as const).map((target) => figureOf(measure, target)),
  ).toEqual(expected);
});
