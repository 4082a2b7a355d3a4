import { ConfigurationError, readConfiguration } from '../../platform/config/configuration.js';
import type { Settings } from '../../platform/config/settings.js';
import { checkDataFolder } from './check-data-folder.js';
import { checkDatabase } from './check-database.js';
import { checkPorts } from './check-ports.js';
import { checkRedis } from './check-redis.js';
import { checkRequest } from './check-request.js';
import { checkServices } from './check-services.js';
import { type Finding, open, right, wrong } from './finding.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that can be seen from this machine with the settings of the service. */
export async function* examineHere(
  environment: Environment,
  { request }: { request: boolean },
): AsyncGenerator<Finding> {
  let settings: Settings;
  let given: number;
  try {
    const configuration = readConfiguration({ ...environment });
    settings = configuration.settings;
    given = configuration.accounts.length;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    yield wrong('settings', ['not right', ...error.problems].join('\n'), 'docs/configuration.md has them all');
    yield open('everything else', 'not checked: it depends on the settings');
    return;
  }
  yield right('settings', settings.DATABASE_URL ? 'right; Postgres' : 'right; SQLite');
  if (!settings.DATABASE_URL) yield* checkDataFolder(settings.DATABASE_PATH);
  const database = await checkDatabase(settings, given);
  yield* database.findings;
  yield await checkRedis(settings.REDIS_URL);
  yield* checkServices(settings, database.accounts, environment);
  yield* checkPorts(settings, environment);
  if (!request) yield open('request', 'none was sent (--no-request)');
  else yield await checkRequest(environment, database.accounts, Date.now());
}
