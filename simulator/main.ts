import { readCommandLine, usage } from './command-line.js';
import { gatewayEnvironment } from './gateway-environment.js';
import { Simulator } from './simulator.js';

async function main(): Promise<void> {
  const options = readCommandLine(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return;
  }
  const simulator = await Simulator.start({ port: options.port, host: options.host });
  const accounts = Array.from({ length: options.accounts }, (_, index) =>
    simulator.addAccount({ id: `simulated-${index + 1}` }),
  );
  const environment = gatewayEnvironment(simulator.url, accounts);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ url: simulator.url, environment })}\n`);
  } else {
    const lines = Object.entries(environment).map(([name, value]) => `export ${name}=${value}`);
    process.stdout.write(`The simulator listens on ${simulator.url}\n\n${lines.join('\n')}\n`);
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void simulator.close());
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
