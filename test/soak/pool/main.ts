import { randomInt } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { readCommandLine, usage } from './command-line.js';
import { formatResult } from './format-result.js';
import { soak } from './soak.js';

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
  process.stdout.write(json ? `${JSON.stringify(result)}\n` : `\n${formatResult(result)}`);
  process.exitCode = result.problems.length === 0 ? 0 : 1;
}

main().catch((error: Error) => {
  process.stderr.write(`The soak failed. ${error.stack ?? error.message}\n`);
  process.exit(1);
});
