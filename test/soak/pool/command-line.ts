import { parseArgs } from 'node:util';
import { FAULTS } from './faults.js';

/** What a run consists of. */
export const PARTS = ['one-bad', 'all-bad', 'leaks'] as const;
export type Part = (typeof PARTS)[number];

export interface CommandLine {
  parts: readonly Part[];
  faults: readonly string[];
  /** That one account fails in each way, and that none does. */
  seconds: number;
  clients: number;
  /** Of the leak test. */
  requests: number;
  seed: number;
  /** The result as one line of JSON on standard output instead of text for people. */
  json: boolean;
  help: boolean;
}

const LARGEST_SEED = 2 ** 31 - 1;
const names = FAULTS.map(({ name }) => name);

export const usage = `Usage: npm run soak:pool -- [options]

Many clients at the gateway and three accounts at a simulated service, of which one fails, then all three, in each
possible way; then requests that end in every possible way, after which nothing may be left.

  --part <name>     only this one; may be given several times (${PARTS.join(', ')})
  --fault <name>    only this way of failing; may be given several times
  --seconds <n>     for which one account fails in each way (60); all three fail for a sixth of it, at least 5
  --clients <n>     that ask at the same time (50)
  --requests <n>    of the leak test (10000)
  --seed <n>        what the requests are made from; another one each time when left out
  --json            the result as JSON on standard output; progress goes to standard error
  --help            print this

Ways of failing: ${names.join(', ')}
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[], anySeed: number): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      part: { type: 'string', multiple: true },
      fault: { type: 'string', multiple: true },
      seconds: { type: 'string', default: '60' },
      clients: { type: 'string', default: '50' },
      requests: { type: 'string', default: '10000' },
      seed: { type: 'string', default: String(anySeed) },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  return {
    parts: PARTS.filter((part) => chosen('part', values.part, PARTS).includes(part)),
    faults: chosen('fault', values.fault, names),
    seconds: wholeNumber('seconds', values.seconds, 1, 86_400),
    clients: wholeNumber('clients', values.clients, 1, 1_000),
    requests: wholeNumber('requests', values.requests, 100, 10_000_000),
    seed: wholeNumber('seed', values.seed, 0, LARGEST_SEED),
    json: values.json,
    help: values.help,
  };
}

function chosen(option: string, given: string[] | undefined, known: readonly string[]): readonly string[] {
  const unknown = given?.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`--${option} must be one of ${known.join(', ')}, not '${unknown}'`);
  return given ?? known;
}

function wholeNumber(name: string, text: string, least: number, most: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new Error(`--${name} must be a whole number from ${least} to ${most}, not '${text}'`);
  }
  return value;
}
