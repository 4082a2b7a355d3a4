import { cpus } from 'node:os';
import type { BenchTimes } from './bench-times.js';
import { measureHeld } from './measure-held.js';
import { measureScenario } from './measure-scenario.js';
import { prepareRoutes } from './prepare-routes.js';
import { cpuSeconds, machineBusySeconds } from './processes/process-figures.js';
import { type ProxyPlace, startGateway, startPassThrough } from './processes/start-proxy.js';
import type { Measure } from './report/measure.js';
import { makeScenario } from './scenarios/scenarios.js';

export interface BenchRun {
  place: ProxyPlace;
  times: BenchTimes;
  isQuick: boolean;
  scenarios: readonly string[];
  progress(text: string): void;
}

export interface BenchResult {
  measures: Measure[];
  /** Share of the machine that processes other than the bench's own took meanwhile. */
  othersShare: number | undefined;
}

/** Everything that was asked for, one after the other. */
export async function runBench(run: BenchRun): Promise<BenchResult> {
  const measures: Measure[] = [];
  const traffic = run.scenarios.filter((name) => name !== 'held');
  const { measured, othersShare } = await measureTraffic(run, traffic);
  measures.push(...measured);
  if (run.scenarios.includes('held')) {
    measures.push(...(await measureHeld(run.place, run.isQuick, run.progress)));
  }
  return { measures, othersShare };
}

async function measureTraffic({ place, times, progress }: BenchRun, names: readonly string[]) {
  const measured: Measure[] = [];
  if (names.length === 0) {
    return { measured, othersShare: undefined };
  }
  await using gateway = await startGateway(place);
  await using passThrough = await startPassThrough(place);
  const ports = { gateway: gateway.port, 'pass-through': passThrough.port, direct: place.upstream.port };
  const pids = { gateway: gateway.pid, 'pass-through': passThrough.pid };
  const others = () => othersBusySeconds([process.pid, gateway.pid, passThrough.pid]);
  const before = others();
  const began = performance.now();
  for (const name of names) {
    const scenario = makeScenario(name);
    const routes = await prepareRoutes(scenario, ports, place.upstream);
    measured.push(...(await measureScenario({ scenario, routes, pids, times, progress })));
  }
  const seconds = (performance.now() - began) / 1000;
  return { measured, othersShare: (others() - before) / seconds / cpus().length };
}

function othersBusySeconds(own: readonly number[]): number {
  const ours = own.reduce((sum, pid) => sum + (cpuSeconds(pid) ?? 0), 0);
  return (machineBusySeconds() ?? Number.NaN) - ours;
}
