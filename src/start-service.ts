import 'reflect-metadata';
import { Pool } from './accounts/pool/pool.service.js';
import { AdminKeySeeder } from './auth/api-keys/admin-key-seeder.service.js';
import { createGateway } from './create-gateway.js';
import { type Addresses, listen } from './edges/listen.js';
import { readConfiguration } from './platform/config/configuration.js';
import { loadEnvFile } from './platform/config/load-env-file.js';
import { createLogger } from './platform/logging/create-logger.js';
import { stopOnSignals } from './stop-on-signals.js';
import type { StopSignals } from './stop-signals.js';

const NO_ACCOUNT = `No account yet: requests will be refused until there is one. Sign one in with npx amq-gateway accounts
  login, import one with npx amq-gateway accounts import FILE, or set AMAZONQ_REFRESH_TOKEN, AMAZONQ_CLIENT_ID and
  AMAZONQ_CLIENT_SECRET in the environment or in .env (README.md, "Add an account"),
or try everything without an account: npm run demo`;

/** For people, beside the log: on standard error, so that standard output stays one JSON line an entry. */
function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * Starts the service and tells where it listens; it stops when `signals` say so.
 * @throws Error when a setting is wrong, what it needs is not there, or a port is taken
 */
export async function startService(signals: StopSignals): Promise<void> {
  loadEnvFile();
  const configuration = readConfiguration(process.env);
  const logger = createLogger(configuration.settings);
  const creating = createGateway(configuration, logger);
  signals.endUnlessOver(creating);
  const app = await creating;
  const listening = listen(app, configuration.settings);
  stopOnSignals(signals, app, configuration.settings.SHUTDOWN_DELAY * 1000, logger, listening);
  let addresses: Addresses;
  try {
    addresses = await listening;
  } finally {
    // Stored already, so it is told even when the start fails after it: there would be no second chance.
    const generatedKey = app.get(AdminKeySeeder).takeGeneratedKey();
    if (generatedKey) tell(`Admin key, shown only this once: ${generatedKey}`);
  }

  tell(`amq-gateway listens on ${addresses.gateway}`);
  if (addresses.management) tell(`The management API listens on ${addresses.management}`);
  if (app.get(Pool).counts().total === 0) tell(NO_ACCOUNT);
}
