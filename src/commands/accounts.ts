import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { accountsCommand } from './accounts-command.js';

/** `npm run accounts -- import | export | list` */
async function run(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  Logger.overrideLogger(['error', 'fatal']);
  // A plain signal would leave copies of databases behind.
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => process.exit(status));
  }
  // Whoever reads has enough, such as `head`.
  process.stdout.once('error', () => process.exit(1));
  process.exitCode = await accountsCommand(process.argv.slice(2), process.env, {
    print: (text) => new Promise((resolve) => process.stdout.write(text, () => resolve())),
    tell: (text) => process.stderr.write(`${text}\n`),
    show: process.stderr.isTTY ? (text) => process.stderr.write(`\r\x1b[K${text}`) : () => undefined,
  });
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
