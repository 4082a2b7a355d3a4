/** What a command says. Standard output carries results only, so that it can be piped on. */
export interface CommandOutput {
  /** The result: standard output, as it is. Resolves when it is taken. */
  print(text: string): Promise<void>;
  /** Advice, a line each: standard error. */
  tell(text: string): void;
  /** Progress, each in the place of the last; nothing where nobody looks. */
  show(text: string): void;
  /** Columns of the terminal that shows the result; undefined where it goes elsewhere, and nothing is cut short. */
  readonly columns: number | undefined;
  /** Coloured where the result is shown to people. */
  paint(color: 'green' | 'red' | 'yellow' | 'dim', text: string): string;
}

/** What a command meets: given by the process, or by a test. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where relative paths of arguments begin. */
  readonly folder: string;
  readonly output: CommandOutput;
  /** Standard input to its end. @throws when it is longer than a secret, or a terminal where nobody would know what to type */
  readInput(): Promise<string>;
  /** Called before a command runs, not before its help is shown. @param command the first word, such as `accounts` */
  prepare?(command: string): Promise<void>;
  /** Puts a question to whoever sits there; undefined where nobody does. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
  /** Aborted by Ctrl-C or SIGTERM; a command that does not ask for it is ended by either at once. */
  interruption(): AbortSignal;
  /** The process' status when the command is done; see docs/cli.md. */
  status: number;
}

/** Asked for in a way that can't be: status 2, and a hint at `--help`. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
