import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 40_000;

/** The built gateway of a copy of the project, with its database where the commands look for it. */
export class GatewayProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly port: string,
  ) {}

  /** @throws when it ends, or does not get ready in time, with what it printed */
  static async start(project: string, environment: Record<string, string | undefined>): Promise<GatewayProcess> {
    const child = spawn(process.execPath, ['--enable-source-maps', 'dist/src/main.js'], {
      cwd: project,
      env: { ...environment, HOST: '127.0.0.1', PORT: '0', LOG_FORMAT: 'json' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    child.once('exit', () => process.off('exit', kill));
    let printed = '';
    child.stderr?.setEncoding('utf8').on('data', (piece: string) => {
      printed = `${printed}${piece}`.slice(-10_000);
    });
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const port = /listens on http:\/\/\S+:(\d+)/.exec(printed)?.[1];
      if (port !== undefined && (await isReady(port))) return new GatewayProcess(child, port);
      if (child.exitCode !== null || Date.now() > deadline) {
        kill();
        throw new Error(`the gateway does not get ready:\n${printed}`);
      }
      await wait(50);
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await exited;
    clearTimeout(timer);
  }
}

async function isReady(port: string): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${port}/health/ready`)).ok;
  } catch {
    return false;
  }
}
