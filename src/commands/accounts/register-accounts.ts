import type { Command } from 'commander';
import { type GatewayOptions, withGatewayOptions } from '../gateway-options.js';
import type { Surroundings } from '../surroundings.js';
import type { ExportOptions } from './export-accounts.js';
import type { LogInOptions } from './log-in.js';

const IMPORT_HELP = `
FILE: JSON of our export, of AWS' SSO cache, of Kiro, or a list of any of these; data.sqlite3 of the Amazon Q CLI or
the Kiro CLI; or a folder such as ~/.aws/sso/cache. Accounts that are there already are updated. The status is 1 when
an entry could not be imported; the others are.`;

const LOGIN_HELP = `
Without --start-url it signs in with an AWS Builder ID; with it, through IAM Identity Center in --region.`;

const GROUP_HELP = `
Without --url they work on the database of the service (DATABASE_URL or DATABASE_PATH, ENCRYPTION_KEY), whether it runs
or not. A service that runs sees what was changed within five seconds.`;

/** `amq-gateway accounts …` */
export function registerAccounts(program: Command, surroundings: Surroundings): void {
  const accounts = program.command('accounts').description('the accounts of the pool').addHelpText('after', GROUP_HELP);

  withGatewayOptions(accounts.command('list').description('shows the accounts')).action(
    async (options: GatewayOptions) => {
      const { listAccounts } = await import('./list-accounts.js');
      await listAccounts(options, surroundings);
    },
  );

  withGatewayOptions(accounts.command('login').description('signs an account in with AWS, by a code to confirm'))
    .option('--label <name>', 'name of the account')
    .option('--start-url <url>', 'the access portal of IAM Identity Center')
    .option('--region <region>', 'where that IAM Identity Center is')
    .option('--profile <arn>', 'the profile to use where the account may use several')
    .option('--account <id>', 'signs this account in again')
    .addHelpText('after', LOGIN_HELP)
    .action(async (options: LogInOptions) => {
      const { logIn } = await import('./log-in.js');
      await logIn(options, surroundings);
    });

  withGatewayOptions(accounts.command('import').description('adds accounts from files'))
    .argument('<file...>')
    .addHelpText('after', IMPORT_HELP)
    .action(async (files: string[], options: GatewayOptions) => {
      const { importAccounts } = await import('./import-accounts.js');
      await importAccounts(files, options, surroundings);
    });

  withGatewayOptions(accounts.command('export').description('prints all accounts as JSON that can be imported again'), {
    json: false,
  })
    .option('--json', 'changes nothing: it is JSON anyway')
    .option('--include-secrets', 'with refresh tokens, client secrets and keys, in plain text')
    .option('--output <file>', 'writes a new file that only its owner can read')
    .action(async (options: ExportOptions) => {
      const { exportAccounts } = await import('./export-accounts.js');
      await exportAccounts(options, surroundings);
    });

  withGatewayOptions(accounts.command('probe').description('sends a real, minimal request through accounts'))
    .argument('[id...]', 'accounts; all that are enabled when left out')
    .action(async (ids: string[], options: GatewayOptions) => {
      const { probeAccounts } = await import('./probe-accounts.js');
      await probeAccounts(ids, options, surroundings);
    });
}
