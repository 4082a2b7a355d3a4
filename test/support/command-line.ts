import { tmpdir } from 'node:os';
import { runCommandLine } from '../../src/commands/run-command-line.js';
import { type Surroundings, UsageError } from '../../src/commands/surroundings.js';

export interface CommandLineOptions {
  environment?: Readonly<Record<string, string | undefined>>;
  /** Where relative paths begin. */
  folder?: string;
  /** Standard input. */
  input?: string;
  /** Columns of the terminal; left out: it is none. */
  columns?: number;
  /** What whoever sits there answers, one question after the other; left out: nobody does. */
  answers?: string[];
  /** Told each line of standard error when it is written. */
  onTold?: (text: string) => void;
  interruption?: AbortSignal;
}

export interface CommandLineRun {
  status: number;
  /** Standard output. */
  printed: string;
  /** Standard error, without progress. */
  told: string;
  /** Progress. */
  shown: string[];
}

/** The surroundings of a command that runs in this process. */
export class TestSurroundings implements Surroundings, CommandLineRun {
  status = 0;
  printed = '';
  told = '';
  readonly shown: string[] = [];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  readonly ask: Surroundings['ask'];
  readonly output: Surroundings['output'];

  constructor(private readonly options: CommandLineOptions = {}) {
    const { environment = {}, folder = tmpdir(), answers, columns, onTold } = options;
    this.environment = environment;
    this.folder = folder;
    this.ask = answers && (async () => answers.shift() ?? '');
    this.output = {
      print: async (text) => {
        this.printed += text;
      },
      tell: (text) => {
        this.told += `${text}\n`;
        onTold?.(text);
      },
      show: (text) => this.shown.push(text),
      columns,
      paint: (_color, text) => text,
    };
  }

  interruption(): AbortSignal {
    return this.options.interruption ?? new AbortController().signal;
  }

  async readInput(): Promise<string> {
    if (this.options.input === undefined) throw new UsageError('Standard input is a terminal');
    return this.options.input;
  }
}

/** `amq-gateway …` in this process. */
export async function amqGateway(args: readonly string[], options: CommandLineOptions = {}): Promise<CommandLineRun> {
  const surroundings = new TestSurroundings(options);
  await runCommandLine(args, surroundings);
  return surroundings;
}
