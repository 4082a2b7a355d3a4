import { parseArgs } from 'node:util';
import { formatTable } from '../report/format-table.js';
import { type AccessFigures, type AccessOptions, measureAccess } from './measure-access.js';

const usage = `Usage: npm run bench:access -- [options]

Measures what it costs to let a request in: the guard (who calls) and the admission (models, limits, budgets), as they
stand in the service, one request at a time. Their cost is told beside the guard's alone.

  --requests <number>  how many in each of nine rounds (2000)
  --redis <url>        measure limits on this Redis, too (REDIS_URL)
  --json               print the figures as JSON
  --help               print this

p50 and p99 are the time until a request is let in; CPU is all it costs this process, with what is settled and booked
after its answer. Each is the median of the rounds, and so is the ratio to the guard's CPU of the same round.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: '2000' },
      redis: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const requests = Number(values.requests);
  if (!Number.isInteger(requests) || requests < 100 || requests > 10_000)
    throw new Error('--requests must be a whole number from 100 to 10000');
  const redisUrl = values.redis ?? process.env.REDIS_URL;
  const options: AccessOptions = { requests, redisUrl, tell: (step) => process.stderr.write(`${step}\n`) };
  const figures = await measureAccess(options);
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : `${format(figures)}\n`);
  if (redisUrl === undefined) process.stderr.write('Not measured on Redis: give --redis or REDIS_URL.\n');
}

function format(figures: readonly AccessFigures[]): string {
  return formatTable(
    [
      { title: 'let in by', align: 'left' },
      { title: 'p50 µs', align: 'right' },
      { title: 'p99 µs', align: 'right' },
      { title: 'CPU µs', align: 'right' },
      { title: '× guard', align: 'right' },
    ],
    figures.map(({ name, p50, p99, cpu, ratio }) => [
      name,
      p50.toFixed(1),
      p99.toFixed(1),
      cpu.toFixed(1),
      ratio.toFixed(1),
    ]),
  );
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  // What was started may still listen.
  process.exit(1);
});
