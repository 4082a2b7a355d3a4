import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { formatTable } from '../report/format-table.js';
import { type ManyAccountsFigures, measureManyAccounts } from './measure-many-accounts.js';

const usage = `Usage: npm run bench:accounts -- [options]

Imports many accounts into the gateway and measures the import, pages of the list, a restart and the memory.

  --accounts <number>  how many (1000)
  --json               print the figures as JSON
  --help               print this

With DATABASE_URL it uses that Postgres database, which must be empty; without, a SQLite file of its own.
`;

/** What is promised for a thousand accounts. */
const GOALS: Record<keyof ManyAccountsFigures, string> = {
  importSeconds: '10 s',
  pageMilliseconds: '50 ms',
  largePageMilliseconds: '50 ms',
  readySeconds: '3 s',
  warmUpSeconds: '',
  emptyMegabytes: '',
  megabytes: '',
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      accounts: { type: 'string', default: '1000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const count = Number(values.accounts);
  if (!Number.isInteger(count) || count < 1 || count > 10_000) {
    throw new Error('--accounts must be a whole number from 1 to 10000');
  }
  const folder = mkdtempSync(join(tmpdir(), 'amq-gateway-accounts-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const tell = (step: string) => process.stderr.write(`${step}\n`);
  const figures = await measureManyAccounts(count, folder, tell);
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${format(figures)}\n`);
}

function format(figures: ManyAccountsFigures): string {
  const rows = Object.entries(figures).map(([name, value]) => [
    name,
    String(value),
    GOALS[name as keyof ManyAccountsFigures],
  ]);
  return formatTable(
    [
      { title: 'figure', align: 'left' },
      { title: 'value', align: 'right' },
      { title: 'at most', align: 'right' },
    ],
    rows,
  );
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
