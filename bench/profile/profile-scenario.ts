import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BenchTimes } from '../bench-times.js';
import { connections } from '../measure-scenario.js';
import { prepareGatewayRoute } from '../prepare-routes.js';
import { type ProxyPlace, startGateway } from '../processes/start-proxy.js';
import { formatTable } from '../report/format-table.js';
import { runWindow } from '../run-window.js';
import { makeScenario } from '../scenarios/scenarios.js';
import { type CpuProfile, type SelfTime, summariseProfile } from './summarise-profile.js';

const longestList = 15;
const thousand = 1000n;

/** Loads a gateway of its own under V8's sampling profiler; says where the time of the measured window went. */
export async function profileScenario(
  name: string,
  place: ProxyPlace,
  folder: string,
  times: BenchTimes,
): Promise<string> {
  const scenario = makeScenario(name);
  const file = `${name}.cpuprofile`;
  place.upstream.serve(scenario);
  const { from, to, completed } = await (async () => {
    await using gateway = await startGateway(place, [
      '--cpu-prof',
      `--cpu-prof-dir=${folder}`,
      `--cpu-prof-name=${file}`,
    ]);
    const route = await prepareGatewayRoute(scenario, gateway.port);
    await runWindow(route, { connections, settle: 0, milliseconds: times.warmUp });
    const from = monotonicMicroseconds();
    const { completed } = await runWindow(route, { connections, settle: 0, milliseconds: times.profileWindow });
    return { from, to: monotonicMicroseconds(), completed };
  })();
  // The profile is written while the gateway stops.
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
  const { functions, origins, busyMicroseconds } = summariseProfile(profile, from, to);
  const heading = `${name}: ${completed} requests, ${Math.round(busyMicroseconds / completed)} µs each, in ${join(folder, file)}`;
  return [heading, list('function', functions, completed), list('origin', origins, completed)].join('\n\n');
}

function list(title: string, times: readonly SelfTime[], requests: number): string {
  const rows = times
    .slice(0, longestList)
    .map(({ name, microseconds, share }) => [
      `${(100 * share).toFixed(1)} %`,
      (microseconds / requests).toFixed(1),
      name,
    ]);
  return formatTable(
    [
      { title: 'self', align: 'right' },
      { title: 'µs/request', align: 'right' },
      { title, align: 'left' },
    ],
    rows,
  );
}

/** The clock V8 stamps its profiles with. */
function monotonicMicroseconds(): number {
  return Number(process.hrtime.bigint() / thousand);
}
