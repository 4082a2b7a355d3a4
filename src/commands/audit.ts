import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { auditCommand } from './audit-command.js';

/** `npm run audit -- verify | head` */
async function run(): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  Logger.overrideLogger(['error', 'fatal']);
  process.exitCode = await auditCommand(process.argv.slice(2), process.env, {
    print: (text) => process.stdout.write(`${text}\n`),
    tell: (text) => process.stderr.write(`${text}\n`),
    show: process.stderr.isTTY ? (text) => process.stderr.write(`\r\x1b[K${text}`) : () => undefined,
  });
}

run().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
