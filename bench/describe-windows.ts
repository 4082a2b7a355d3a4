import { requestsPerCpuSecond, requestsPerSecond } from './report/goals.js';
import type { Measure } from './report/measure.js';
import { percentile } from './report/percentile.js';
import type { WindowFigures } from './run-window.js';
import type { Scenario } from './scenarios/scenario.js';
import { type Target, targets } from './target.js';

/** One window per round, for each target. */
export type Windows = Record<Target, WindowFigures[]>;

/** What the windows of one scenario say. */
export function describeWindows(scenario: Scenario, throughput: Windows, latency: Windows): Measure[] {
  const { stream } = scenario.request;
  const answer = stream ? 'first byte' : 'whole answer';
  const timesOf = (window: WindowFigures) => (stream ? window.firstByte : window.total);
  const p50 = eachRound(latency, (window) => percentile(timesOf(window), 0.5));
  const p99 = eachRound(latency, (window) => percentile(timesOf(window), 0.99));
  const perSecond = eachRound(throughput, ({ completed, seconds }) => completed / seconds);
  const perCpuSecond = eachRound(throughput, ({ completed, cpuSeconds }) => cpuSeconds && completed / cpuSeconds);
  const coreShare = eachRound(throughput, ({ cpuSeconds, seconds }) => cpuSeconds && (100 * cpuSeconds) / seconds);
  const eventsPerCpuSecond = change(perCpuSecond, (value) => value * scenario.events);
  const cpuPerRequest = change(perCpuSecond, (value) => 1e6 / value);
  const rows: [name: string, unit: string, digits: number, rounds: Measure['rounds']][] = [
    [requestsPerSecond, '', 0, perSecond],
    [requestsPerCpuSecond, '', 0, perCpuSecond],
    ...(stream ? ([['events per CPU second', '', 0, eventsPerCpuSecond]] as typeof rows) : []),
    ['CPU per request', 'µs', 0, cpuPerRequest],
    ['share of its core', '%', 0, coreShare],
    [`${answer} p50`, 'ms', 2, p50],
    [`${answer} p99`, 'ms', 2, p99],
    [`added to ${answer} p50`, 'ms', 2, added(p50)],
    [`added to ${answer} p99`, 'ms', 2, added(p99)],
    ['failed requests', '', 0, failed([throughput, latency])],
  ];
  return rows.map(([name, unit, digits, rounds]) => ({ scenario: scenario.name, name, unit, digits, rounds }));
}

function eachRound(windows: Windows, figure: (window: WindowFigures) => number | undefined): Measure['rounds'] {
  return Object.fromEntries(
    targets.map((target) => [target, windows[target].map(figure).filter((value) => value !== undefined)]),
  );
}

function change(rounds: Measure['rounds'], calculate: (value: number) => number): Measure['rounds'] {
  return Object.fromEntries(targets.map((target) => [target, (rounds[target] ?? []).map(calculate)]));
}

/** What a proxy adds to the direct call of the same round. */
function added(rounds: Measure['rounds']): Measure['rounds'] {
  const over = (target: Target) => (rounds[target] ?? []).map((value, round) => value - (rounds.direct?.[round] ?? 0));
  return { gateway: over('gateway'), 'pass-through': over('pass-through') };
}

/** All of them, not a median: one is too many. */
function failed(runs: readonly Windows[]): Measure['rounds'] {
  const count = (target: Target) => runs.flatMap((windows) => windows[target].flatMap((window) => window.failures));
  return Object.fromEntries(targets.map((target) => [target, [count(target).length]]));
}
