import { once } from 'node:events';
import { startChild, stopChild } from './children.mjs';

const LONGEST_STEP_MS = 300_000;

/** One step of an installation; what it says goes to standard error, since standard output is for results. */
export async function runStep(command, args) {
  const child = startChild(command, args, { stdio: ['ignore', 2, 2] });
  const timer = setTimeout(() => void stopChild(child), LONGEST_STEP_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} failed with ${code}`);
}
