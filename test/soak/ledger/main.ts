import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readCommandLine, usage } from './command-line.js';
import { type SoakResult, soak } from './soak.js';

const GATEWAY = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

async function main(): Promise<void> {
  const { help, json, ...options } = readCommandLine(process.argv.slice(2), randomInt(2 ** 31));
  if (help) {
    process.stdout.write(usage);
    return;
  }
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143 })) {
    process.once(signal, () => process.exit(code));
  }
  const result = await soak(GATEWAY, options, (text) => void process.stderr.write(`• ${text}\n`));
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : formatResult(result));
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}

function formatResult({
  seed,
  requests,
  database,
  seconds,
  fates,
  memory,
  rows,
  lost,
  totals,
  problems,
}: SoakResult): string {
  const counted = (counts: object) =>
    Object.entries(counts)
      .filter(([, count]) => typeof count === 'number')
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  return `
${requests} requests in ${seconds} s on ${database}, seed ${seed}: ${counted(fates)}
${rows} in the ledger${lost > 0 ? `, ${lost} lost with the process` : ''}; sums: ${counted(totals)}
Memory ${memory.now} MB, at most ${memory.peak} MB
${problems.length === 0 ? 'Nothing is wrong.' : problems.join('\n')}
`;
}

main().catch((error: Error) => {
  process.stderr.write(`The soak failed. ${error.stack ?? error.message}\n`);
  process.exit(1);
});
