import { Command } from 'commander';
import { VERSION } from '../platform/version.js';
import { registerAccounts } from './accounts/register-accounts.js';
import { registerAudit } from './audit/register-audit.js';
import { registerClient } from './client/register-client.js';
import { registerDoctor } from './doctor/register-doctor.js';
import { registerEncryption } from './encryption/register-encryption.js';
import { registerHealth } from './health/register-health.js';
import { registerKeys } from './keys/register-keys.js';
import { registerMigrate } from './migrate.js';
import { registerServe } from './serve.js';
import type { Surroundings } from './surroundings.js';

/**
 * A command, or a group of them, adds itself to the program. What it needs is imported in its action, so that `--help`
 * and small commands do not load the service.
 */
export type RegisterCommand = (program: Command, surroundings: Surroundings) => void;

/** In the order of `--help`. */
const COMMANDS: readonly RegisterCommand[] = [
  registerServe,
  registerMigrate,
  registerHealth,
  registerAccounts,
  registerKeys,
  registerDoctor,
  registerClient,
  registerEncryption,
  registerAudit,
];

const STATUSES = `
Status: 0 done, 1 failed, 2 the command line is not right; 130 and 143 interrupted.
Settings are read as the service reads them: from the environment, and from .env in the working directory.`;

/** Everything that can stand behind `amq-gateway`. */
export function createProgram(surroundings: Surroundings, commands: readonly RegisterCommand[] = COMMANDS): Command {
  const { output } = surroundings;
  const program = new Command('amq-gateway')
    .description('Amazon Q Developer accounts behind the Anthropic Messages and OpenAI APIs')
    .version(VERSION)
    .addHelpText('after', STATUSES)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride()
    .hook('preAction', (_program, action) => surroundings.prepare?.(firstWordOf(action)))
    .configureOutput({
      writeOut: (text) => void output.print(text),
      writeErr: (text) => output.tell(text.trimEnd()),
      getOutHelpWidth: () => output.columns ?? 100,
      getErrHelpWidth: () => output.columns ?? 100,
    });
  for (const register of commands) register(program, surroundings);
  return program;
}

function firstWordOf(command: Command): string {
  let word = command.name();
  for (let above = command.parent; above?.parent; above = above.parent) word = above.name();
  return word;
}
