import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 30_000;

/** The gateway as a process of its own, started with exactly this environment and the working directory given. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
  ) {}

  /** @param entry path of `dist/src/main.js`. @throws when it does not listen in time; what it printed is in the message */
  static async start(entry: string, environment: Record<string, string>, directory: string): Promise<GatewayProcess> {
    const child = spawn(process.execPath, [entry], {
      cwd: directory,
      env: { PATH: process.env.PATH ?? '', ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS);
    const printed: string[] = [];
    for await (const line of createInterface({ input: child.stderr as NodeJS.ReadableStream })) {
      const url = /listens on (\S+)/.exec(line)?.[1];
      if (url) {
        clearTimeout(timer);
        child.stderr?.resume();
        return new GatewayProcess(child, url);
      }
      printed.push(line);
    }
    clearTimeout(timer);
    throw new Error(`The gateway did not start:\n${printed.join('\n')}`);
  }

  stop(): Promise<void> {
    return this.end('SIGTERM');
  }

  /** At once, in the middle of whatever it does. */
  kill(): Promise<void> {
    return this.end('SIGKILL');
  }

  private async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }
}
