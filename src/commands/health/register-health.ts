import { type Command, InvalidArgumentError } from 'commander';
import type { Surroundings } from '../surroundings.js';

const DEFAULT_TIMEOUT_SECONDS = 4;
const LONGEST_TIMEOUT_SECONDS = 600;

interface HealthOptions {
  url?: string;
  live?: true;
  timeout: number;
  json?: true;
}

/** `amq-gateway health`: what probes ask, for scripts and people. */
export function registerHealth(program: Command, surroundings: Surroundings): void {
  program
    .command('health')
    .description('asks a running gateway whether requests may come')
    .option('--url <url>', 'where it is; default: this machine, by PORT, HOST and MANAGEMENT_PORT')
    .option('--live', 'only whether the process answers, whatever its database says')
    .option('--timeout <seconds>', 'how long to wait for the answer', secondsOf, DEFAULT_TIMEOUT_SECONDS)
    .option('--json', 'one JSON document: url, ok, status, says')
    .addHelpText('after', '\nStatus: 0 it may, 1 it may not or nobody answers.')
    .action(async ({ url, live, timeout, json }: HealthOptions) => {
      const { gatewayUrl } = await import('../gateway-url.js');
      const { askHealth } = await import('./ask-health.js');
      const { probeAddress } = await import('./probe-address.js');
      const base = url === undefined ? probeAddress(surroundings.environment) : gatewayUrl(url);
      const health = await askHealth(base, live ? 'live' : 'ready', timeout * 1000);
      await surroundings.output.print(json ? `${JSON.stringify(health, null, 2)}\n` : `${health.says}\n`);
      if (!health.ok) surroundings.status = 1;
    });
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= LONGEST_TIMEOUT_SECONDS)) {
    throw new InvalidArgumentError(`Seconds, more than 0 and at most ${LONGEST_TIMEOUT_SECONDS}.`);
  }
  return seconds;
}
