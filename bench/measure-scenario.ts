import type { BenchTimes } from './bench-times.js';
import { describeWindows, type Windows } from './describe-windows.js';
import type { Route } from './load/route.js';
import type { Measure } from './report/measure.js';
import { runWindow } from './run-window.js';
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

/** Throughput with many connections, latency with one; targets take turns, since machines drift. */
export async function measureScenario(run: ScenarioRun): Promise<Measure[]> {
  const { scenario, routes, times, progress } = run;
  for (const target of targets) {
    progress(`${scenario.name}: warming up ${target}`);
    await runWindow(routes[target], { connections, settle: 0, milliseconds: times.warmUp });
  }
  const throughput = await takeTurns(run, 'throughput', connections, times.throughputWindow);
  const latency = await takeTurns(run, 'latency', 1, times.latencyWindow);
  return describeWindows(scenario, throughput, latency);
}

async function takeTurns(run: ScenarioRun, what: string, count: number, milliseconds: number): Promise<Windows> {
  const { scenario, routes, pids, times, progress } = run;
  const windows: Windows = { gateway: [], 'pass-through': [], direct: [] };
  for (let round = 1; round <= times.rounds; round += 1) {
    for (const target of targets) {
      const options = { connections: count, settle: times.settle, milliseconds, pid: pids[target] };
      const window = await runWindow(routes[target], options);
      windows[target].push(window);
      const { completed, seconds, failures } = window;
      const failed = failures.length > 0 ? `, ${failures.length} FAILED: ${failures[0]}` : '';
      const place = `${scenario.name}: ${what} ${round}/${times.rounds} ${target}`;
      progress(`${place} ${Math.round(completed / seconds)} requests/s${failed}`);
    }
  }
  return windows;
}
