import { Logger } from '@nestjs/common';
import { AccountEntity } from '../../src/accounts/account.entity.js';
import { AccountRepository, type StoredAccount } from '../../src/accounts/account.repository.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import type { OidcSecrets } from '../../src/accounts/account-secrets.js';
import { EnvironmentAccounts } from '../../src/accounts/environment/environment-accounts.service.js';
import { AccountProfiles } from '../../src/accounts/health/account-profiles.service.js';
import { ProfileRepository } from '../../src/accounts/health/profile.repository.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { AccountSessions } from '../../src/accounts/pool/account-sessions.service.js';
import { Affinities } from '../../src/accounts/pool/affinities.service.js';
import { AttemptCountRepository } from '../../src/accounts/pool/attempt-count.repository.js';
import { Attempts } from '../../src/accounts/pool/attempts.service.js';
import { Breakers } from '../../src/accounts/pool/breakers.service.js';
import { Leases } from '../../src/accounts/pool/leases.service.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { Roster } from '../../src/accounts/pool/roster.service.js';
import { SignatureMakers } from '../../src/accounts/pool/signature-makers.service.js';
import { WaitingLine } from '../../src/accounts/pool/waiting-line.service.js';
import { ProfileFinder } from '../../src/accounts/sign-in/profile-finder.service.js';
import { StatusLog } from '../../src/accounts/status-log.service.js';
import { RegistrationWatch } from '../../src/accounts/tokens/registration-watch.service.js';
import { RenewalJob } from '../../src/accounts/tokens/renewal.job.js';
import { RenewalLine } from '../../src/accounts/tokens/renewal-line.service.js';
import { StoredTokens } from '../../src/accounts/tokens/stored-tokens.service.js';
import { TokenEndpoints } from '../../src/accounts/tokens/token-endpoints.service.js';
import { TokenKeeper } from '../../src/accounts/tokens/token-keeper.service.js';
import { TokenRenewer } from '../../src/accounts/tokens/token-renewer.service.js';
import { TokenTimes } from '../../src/accounts/tokens/token-times.service.js';
import { AuditRepository } from '../../src/audit/audit.repository.js';
import { AuditEventEntity } from '../../src/audit/audit-event.entity.js';
import { AuditLog } from '../../src/audit/audit-log.service.js';
import { ModelNames } from '../../src/core/models/model-names.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { Chance } from '../../src/platform/chance.js';
import type { Clock } from '../../src/platform/clock.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import { LiveSettings } from '../../src/settings/live-settings.service.js';
import { AmazonQUpstream } from '../../src/upstreams/amazon-q/amazon-q.upstream.js';
import { AnthropicUpstream } from '../../src/upstreams/anthropic/anthropic.upstream.js';
import { EndpointGuard } from '../../src/upstreams/endpoint-guard.js';
import { UpstreamHttp } from '../../src/upstreams/upstream-http.js';
import type { TestDatabase } from './databases.js';
import { openHealthRoom } from './health-room.js';

// What the room logs is what its tests provoke.
Logger.overrideLogger(false);

export interface RoomOptions {
  clock: Clock;
  stateStore: StateStore;
  environment: Record<string, string>;
}

/** The accounts room of one replica: everything real, on a test's own database. */
export async function openAccountsRoom(database: TestDatabase, { clock, stateStore, environment }: RoomOptions) {
  const configuration = readConfiguration({ ...database.environment, ...environment });
  const dataSource = await database.open([AccountEntity, AuditEventEntity]);
  const encryption = database.encryption();
  const repository = new AccountRepository(dataSource, encryption);
  const metrics = new Metrics();
  const http = new UpstreamHttp(new EndpointGuard(configuration));
  const directory = new AccountDirectory(repository, metrics, clock);
  const audit = new AuditLog(new AuditRepository(dataSource), clock);
  const statusLog = new StatusLog(audit);
  const chance = new NoChance();
  const times = new TokenTimes(configuration, chance);
  const renewer = new TokenRenewer(
    new StoredTokens(repository, directory, statusLog, clock),
    new TokenEndpoints(http, configuration, metrics, clock),
    times,
    stateStore,
    clock,
  );
  const tokens = new TokenKeeper(renewer, new RenewalLine(), directory, clock, chance);
  const renewalJob = new RenewalJob(directory, tokens, times, clock);
  new RegistrationWatch(directory, metrics, clock);
  const models = new ModelList(directory, tokens, http, configuration, clock);
  const upstream = new AmazonQUpstream(http, configuration);
  const profiles = new AccountProfiles(
    new ProfileFinder(http, configuration),
    directory,
    tokens,
    new ProfileRepository(dataSource),
    audit,
    clock,
  );
  const sessions = new AccountSessions(
    tokens,
    upstream,
    new SignatureMakers(stateStore),
    configuration,
    profiles,
    new AnthropicUpstream(http, configuration),
  );
  const health = openHealthRoom({
    dataSource,
    directory,
    tokens,
    http,
    configuration,
    clock,
    statusLog,
    models,
    sessions,
    profiles,
    metrics,
    stateStore,
  });
  const attempts = new Attempts(new AttemptCountRepository(dataSource), metrics, clock, directory);
  const settings = new LiveSettings(configuration);
  const names = new ModelNames(settings.current.modelAliases, true);
  const breakers = new Breakers(settings, clock, chance, directory);
  const affinities = new Affinities(settings, clock);
  const line = new WaitingLine();
  const roster = new Roster(directory, models, health.effects, breakers, names);
  const leases = new Leases(sessions, attempts, health.effects, breakers, models, line, clock, chance);
  const pool = new Pool(directory, models, names, roster, breakers, affinities, line, leases, settings, clock, chance);
  const environmentAccounts = new EnvironmentAccounts(repository, encryption, configuration, statusLog, clock);
  await environmentAccounts.sync();
  await directory.start();
  const close = async () => {
    await tokens.onApplicationShutdown();
    await attempts.onApplicationShutdown();
    await directory.onApplicationShutdown();
    await http.onApplicationShutdown();
  };
  return {
    dataSource,
    configuration,
    repository,
    metrics,
    http,
    directory,
    tokens,
    times,
    renewalJob,
    models,
    attempts,
    settings,
    breakers,
    affinities,
    roster,
    pool,
    ...health,
    environmentAccounts,
    close,
  };
}

/** The longest pauses, and the same turns each time. */
class NoChance extends Chance {
  override next(): number {
    return 0;
  }
}

export type AccountsRoom = Awaited<ReturnType<typeof openAccountsRoom>>;

/** The secrets of an account that signs in with AWS. */
export function oidcSecretsOf({ secrets }: StoredAccount): OidcSecrets {
  if (secrets.kind !== 'oidc') throw new Error(`the account signs in by ${secrets.kind}`);
  return secrets;
}
