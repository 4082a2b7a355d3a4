import { setTimeout as delay } from 'node:timers/promises';
import { Load, type LoadWindow } from './load/load.js';
import type { Route } from './load/route.js';
import { cpuSeconds } from './processes/process-figures.js';

export interface WindowFigures extends LoadWindow {
  /** CPU time of the process under test; undefined where there is none or the system does not tell. */
  cpuSeconds: number | undefined;
}

export interface WindowOptions {
  connections: number;
  settle: number;
  milliseconds: number;
  /** The process under test. */
  pid?: number;
}

/** Loads one target for a while and counts what happens after it settled. */
export async function runWindow(route: Route, options: WindowOptions): Promise<WindowFigures> {
  const load = new Load(route, options.connections);
  try {
    await delay(options.settle);
    const before = options.pid === undefined ? undefined : cpuSeconds(options.pid);
    load.beginWindow();
    await delay(options.milliseconds);
    const window = load.endWindow();
    const after = options.pid === undefined ? undefined : cpuSeconds(options.pid);
    const used = before === undefined || after === undefined ? undefined : after - before;
    return { ...window, cpuSeconds: used };
  } finally {
    await load.stop();
  }
}
