import type { BenchTimes } from './bench-times.js';
import type { Route } from './load/route.js';
import { requestsPerCpuSecond, requestsPerSecond } from './report/goals.js';
import type { Measure } from './report/measure.js';
import { percentile } from './report/percentile.js';
import { runWindow, type WindowFigures } from './run-window.js';
import type { Scenario } from './scenarios/scenario.js';
import { type Target, targets } from './target.js';

/** Enough to keep a core busy; every one waits for its answer before it asks again. */
export const connections = 32;

export interface ScenarioRun {
  scenario: Scenario;
  routes: Record<Target, Route>;
  /** The process of each target that has one. */
  pids: Partial<Record<Target, number>>;
  times: BenchTimes;
  progress(text: string): void;
}

type Windows = Record<Target, WindowFigures[]>;

/** Throughput with many connections, latency with one; targets take turns, since machines drift. */
export async function measureScenario(run: ScenarioRun): Promise<Measure[]> {
  const { scenario, routes, times, progress } = run;
  for (const target of targets) {
    progress(`${scenario.name}: warming up ${target}`);
    await runWindow(routes[target], { connections, settle: 0, milliseconds: times.warmUp });
  }
  const throughput = await takeTurns(run, 'throughput', connections, times.throughputWindow);
  const latency = await takeTurns(run, 'latency', 1, times.latencyWindow);
  const measure = (name: string, unit: string, digits: number, rounds: Measure['rounds']): Measure => ({
    scenario: scenario.name,
    name,
    unit,
    digits,
    rounds,
  });
  const answer = scenario.request.stream ? 'first byte' : 'whole answer';
  const times50 = eachRound(latency, (window) => latencyOf(scenario, window, 0.5));
  const times99 = eachRound(latency, (window) => latencyOf(scenario, window, 0.99));
  const perCpuSecond = eachRound(throughput, ({ completed, cpuSeconds }) => cpuSeconds && completed / cpuSeconds);
  const events = scenario.texts.length;
  return [
    measure(
      requestsPerSecond,
      '',
      0,
      eachRound(throughput, ({ completed, seconds }) => completed / seconds),
    ),
    measure(requestsPerCpuSecond, '', 0, perCpuSecond),
    measure(
      'events per CPU second',
      '',
      0,
      mapRounds(perCpuSecond, (value) => value * events),
    ),
    measure(
      'CPU per request',
      'µs',
      0,
      mapRounds(perCpuSecond, (value) => 1e6 / value),
    ),
    measure(
      'share of its core',
      '%',
      0,
      eachRound(throughput, ({ cpuSeconds, seconds }) => cpuSeconds && (100 * cpuSeconds) / seconds),
    ),
    measure(`${answer} p50`, 'ms', 2, times50),
    measure(`${answer} p99`, 'ms', 2, times99),
    measure(`added to ${answer} p50`, 'ms', 2, added(times50)),
    measure(`added to ${answer} p99`, 'ms', 2, added(times99)),
    measure(
      'failed requests',
      '',
      0,
      eachRound(throughput, ({ failures }) => failures.length),
    ),
  ];
}

async function takeTurns(run: ScenarioRun, what: string, count: number, milliseconds: number): Promise<Windows> {
  const windows: Windows = { gateway: [], 'pass-through': [], direct: [] };
  for (let round = 1; round <= run.times.rounds; round += 1) {
    for (const target of targets) {
      const options = { connections: count, settle: run.times.settle, milliseconds, pid: run.pids[target] };
      const window = await runWindow(run.routes[target], options);
      windows[target].push(window);
      const failed = window.failures.length > 0 ? `, ${window.failures.length} FAILED: ${window.failures[0]}` : '';
      const place = `${run.scenario.name}: ${what} ${round}/${run.times.rounds} ${target}`;
      run.progress(`${place} ${Math.round(window.completed / window.seconds)} requests/s${failed}`);
    }
  }
  return windows;
}

function latencyOf(scenario: Scenario, window: WindowFigures, share: number): number {
  return percentile(scenario.request.stream ? window.firstByte : window.total, share);
}

function eachRound(windows: Windows, figure: (window: WindowFigures) => number | undefined): Measure['rounds'] {
  return Object.fromEntries(
    targets.map((target) => [target, windows[target].map(figure).filter((value) => value !== undefined)]),
  );
}

function mapRounds(rounds: Measure['rounds'], change: (value: number) => number): Measure['rounds'] {
  return Object.fromEntries(targets.map((target) => [target, (rounds[target] ?? []).map(change)]));
}

/** All of them, not a median: one is too many. */
function failed(runs: readonly Windows[]): Measure['rounds'] {
  const count = (target: Target) =>
    runs.flatMap((windows) => windows[target]).flatMap(({ failures }) => failures).length;
  return Object.fromEntries(targets.map((target) => [target, [count(target)]]));
}

/** What a proxy adds to the direct call of the same round. */
function added(rounds: Measure['rounds']): Measure['rounds'] {
  const over = (target: Target) => (rounds[target] ?? []).map((value, round) => value - (rounds.direct?.[round] ?? 0));
  return { gateway: over('gateway'), 'pass-through': over('pass-through') };
}
