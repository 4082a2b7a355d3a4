import type { DataSource } from 'typeorm';
import type { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import { AccountEffects } from '../../src/accounts/health/account-effects.service.js';
import { AccountProbes } from '../../src/accounts/health/account-probes.service.js';
import type { AccountProfiles } from '../../src/accounts/health/account-profiles.service.js';
import { Claims } from '../../src/accounts/health/claims.service.js';
import { Parking } from '../../src/accounts/health/parking.service.js';
import { ProbeJob } from '../../src/accounts/health/probe.job.js';
import { Prober } from '../../src/accounts/health/prober.service.js';
import { QuotaJob } from '../../src/accounts/health/quota.job.js';
import { QuotaRepository } from '../../src/accounts/health/quota.repository.js';
import { Quotas } from '../../src/accounts/health/quotas.service.js';
import { SignsOfLife } from '../../src/accounts/health/signs-of-life.service.js';
import { StatusRepository } from '../../src/accounts/health/status.repository.js';
import { StatusChanges } from '../../src/accounts/health/status-changes.service.js';
import { Verifier } from '../../src/accounts/health/verifier.service.js';
import type { ModelList } from '../../src/accounts/models/model-list.service.js';
import type { AccountSessions } from '../../src/accounts/pool/account-sessions.service.js';
import type { Breakers } from '../../src/accounts/pool/breakers.service.js';
import type { StatusLog } from '../../src/accounts/status-log.service.js';
import type { TokenKeeper } from '../../src/accounts/tokens/token-keeper.service.js';
import type { Metrics } from '../../src/metrics/metrics.service.js';
import type { Clock } from '../../src/platform/clock.js';
import type { Configuration } from '../../src/platform/config/configuration.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import type { UpstreamHttp } from '../../src/upstreams/upstream-http.js';

/** What of the accounts room the health of accounts stands on. */
export interface HealthGround {
  dataSource: DataSource;
  directory: AccountDirectory;
  tokens: TokenKeeper;
  http: UpstreamHttp;
  configuration: Configuration;
  clock: Clock;
  statusLog: StatusLog;
  models: ModelList;
  sessions: AccountSessions;
  profiles: AccountProfiles;
  metrics: Metrics;
  stateStore: StateStore;
  breakers: Breakers;
}

/** The health of the accounts of one replica: everything real. */
export function openHealthRoom(ground: HealthGround) {
  const { dataSource, directory, tokens, http, configuration, clock, statusLog, models, sessions } = ground;
  const { profiles, metrics, stateStore, breakers } = ground;
  const statuses = new StatusChanges(new StatusRepository(dataSource), directory, statusLog, clock);
  const quotas = new Quotas(new QuotaRepository(dataSource), directory, tokens, http, configuration, clock);
  const parking = new Parking(directory, quotas, statuses, clock);
  const prober = new Prober(models, sessions, breakers, metrics, clock);
  const verifier = new Verifier(directory, quotas, profiles, prober, clock);
  const signs = new SignsOfLife(stateStore, clock, directory);
  const effects = new AccountEffects(models, statuses, parking, verifier, signs, clock);
  const probes = new AccountProbes(prober, effects, statuses, directory, breakers, clock);
  const claims = new Claims(stateStore);
  const probeJob = new ProbeJob(directory, probes, signs, claims, clock, configuration);
  const quotaJob = new QuotaJob(directory, parking, claims, clock);
  return { statuses, quotas, parking, effects, probes, probeJob, quotaJob };
}
