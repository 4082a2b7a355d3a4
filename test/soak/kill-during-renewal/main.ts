import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readCommandLine, usage } from './command-line.js';
import { formatResult } from './format-result.js';
import type { Kill } from './kill-once.js';
import { soak } from './soak.js';

const GATEWAY = fileURLToPath(new URL('../../../src/main.js', import.meta.url));

async function main(): Promise<void> {
  const { help, json, ...options } = readCommandLine(process.argv.slice(2), randomInt(2 ** 31));
  if (help) {
    process.stdout.write(usage);
    return;
  }
  const tell = (number: number, { moment, delayMs, finding, outcome, problem }: Kill) => {
    const kill = `${delayMs.toFixed(1)} ms after '${moment}': ${finding}, ${outcome}`;
    process.stderr.write(
      `• ${number} of ${options.runs}, ${kill}${problem === undefined ? '' : `. WRONG: ${problem}`}\n`,
    );
  };
  const result = await soak(GATEWAY, options, tell);
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `\n${formatResult(result)}`);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}

main().catch((error: Error) => {
  process.stderr.write(`The soak failed. ${error.message}\n`);
  process.exit(1);
});
