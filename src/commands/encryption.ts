import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { encryptionCommand } from './encryption-command.js';

/** `npm run encryption -- rotate | retire | status` */
async function run(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  Logger.overrideLogger(['error', 'fatal']);
  await encryptionCommand(process.argv.slice(2), process.env, {
    print: (text) => process.stdout.write(`${text}\n`),
    tell: (text) => process.stderr.write(`${text}\n`),
  });
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
