import { type HeldStreams, holdStreams } from './hold-streams.js';
import type { Route } from './load/route.js';
import { prepareRoutes } from './prepare-routes.js';
import { type ProxyPlace, startGateway, startPassThrough } from './processes/start-proxy.js';
import type { Measure } from './report/measure.js';
import { makeScenario } from './scenarios/scenarios.js';
import { type Target, targets } from './target.js';

const counts = [200, 500, 1000];
const quickCounts = [200];
/** So that what a process needs once, compiled code and open connections of the load side, is there before. */
const warmUpStreams = 50;

/** Slow streams held at once, and what each of them takes. Every count meets fresh processes: memory never shrinks. */
export async function measureHeld(
  place: ProxyPlace,
  isQuick: boolean,
  progress: (text: string) => void,
): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const count of isQuick ? quickCounts : counts) {
    await using gateway = await startGateway(place);
    await using passThrough = await startPassThrough(place);
    const ports = { gateway: gateway.port, 'pass-through': passThrough.port, direct: place.upstream.port };
    const routes = await prepareRoutes(makeScenario('held'), ports, place.upstream);
    const pids: Partial<Record<Target, number>> = { gateway: gateway.pid, 'pass-through': passThrough.pid };
    const held = {} as Record<Target, HeldStreams>;
    for (const target of targets) {
      held[target] = await holdOn(routes[target], count, pids[target]);
      const { clean, failures } = held[target];
      progress(`held: ${clean} of ${count} streams clean, ${target}${failures[0] ? ` (${failures[0]})` : ''}`);
    }
    measures.push(...describe(count, held));
  }
  return measures;
}

async function holdOn(route: Route, count: number, pid: number | undefined): Promise<HeldStreams> {
  if (pid !== undefined) {
    await holdStreams(route, warmUpStreams, pid);
  }
  return holdStreams(route, count, pid);
}

function describe(count: number, held: Record<Target, HeldStreams>): Measure[] {
  const scenario = `held-${count}`;
  const each = (figure: (streams: HeldStreams) => number | undefined): Measure['rounds'] =>
    Object.fromEntries(
      targets.map((target) => [target, [figure(held[target])].filter((value) => value !== undefined)]),
    );
  const kilobytes = each(({ bytesPerStream }) => bytesPerStream && bytesPerStream / 1024);
  return [
    { scenario, name: 'clean concurrent streams', unit: '', digits: 0, rounds: each(({ clean }) => clean) },
    { scenario, name: 'memory per stream', unit: 'kB', digits: 1, rounds: kilobytes },
  ];
}
