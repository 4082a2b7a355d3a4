import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { pinned } from './pinning.js';

export interface ChildOptions {
  /** Arguments of Node. */
  args: readonly string[];
  environment: Record<string, string>;
  folder: string;
  core: number | undefined;
  /** Where its standard output goes. */
  outputFile: string;
}

const startLimit = 30_000;
const stopLimit = 15_000;
const complaintLimit = 4_000;
const running = new Set<ChildProcess>();

// The last resort: whatever way this process ends, its children end with it.
process.once('exit', () => {
  for (const child of running) {
    child.kill('SIGKILL');
  }
});

/** A server in a process of its own, which says on standard error where it listens. */
export class Child implements AsyncDisposable {
  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  static async start(options: ChildOptions): Promise<Child> {
    const [command = '', ...args] = pinned([process.execPath, ...options.args], options.core);
    const output = openSync(options.outputFile, 'a');
    const child = spawn(command, args, {
      cwd: options.folder,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...options.environment },
      stdio: ['ignore', output, 'pipe'],
    });
    closeSync(output);
    running.add(child);
    child.once('exit', () => running.delete(child));
    try {
      return new Child(child, await portOf(child));
    } catch (error) {
      await stop(child);
      throw error;
    }
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  get hasExited(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  /** Asks it to end, waits until it did. */
  async [Symbol.asyncDispose](): Promise<void> {
    await stop(this.process);
  }
}

function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`a server did not start in time: ${said}`)), startLimit);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-complaintLimit);
      const port = /listens on http:\/\/[^\s/]+:(\d+)/.exec(said)?.[1];
      if (port !== undefined) {
        clearTimeout(timer);
        resolve(Number(port));
      }
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`a server ended with ${code} instead of starting: ${said}`));
    });
  });
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = new AbortController();
  void delay(stopLimit, undefined, { signal: kill.signal, ref: false }).then(
    () => child.kill('SIGKILL'),
    () => undefined,
  );
  await exited;
  kill.abort();
}
