import { parseArgs } from 'node:util';

export interface CommandLine {
  runs: number;
  seed: number;
  /** The result as one line of JSON on standard output instead of text for people. */
  json: boolean;
  help: boolean;
}

const MOST_RUNS = 100_000;
const LARGEST_SEED = 2 ** 31 - 1;

export const usage = `Usage: npm run soak:renewal -- [options]

Kills the gateway (SIGKILL) around the renewal of an access token, at random moments, and starts it again on the same
database: the account must work, or say needs_login where the service really used the refresh token up and the answer
was lost.

  --runs <n>  kills (50)
  --seed <n>  what the moments are made from; another one each time when left out
  --json      the result as JSON on standard output; progress goes to standard error
  --help      print this
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[], anySeed: number): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      runs: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(anySeed) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    runs: wholeNumber('runs', values.runs, 1, MOST_RUNS),
    seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    json: values.json,
    help: values.help,
  };
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new Error(`--${name} must be a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}
