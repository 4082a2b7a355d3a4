import { type Command, Option } from 'commander';
import type { Surroundings } from '../surroundings.js';
import type { Client, SetupOptions } from './client-setup.js';
import { SHELLS } from './environment-settings.js';

const USUAL_URL = 'http://localhost:8080';

const NOTES = `
It prints the settings, unless --write or --undo is there. What somebody else wrote is not overwritten; a file is as it
was, byte by byte, after --undo. The key of the gateway stands in AMQ_GATEWAY_KEY, or in --key-file.`;

/** `amq-gateway client setup claude-code | codex | env`: points a program of this machine to a gateway. */
export function registerClient(program: Command, surroundings: Surroundings): void {
  const client = program.command('client').description('points Claude Code, Codex and others to a gateway');
  const setup = client.command('setup').description('prints, writes or takes out the settings of a client');

  add(setup, 'claude-code', 'Claude Code: `env` in settings.json of ~/.claude or CLAUDE_CONFIG_DIR', surroundings);
  add(setup, 'codex', 'Codex: a provider in config.toml of ~/.codex or CODEX_HOME', surroundings).addOption(
    new Option(
      '--key-in <place>',
      'where Codex takes the key from: a file beside its settings, or AMQ_GATEWAY_KEY (default: file)',
    ).choices(['file', 'env']),
  );
  add(setup, 'env', 'SDKs and other programs: variables, as a shell reads them', surroundings)
    .addOption(new Option('--shell <name>', 'default: by SHELL').choices(SHELLS))
    .option('--file <path>', 'default: ~/.config/amq-gateway/env.sh, .fish, .ps1 or .env');
}

function add(setup: Command, name: Client, description: string, surroundings: Surroundings): Command {
  return setup
    .command(name)
    .description(description)
    .option('--url <url>', 'the gateway', USUAL_URL)
    .option('--model <name>', 'default: the newest Sonnet that the gateway lists')
    .option('--key-file <path>', 'file with the key; - is standard input')
    .option('--create-key [name]', 'makes a new key for it; the one that is given has to be an admin key')
    .option('--admin-url <url>', 'where the admin API is, with MANAGEMENT_PORT; default: --url')
    .option('--no-check', 'does not ask the gateway whether it knows the key and the model')
    .option('--write', 'writes them into the file of the client')
    .option('--replace', 'puts aside what somebody else wrote there; --undo puts it back')
    .option('--undo', 'takes out what --write wrote')
    .option('--dry-run', 'says what --write or --undo would do')
    .option('--json', 'one JSON document')
    .addHelpText('after', NOTES)
    .action(async (options: SetupOptions) => {
      const { setupClient } = await import('./client-setup.js');
      await setupClient(name, options, surroundings);
    });
}
