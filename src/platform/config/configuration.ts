import { type EnvironmentAccount, readEnvironmentAccounts } from './environment-accounts.js';
import { type Settings, settingsSchema } from './settings.js';

/** What the service was told at its start. A class, so that it is its own injection token. */
export class Configuration {
  constructor(
    readonly settings: Settings,
    readonly accounts: readonly EnvironmentAccount[],
  ) {}
}

/** Thrown with every problem of the environment at once, one line each, no value repeated. */
export class ConfigurationError extends Error {
  constructor(readonly problems: readonly string[]) {
    super(
      `${problems.length === 1 ? 'A setting is' : `${problems.length} settings are`} not right:\n${problems.map((problem) => `  ${problem}`).join('\n')}`,
    );
    this.name = 'ConfigurationError';
  }
}

/**
 * Reads and checks the whole environment; an empty variable counts as absent.
 * @throws ConfigurationError naming every wrong or missing value
 */
export function readConfiguration(environment: Record<string, string | undefined>): Configuration {
  const given = Object.fromEntries(
    Object.keys(settingsSchema.shape).map((name) => [name, environment[name] || undefined]),
  );
  const parsed = settingsSchema.safeParse(given);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  if (given.DATABASE_URL && !given.ENCRYPTION_KEY) {
    problems.push('ENCRYPTION_KEY: required with DATABASE_URL (32 bytes; make one with `openssl rand -base64 32`)');
  }
  if (parsed.success && isOnePort(parsed.data)) {
    problems.push('MANAGEMENT_PORT: the same as PORT; without it the management API is on PORT too');
  }
  const accounts = readEnvironmentAccounts(environment, problems);
  if (!parsed.success || problems.length > 0) throw new ConfigurationError(problems);
  return new Configuration(parsed.data, accounts);
}

/** 0 is any free one, and another address has ports of its own. */
function isOnePort({ PORT, HOST, MANAGEMENT_PORT, MANAGEMENT_HOST = HOST }: Settings): boolean {
  return PORT !== 0 && MANAGEMENT_PORT === PORT && MANAGEMENT_HOST === HOST;
}
