import { type Command, InvalidArgumentError } from 'commander';
import { type GatewayOptions, withGatewayOptions } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';
import type { CreateKeyOptions } from './create-key.js';

const GROUP_HELP = `
Without --url they work on the database of the service, whether it runs or not; a service that runs goes by a change
within five seconds. To make the first admin key, set ADMIN_API_KEY or start the service once.`;

const CREATE_HELP = `
What is left out is not limited. The key is the only thing on standard output:
  export ANTHROPIC_AUTH_TOKEN=$(amq-gateway keys create laptop)`;

/** `amq-gateway keys …` */
export function registerKeys(program: Command, surroundings: Surroundings): void {
  const keys = program.command('keys').description('the API keys clients use').addHelpText('after', GROUP_HELP);

  withGatewayOptions(keys.command('create').description('makes a key, and prints it this once'))
    .usage('<name> [options]')
    .argument('<name>', 'whose it is, or what for; in front of options that take several values')
    .option('--scope <scope...>', 'inference (default), admin, admin:read, metrics')
    .option('--expires-at <time>', 'such as 2027-01-31T00:00:00Z')
    .option('--requests-per-minute <number>', 'requests begun within any minute', numberIn)
    .option('--tokens-per-minute <number>', 'tokens in and out within any minute', numberIn)
    .option('--max-concurrent <number>', 'requests at the same time', numberIn)
    .option('--monthly-tokens <number>', 'tokens within a calendar month (UTC)', numberIn)
    .option('--monthly-cost <number>', 'cost within a calendar month (UTC)', numberIn)
    .option('--model <name...>', 'models it may ask for, such as claude-sonnet-*')
    .option('--network <network...>', 'addresses it may be used from, such as 10.0.0.0/8')
    .addHelpText('after', CREATE_HELP)
    .action(async (name: string, options: CreateKeyOptions) => {
      const { createKey } = await import('./create-key.js');
      await createKey(name, options, surroundings);
    });

  withGatewayOptions(keys.command('list').description('shows the keys, never their secrets')).action(
    async (options: GatewayOptions) => {
      const { listKeys } = await import('./list-keys.js');
      await listKeys(options, surroundings);
    },
  );

  withGatewayOptions(keys.command('revoke').description('deletes keys, and the responses stored for them'))
    .argument('<id...>', 'as `keys list` shows them')
    .action(async (ids: string[], options: GatewayOptions) => {
      const { revokeKeys } = await import('./revoke-keys.js');
      await revokeKeys(ids, options, surroundings);
    });
}

function numberIn(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new InvalidArgumentError('It has to be a number.');
}
