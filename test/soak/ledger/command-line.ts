import { parseArgs } from 'node:util';
import type { Outage } from './database-outage.js';

export interface CommandLine {
  requests: number;
  clients: number;
  seed: number;
  /** Postgres; undefined: SQLite in a temporary folder. */
  database: string | undefined;
  /** Whether the gateway is killed in the middle of it. */
  kill: boolean;
  /** For so many seconds, in the middle of it, the database is away. */
  outage: { how: Outage; seconds: number } | undefined;
  /** The result as one line of JSON on standard output instead of text for people. */
  json: boolean;
  help: boolean;
}

const LARGEST_SEED = 2 ** 31 - 1;

export const usage = `Usage: npm run soak:ledger -- [options]

Requests of every protocol at a gateway and three accounts of a simulated service: answered, failed over, failed, cut,
left by their clients early and midway, malformed, forbidden. Then the usage ledger is held against what clients saw and
the service served, row by row, and its sums and its export against its rows.

  --requests <n>    (5000)
  --clients <n>     that ask at the same time (50)
  --database <url>  an empty Postgres database; SQLite in a temporary folder when left out
  --kill            the gateway is killed (SIGKILL) in the middle of it, and started again: only what ended within the
                    last second before may be lost
  --outage <s>      the database is away for so many seconds in the middle of it: nothing may be lost
  --silent          and says nothing meanwhile; it refuses connections when left out
  --seed <n>        what the requests are made from; another one each time when left out
  --json            the result as JSON on standard output; progress goes to standard error
  --help            print this
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[], anySeed: number): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string', default: '5000' },
      clients: { type: 'string', default: '50' },
      seed: { type: 'string', default: String(anySeed) },
      database: { type: 'string' },
      kill: { type: 'boolean', default: false },
      outage: { type: 'string' },
      silent: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { outage, database } = values;
  if (outage !== undefined && database === undefined) throw new Error('--outage needs --database');
  return {
    outage:
      outage === undefined
        ? undefined
        : { how: values.silent ? 'silent' : 'refused', seconds: wholeNumber('outage', outage, 1, 3_600) },
    requests: wholeNumber('requests', values.requests, 1, 1_000_000),
    clients: wholeNumber('clients', values.clients, 1, 1_000),
    seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    database,
    kill: values.kill,
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
