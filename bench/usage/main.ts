import { parseArgs } from 'node:util';
import { formatTable } from '../report/format-table.js';
import { measureUsage, type Taken } from './measure-usage.js';
import { UsageDatabase } from './usage-database.js';

const usage = `Usage: npm run bench:usage -- [options]

Fills a ledger with requests of 90 days (50 keys, 20 accounts, 6 models) and times what is read of it, as the service
reads it: every kind of summary over 30 days, pages of the request log, the roll-up of everything, and the deletion of a
day of requests while others are written.

  --rows <number>      how many requests (1000000)
  --rounds <number>    how often each question is asked (5)
  --postgres <url>     on this Postgres, in a schema of its own that is dropped afterwards, beside SQLite
  --only <database>    sqlite or postgres
  --json               print the figures as JSON
  --help               print this

10,000,000 rows take about 8 GB in the folder for temporary files (TMPDIR), and as much in Postgres, and half an hour.
Ends with 1 when a summary or a page takes longer than is promised of 10,000,000 rows.
`;

/** What is promised, milliseconds. */
const goals = { summary: { SQLite: 1_000, Postgres: 300 }, page: { SQLite: 50, Postgres: 50 } };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rows: { type: 'string', default: '1000000' },
      rounds: { type: 'string', default: '5' },
      postgres: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const options = {
    rows: numberOf(values.rows, '--rows', 1_000, 100_000_000),
    rounds: numberOf(values.rounds, '--rounds', 1, 1_000),
    tell: (step: string) => process.stderr.write(`${step}\n`),
  };
  if (values.only !== undefined && values.only !== 'sqlite' && values.only !== 'postgres')
    throw new Error('--only must be sqlite or postgres');
  if (values.only === 'postgres' && values.postgres === undefined) throw new Error('--only postgres needs --postgres');
  const taken: Taken[] = [];
  if (values.only !== 'postgres') {
    await using database = await UsageDatabase.sqlite();
    taken.push(...(await measureUsage(database, options)));
  }
  if (values.postgres !== undefined && values.only !== 'sqlite') {
    await using database = await UsageDatabase.postgres(values.postgres);
    taken.push(...(await measureUsage(database, options)));
  }
  process.stdout.write(values.json ? `${JSON.stringify(taken)}\n` : `${format(taken)}\n`);
  if (taken.some((each) => each.most > goalOf(each))) process.exitCode = 1;
}

function goalOf({ name, database }: Taken): number {
  const kind = name.startsWith('summary') ? 'summary' : name.startsWith('page') ? 'page' : undefined;
  return kind === undefined ? Number.POSITIVE_INFINITY : goals[kind][database];
}

function numberOf(text: string, name: string, least: number, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new Error(`${name} must be a whole number from ${least} to ${most}`);
  return value;
}

function format(taken: readonly Taken[]): string {
  return formatTable(
    [
      { title: 'database', align: 'left' },
      { title: 'what', align: 'left' },
      { title: 'median ms', align: 'right' },
      { title: 'most ms', align: 'right' },
      { title: 'promised', align: 'right' },
    ],
    taken.map((each) => [
      ...[each.database, each.name, each.median.toFixed(1), each.most.toFixed(1)],
      Number.isFinite(goalOf(each)) ? `${goalOf(each)}` : '',
    ]),
  );
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
