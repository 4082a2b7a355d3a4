import { spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set();

// The last line of defence: whatever ends this process, its children end with it.
process.on('exit', () => {
  for (const child of running) signal(child, 'SIGKILL');
});
for (const [name, code] of Object.entries({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143 })) {
  process.on(name, () => process.exit(code));
}

/**
 * Starts a program in a process group of its own, so that what it starts can be ended with it.
 * @returns {import('node:child_process').ChildProcess}
 */
export function startChild(command, args, options) {
  const child = spawn(command, args, { ...options, detached: true });
  running.add(child);
  child.once('exit', () => running.delete(child));
  child.once('error', () => running.delete(child));
  return child;
}

/** Asks the child to end, makes it after `graceMs`, and waits until it is gone. */
export async function stopChild(child, graceMs = 5_000) {
  if (!isRunning(child)) return;
  const exited = once(child, 'exit');
  signal(child, 'SIGTERM');
  const timer = setTimeout(() => signal(child, 'SIGKILL'), graceMs);
  await exited;
  clearTimeout(timer);
}

function isRunning(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
