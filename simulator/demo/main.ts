import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { gatewayEnvironment } from '../gateway-environment.js';
import { Simulator } from '../simulator.js';
import { streamClaudeSample } from './claude-sample.js';
import { GatewayProcess } from './gateway-process.js';
import { instructions } from './instructions.js';
import { streamOpenaiSample } from './openai-sample.js';

const USAGE = `Usage: npm run demo -- [options]

The gateway against the built-in simulator of Amazon Q, in a temporary directory: nothing is kept, nothing leaves
this machine.

  --once         stop after the samples instead of staying up until Ctrl-C
  --port NUMBER  port of the gateway (default: any free one)
  --json         one line of JSON with address and key instead of text for people
  --help         print this
`;

const ACCOUNTS = 3;
const GATEWAY = fileURLToPath(new URL('../../src/main.js', import.meta.url));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      once: { type: 'boolean', default: false },
      port: { type: 'string', default: '0' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const write = (text: string) => (values.json ? process.stderr : process.stdout).write(text);
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);

  await using cleanup = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), 'amq-gateway-demo-'));
  cleanup.defer(() => rm(directory, { recursive: true, force: true }));
  const simulator = await Simulator.start();
  cleanup.defer(() => simulator.close());
  const key = `demo-${randomBytes(12).toString('hex')}`;
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) =>
    simulator.addAccount({ id: `simulated-${index + 1}` }),
  );
  const environment = {
    ...gatewayEnvironment(simulator.url, accounts),
    ADMIN_API_KEY: key,
    DATABASE_PATH: join(directory, 'demo.db'),
    PORT: values.port,
  };
  const gateway = await GatewayProcess.start(GATEWAY, environment, directory);
  cleanup.defer(() => gateway.stop());
  write(`The gateway runs at ${gateway.url}, with ${ACCOUNTS} accounts of a simulated Amazon Q.\n`);

  await streamClaudeSample(gateway.url, key, write);
  await streamOpenaiSample(gateway.url, key, write);
  write(instructions(gateway.url, key));
  if (values.json) process.stdout.write(`${JSON.stringify({ url: gateway.url, key })}\n`);
  if (values.once) return;
  write('\nCtrl-C stops it.\n');
  await stopped;
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
