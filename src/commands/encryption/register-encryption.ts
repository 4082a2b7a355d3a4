import type { Command } from 'commander';
import type { Surroundings } from '../surroundings.js';
import type { OnStep, RotateOptions } from './encryption-command.js';

const GROUP_HELP = `
Changes the key that stored secrets are encrypted with, while services run. They work on the database of the service.`;

const ROTATE_HELP = `
A key is 32 bytes, base64 or hex. With a key file beside SQLite a new one is made when none is given, and the old one
opens nothing afterwards. Run again after a crash, it finishes what was begun.`;

/** `amq-gateway encryption …` @param onStep waited for, after each step of a change was told */
export function registerEncryption(program: Command, surroundings: Surroundings, onStep?: OnStep): void {
  const encryption = program
    .command('encryption')
    .description('the key stored secrets are encrypted with')
    .addHelpText('after', GROUP_HELP);

  encryption
    .command('rotate')
    .description('encrypts everything with a new key')
    .option('--new-key-env <name>', 'the new key is the value of this environment variable')
    .option('--new-key-file <path>', 'the new key stands in this file; - is standard input')
    .option('--retire', 'the old key opens nothing afterwards')
    .option(
      '--wait <seconds>',
      'time running services get to learn of the key, twice; default 12, 0 when none is running',
    )
    .addHelpText('after', ROTATE_HELP)
    .action(async (options: RotateOptions) => {
      const { rotateKey } = await import('./encryption-command.js');
      await rotateKey(options, surroundings, onStep);
    });

  encryption
    .command('retire')
    .description('the old key opens nothing any more; when every replica has the new one')
    .argument('<key-id>', 'as `encryption status` shows it')
    .action(async (keyId: string) => {
      const { retireKey } = await import('./encryption-command.js');
      await retireKey(keyId, surroundings, onStep);
    });

  encryption
    .command('status')
    .description('the keys, by id, and how many values each encrypted')
    .option('--json', 'prints one JSON document')
    .action(async (options: { json?: boolean }) => {
      const { showKeys } = await import('./encryption-command.js');
      await showKeys(options, surroundings);
    });
}
