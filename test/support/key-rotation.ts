import { randomBytes } from 'node:crypto';
import { CommanderError } from 'commander';
import { DataSource } from 'typeorm';
import { registerEncryption } from '../../src/commands/encryption/register-encryption.js';
import { createProgram } from '../../src/commands/program.js';
import type { RotationStep } from '../../src/platform/database/keys/key-rotation.js';
import { KeyWatcher } from '../../src/platform/database/keys/key-watcher.service.js';
import { Encryption } from '../../src/platform/encryption/encryption.js';
import { TestSurroundings } from './command-line.js';
import type { RunningGateway } from './start-gateway.js';

export interface CommandRun {
  args: readonly string[];
  environment: Record<string, string>;
  /** Waited for, after each step. */
  onStep?: (step: RotationStep) => Promise<void>;
}

/**
 * `amq-gateway encryption …` in this process. Returns all it printed and told.
 * @throws Error as the command does
 */
export async function runEncryption({ args, environment, onStep }: CommandRun): Promise<string> {
  const surroundings = new TestSurroundings({ environment });
  const program = createProgram(surroundings, [(parent) => registerEncryption(parent, surroundings, onStep)]);
  await program.parseAsync(['encryption', ...args], { from: 'user' }).catch((error: Error) => {
    if (!(error instanceof CommanderError && /^commander\.help/.test(error.code))) throw error;
  });
  return (surroundings.printed + surroundings.told).trimEnd();
}

/** The running services look for keys after each step, as they do every few seconds. */
export function looking(...gateways: RunningGateway[]): (step: RotationStep) => Promise<void> {
  return async () => {
    for (const { app } of gateways) await app.get(KeyWatcher).look();
  };
}

export const newKey = () => randomBytes(32).toString('base64');

export const keyIdOf = (key: string) => new Encryption(Buffer.from(key, 'base64')).masterKeyId;

/** Every row of every table, but for the keys themselves. */
export async function allRows({ app }: RunningGateway): Promise<string> {
  const dataSource = app.get(DataSource);
  const tables = dataSource.entityMetadatas.map(({ tableName }) => tableName);
  const rows = await Promise.all(tables.map((table) => dataSource.query(`SELECT * FROM ${table}`)));
  return JSON.stringify(rows);
}
