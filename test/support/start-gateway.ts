import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import pino from 'pino';
import type { Simulator } from '../../simulator/simulator.js';
import { createGateway } from '../../src/create-gateway.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import { loggerOptions } from '../../src/platform/logging/create-logger.js';
import { createMigratedFile } from './migrated-databases.js';

export const ADMIN_KEY = 'admin-key-of-the-tests';

export interface RunningGateway {
  url: string;
  app: NestExpressApplication;
  /** Every log line so far. */
  logs: Record<string, unknown>[];
  close(): Promise<void>;
}

/**
 * Tests that share a gateway provoke failures one after the other and ask the same question again and again: what
 * remembers both is on only where it is tested.
 */
const FORGETFUL = {
  LOAD_BALANCE_STRATEGY: 'round_robin',
  CIRCUIT_BREAKER_ENABLED: 'false',
  SESSION_AFFINITY_TTL: '0',
};

/** The whole gateway in this process: real sockets, its own SQLite file, `accounts` accounts of the simulator. */
export async function startGateway(
  simulator: Simulator,
  { accounts = 1, ...environment }: { accounts?: number } & Record<string, string | number> = {},
): Promise<RunningGateway> {
  const folder = await mkdtemp(join(tmpdir(), 'amq-gateway-'));
  const configuration = readConfiguration({
    DATABASE_PATH: join(folder, 'gateway.db'),
    PORT: '0',
    ADMIN_API_KEY: ADMIN_KEY,
    AMAZONQ_API_ENDPOINT: simulator.url,
    AMAZONQ_TOKEN_ENDPOINT: `${simulator.url}/token`,
    LOG_LEVEL: 'debug',
    ...FORGETFUL,
    ...accountsOf(simulator, accounts),
    ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)])),
  });
  if (!configuration.settings.DATABASE_URL) await createMigratedFile(configuration.settings.DATABASE_PATH);
  const logs: Record<string, unknown>[] = [];
  const logger = pino(loggerOptions(configuration.settings.LOG_LEVEL), {
    write: (line) => logs.push(JSON.parse(line)),
  });
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const app = await createGateway(configuration, logger).catch(async (error) => {
    await removeFolder();
    throw error;
  });
  await app.listen(0, '127.0.0.1');
  const server: Server = app.getHttpServer();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    app,
    logs,
    close: async () => {
      await app.close();
      await removeFolder();
    },
  };
}

/** The simulator's accounts as a multi-account environment. */
export function accountsOf(simulator: Simulator, count: number): Record<string, string> {
  const environment: Record<string, string> = { AMAZONQ_ACCOUNT_COUNT: String(count) };
  for (let number = 1; number <= count; number++) {
    const account = simulator.addAccount();
    const prefix = `AMAZONQ_ACCOUNT_${number}_`;
    environment[`${prefix}ID`] = account.id;
    environment[`${prefix}CLIENT_ID`] = account.clientId;
    environment[`${prefix}CLIENT_SECRET`] = account.clientSecret;
    environment[`${prefix}REFRESH_TOKEN`] = account.refreshToken;
  }
  return environment;
}
