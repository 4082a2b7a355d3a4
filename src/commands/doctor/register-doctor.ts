import type { Command } from 'commander';
import { type GatewayOptions, withGatewayOptions } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';

export interface DoctorOptions extends GatewayOptions {
  /** `--no-request` */
  request: boolean;
}

const HELP = `
Changes nothing: it migrates no database, makes no key and renews no token. Without --url it looks at the settings, the
data, Redis, the clock and the way to Amazon Q from here; with it, at what a running gateway says, as far as the key may
ask. The status is 1 when something is wrong (✗); what could not be checked (–) is not.`;

/** `amq-gateway doctor` */
export function registerDoctor(program: Command, surroundings: Surroundings): void {
  withGatewayOptions(
    program.command('doctor').description('finds what keeps the gateway from working, and says what to do'),
  )
    .option('--no-request', 'sends no real request to Amazon Q')
    .addHelpText('after', HELP)
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = await import('./run-doctor.js');
      await runDoctor(options, surroundings);
    });
}
