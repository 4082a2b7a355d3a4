import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseCoreList } from './core-list.js';

/** Which core is whose: the load side with the simulator on one, the proxy under test alone on the other. */
export interface Cores {
  load: number;
  proxy: number;
}

/** Two cores this process may use and the means to pin to them; undefined where one of these is missing. */
export function findCores(): Cores | undefined {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).status !== 0) {
    return undefined;
  }
  const allowed = /^Cpus_allowed_list:\s*(.+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  const [load, proxy] = parseCoreList(allowed);
  return load === undefined || proxy === undefined ? undefined : { load, proxy };
}

/** Keeps this process, with all its threads, on one core. */
export function pinSelf(core: number): void {
  spawnSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(process.pid)]);
}

/** A command that runs on one core alone. */
export function pinned(command: readonly string[], core: number | undefined): readonly string[] {
  return core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command];
}
