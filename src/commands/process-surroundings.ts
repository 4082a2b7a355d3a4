import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';
import { loadEnvFile } from '../platform/config/load-env-file.js';
import { type CommandOutput, type Surroundings, UsageError } from './surroundings.js';

/** Keys and tokens are shorter by far. */
const LONGEST_INPUT = 64 * 1024;
const STATUS_OF_SIGNAL = { SIGINT: 130, SIGTERM: 143 } as const;
/** A terminal signals npm and this process, and npm hands it on: two within this time are one. */
const SAME_SIGNAL_MS = 500;

/** Those of this process. */
export class ProcessSurroundings implements Surroundings {
  readonly environment = process.env;
  readonly folder = folderOf(process.env);
  readonly output: CommandOutput = {
    print: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    tell: (text) => process.stderr.write(`${this.clearLine()}${text}\n`),
    show: (text) => {
      if (process.stderr.isTTY) process.stderr.write(this.clearLine() + text);
      this.isShowing = text !== '';
    },
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    paint: (color, text) => styleText(color, text, { stream: process.stdout }),
  };
  readonly ask =
    process.stdin.isTTY && process.stderr.isTTY ? (question: string) => this.askThere(question) : undefined;
  status = 0;
  private isShowing = false;
  private readonly interrupted = new AbortController();
  private isAsked = false;

  constructor() {
    process.stdout.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      // Whoever reads has enough, such as `head`.
      if (code !== 'EPIPE') this.output.tell(`The result could not be written: ${message}`);
      process.exit(1);
    });
  }

  async prepare(command: string): Promise<void> {
    // The service reads its settings by itself, and has its own way to stop, and its own log.
    if (command === 'serve') return;
    loadEnvFile();
    // Probes have no time to lose.
    if (command === 'health') return;
    this.listenToSignals();
    // What is recorded is a log line of the service; here it would stand among the results.
    const { Logger } = await import('@nestjs/common');
    Logger.overrideLogger(['error', 'fatal']);
  }

  interruption(): AbortSignal {
    this.isAsked = true;
    return this.interrupted.signal;
  }

  async readInput(): Promise<string> {
    if (process.stdin.isTTY) throw new UsageError('Standard input is a terminal: pipe the secret in, or name a file');
    let text = '';
    for await (const chunk of process.stdin.setEncoding('utf8')) {
      text += chunk;
      if (text.length > LONGEST_INPUT) throw new UsageError(`Standard input: at most ${LONGEST_INPUT} characters`);
    }
    return text;
  }

  /** From now on signals end the process, cleanly: a plain one would leave copies of databases behind. */
  private listenToSignals(): void {
    let firstAt: number | undefined;
    for (const [signal, status] of Object.entries(STATUS_OF_SIGNAL)) {
      process.on(signal, () => {
        const now = performance.now();
        if (firstAt !== undefined && now - firstAt < SAME_SIGNAL_MS) return;
        // A second one does not wait for anything.
        if (!this.isAsked || firstAt !== undefined) process.exit(status);
        firstAt = now;
        this.status = status;
        this.interrupted.abort();
      });
    }
  }

  private async askThere(question: string): Promise<string> {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    // Where a line is read the terminal hands Ctrl-C to the reader.
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      return await lines.question(question, { signal: this.interruption() });
    } finally {
      lines.close();
    }
  }

  private clearLine(): string {
    return process.stderr.isTTY && this.isShowing ? '\r\x1b[K' : '';
  }
}

/** `npm run` changes to the project's folder first; `npx` does not. */
function folderOf({ npm_package_name, npm_lifecycle_event, INIT_CWD }: NodeJS.ProcessEnv): string {
  const isScript = npm_package_name === 'amq-gateway' && npm_lifecycle_event !== 'npx';
  return isScript && INIT_CWD ? INIT_CWD : process.cwd();
}
