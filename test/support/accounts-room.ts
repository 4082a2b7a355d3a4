import { Logger } from '@nestjs/common';
import { AccountEntity } from '../../src/accounts/account.entity.js';
import { AccountRepository, type StoredAccount } from '../../src/accounts/account.repository.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import type { OidcSecrets } from '../../src/accounts/account-secrets.js';
import { AuditTrail } from '../../src/accounts/audit-trail.service.js';
import { EnvironmentAccounts } from '../../src/accounts/environment/environment-accounts.service.js';
import { AccountEvents } from '../../src/accounts/events/account-events.service.js';
import { AccountProfiles } from '../../src/accounts/health/account-profiles.service.js';
import { Claims } from '../../src/accounts/health/claims.service.js';
import { ProfileRepository } from '../../src/accounts/health/profile.repository.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { ModelRefusals } from '../../src/accounts/models/model-refusals.service.js';
import { AccountGauges } from '../../src/accounts/pool/account-gauges.service.js';
import { AccountPlaces } from '../../src/accounts/pool/account-places.service.js';
import { AccountSessions } from '../../src/accounts/pool/account-sessions.service.js';
import { Affinities } from '../../src/accounts/pool/affinities.service.js';
import { AttemptCountRepository } from '../../src/accounts/pool/attempt-count.repository.js';
import { Attempts } from '../../src/accounts/pool/attempts.service.js';
import { Bonds } from '../../src/accounts/pool/bonds.service.js';
import { BreakerLog } from '../../src/accounts/pool/breaker-log.service.js';
import { Breakers } from '../../src/accounts/pool/breakers.service.js';
import { Cooldowns } from '../../src/accounts/pool/cooldowns.service.js';
import { ChoiceLog } from '../../src/accounts/pool/explain/choice-log.service.js';
import { Explanations } from '../../src/accounts/pool/explain/explanations.service.js';
import { Leases } from '../../src/accounts/pool/leases.service.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { RecoveryJob } from '../../src/accounts/pool/recovery.job.js';
import { Roster } from '../../src/accounts/pool/roster.service.js';
import { SharedBreakers } from '../../src/accounts/pool/shared-breakers.service.js';
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
import { AuditChain } from '../../src/audit/audit-chain.service.js';
import { AuditEndEntity } from '../../src/audit/audit-end.entity.js';
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
import { EventLog } from '../../src/upstreams/event-log.service.js';
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
  const dataSource = await database.open([AccountEntity, AuditEndEntity, AuditEventEntity]);
  const encryption = database.encryption();
  const repository = new AccountRepository(dataSource, encryption);
  const metrics = new Metrics();
  const http = new UpstreamHttp(new EndpointGuard(configuration));
  const directory = new AccountDirectory(repository, clock);
  const audit = new AuditLog(new AuditChain(new AuditRepository(dataSource), encryption), clock);
  const trail = new AuditTrail(audit);
  const events = new AccountEvents(stateStore, clock);
  const statusLog = new StatusLog(trail, events);
  const chance = new NoChance();
  const settings = new LiveSettings(configuration);
  const breakers = new Breakers(
    settings,
    new SharedBreakers(stateStore, new Claims(stateStore), clock),
    new BreakerLog(trail, events, metrics),
    clock,
    chance,
    directory,
  );
  const times = new TokenTimes(configuration, chance);
  const renewer = new TokenRenewer(
    new StoredTokens(repository, directory, statusLog, clock),
    new TokenEndpoints(http, configuration, metrics, clock),
    times,
    stateStore,
    clock,
  );
  const tokens = new TokenKeeper(renewer, new RenewalLine(), directory, clock, chance, configuration);
  const renewalJob = new RenewalJob(directory, tokens, times, clock);
  new RegistrationWatch(directory, metrics, clock);
  const models = new ModelList(directory, tokens, http, configuration, clock);
  const eventLog = new EventLog(settings);
  const upstream = new AmazonQUpstream(http, eventLog, configuration);
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
    new AnthropicUpstream(http, eventLog, configuration),
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
    breakers,
  });
  const attempts = new Attempts(new AttemptCountRepository(dataSource), metrics, clock, directory);
  const names = new ModelNames(settings.current.modelAliases, true);
  const affinities = new Affinities(settings, stateStore, clock);
  const line = new WaitingLine(configuration, clock, metrics, settings, directory);
  const refusals = new ModelRefusals(directory, clock);
  const roster = new Roster(directory, models, refusals, health.effects, breakers, names, clock);
  const bonds = new Bonds(affinities, roster, models, clock);
  const places = new AccountPlaces(stateStore, roster, line, clock);
  const cooldowns = new Cooldowns(roster, line, stateStore, clock, chance);
  const leases = new Leases(sessions, attempts, health.effects, breakers, refusals, places, cooldowns, clock);
  const choices = new ChoiceLog(roster, settings, clock);
  const pool = new Pool(
    directory,
    models,
    names,
    roster,
    breakers,
    bonds,
    line,
    leases,
    settings,
    clock,
    chance,
    choices,
  );
  const explanations = new Explanations(pool, roster, settings, clock);
  new AccountGauges(roster, tokens, clock, metrics);
  const recoveryJob = new RecoveryJob(breakers, health.probes, attempts, directory, clock, configuration);
  const environmentAccounts = new EnvironmentAccounts(repository, encryption, configuration, statusLog, clock);
  await environmentAccounts.sync();
  await directory.start();
  await breakers.catchUp(Array.from(directory.accounts.keys()));
  const close = async () => {
    await tokens.onApplicationShutdown();
    await attempts.onApplicationShutdown();
    await trail.onApplicationShutdown();
    await directory.onApplicationShutdown();
    await http.onApplicationShutdown();
    metrics.onApplicationShutdown();
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
    recoveryJob,
    events,
    affinities,
    roster,
    line,
    cooldowns,
    pool,
    explanations,
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
