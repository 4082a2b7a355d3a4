import { parseArgs } from 'node:util';
import { TARGETS } from './targets.js';

export interface CommandLine {
  targets: readonly string[];
  /** For each target, instead of its own number. */
  runs?: number;
  seed: number;
  /** Number of the first case. */
  from: number;
  /** File for the results as JSON. */
  json?: string;
  help: boolean;
}

const LARGEST_SEED = 2 ** 31 - 1;

const names = Object.keys(TARGETS);

export const usage = `Usage: npm run fuzz -- [options]

Tries the gateway with input that is spoilt in every way. Any case can be had again: --seed and --from name it.

  --target <name>   try only this one; may be given several times
${names.map((name) => `                      ${name.padEnd(17)} ${TARGETS[name]?.about} (${TARGETS[name]?.runs.toLocaleString('en')})`).join('\n')}
  --runs <n>        cases of each target, instead of the number in brackets
  --seed <n>        what the cases are made from; another one each time when left out
  --from <n>        number of the first case (0)
  --json <file>     write the results as JSON, too
  --help            print this
`;

/** Reads the options; throws with a message that can be shown as it is. */
export function readCommandLine(args: readonly string[], anySeed: number): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    options: {
      target: { type: 'string', multiple: true },
      runs: { type: 'string' },
      seed: { type: 'string' },
      from: { type: 'string' },
      json: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = values.target?.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`--target must be one of ${names.join(', ')}, not '${unknown}'`);
  const runs = wholeNumber('runs', values.runs, 1);
  return {
    targets: values.target ?? names,
    ...(runs !== undefined && { runs }),
    seed: wholeNumber('seed', values.seed, 0) ?? anySeed,
    from: wholeNumber('from', values.from, 0) ?? 0,
    ...(values.json !== undefined && { json: values.json }),
    help: values.help,
  };
}

function wholeNumber(name: string, text: string | undefined, least: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === '' || !Number.isInteger(value) || value < least || value > LARGEST_SEED) {
    throw new Error(`--${name} must be a whole number from ${least} to ${LARGEST_SEED}, not '${text}'`);
  }
  return value;
}
