import { parseArgs } from 'node:util';
import { STRATEGIES, STRATEGY_NAMES } from '../../src/core/pool/strategies/strategies.js';
import { formatTable } from '../report/format-table.js';
import { type ChoiceFigures, type ChoiceOptions, measureChoice } from './measure-choice.js';
import { poolStates } from './pools.js';

const usage = `Usage: npm run bench:choice -- [options]

Measures how long it takes to choose among many accounts, for each strategy and several states of the pool.

  --accounts <number>  how many (1000)
  --choices <number>   how many choices in each of nine rounds, of which the calmest counts (5000)
  --json               print the figures as JSON
  --help               print this

Ends with 1 when one in a hundred choices of any row takes longer than is promised.
`;

/** Fewer would be full at a thousand requests a second. */
const fewestAccounts = 200;
/** What is promised for a thousand accounts, microseconds (99th percentile). */
const goal = 50;

interface Row extends ChoiceFigures {
  strategy: string;
  pool: string;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      accounts: { type: 'string', default: '1000' },
      choices: { type: 'string', default: '5000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const options = {
    accounts: numberOf(values.accounts, '--accounts', fewestAccounts, 100_000),
    choices: numberOf(values.choices, '--choices', 100, 1_000_000),
  };
  const rows = measureAll(options);
  process.stdout.write(values.json ? `${JSON.stringify(rows)}\n` : `${format(rows)}\n`);
  if (rows.some(({ p99 }) => p99 > goal)) process.exitCode = 1;
}

function measureAll(options: ChoiceOptions): Row[] {
  return STRATEGY_NAMES.flatMap((strategy) =>
    poolStates.map((state) => {
      process.stderr.write(`${strategy}, ${state.name}\n`);
      return { strategy, pool: state.name, ...measureChoice(state, STRATEGIES[strategy], options) };
    }),
  );
}

function numberOf(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}`);
  }
  return value;
}

function format(rows: readonly Row[]): string {
  return formatTable(
    [
      { title: 'strategy', align: 'left' },
      { title: 'pool', align: 'left' },
      { title: 'p50 µs', align: 'right' },
      { title: 'p99 µs', align: 'right' },
      { title: 'max µs', align: 'right' },
      { title: `p99 ≤ ${goal}`, align: 'left' },
    ],
    rows.map(({ strategy, pool, p50, p99, max }) => [
      ...[strategy, pool, p50.toFixed(1), p99.toFixed(1), max.toFixed(0)],
      p99 <= goal ? 'yes' : 'no',
    ]),
  );
}

try {
  main();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}
