import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processEnvironment } from './process-environment.js';

/** The built service as a process of its own: what `npm start` runs. `npm test` builds first. */
const ENTRY = join(process.cwd(), 'dist/src/main.js');

export interface Run {
  child: ChildProcess;
  printed: () => string;
  /** Resolves once the text was printed, or the process ended. */
  saw(text: string): Promise<void>;
  exited: Promise<number | null>;
}

/** A folder in which services run, one after the other or at once. */
export class ServiceFolder {
  private readonly children = new Set<ChildProcess>();

  private constructor(readonly path: string) {}

  static async create(): Promise<ServiceFolder> {
    return new ServiceFolder(await mkdtemp(join(tmpdir(), 'amq-gateway-')));
  }

  run(environment: Record<string, string> = {}): Run {
    const child = spawn(process.execPath, [ENTRY], {
      cwd: this.path,
      env: { ...processEnvironment, PORT: '0', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.children.add(child);
    let text = '';
    const onText = new Set<() => void>();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        text += chunk;
        for (const listener of onText) listener();
      });
    }
    const exited = once(child, 'exit').then(([code]) => code as number | null);
    const saw = (wanted: string) =>
      Promise.race([
        exited.then(() => undefined),
        new Promise<void>((resolve) => {
          const check = () => text.includes(wanted) && resolve();
          onText.add(check);
          check();
        }),
      ]);
    return { child, printed: () => text, saw, exited };
  }

  async remove(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await rm(this.path, { recursive: true, force: true });
  }
}
