import { Logger } from '@nestjs/common';
import { AccountEntity } from '../../src/accounts/account.entity.js';
import { AccountRepository, type StoredAccount } from '../../src/accounts/account.repository.js';
import { AccountDirectory } from '../../src/accounts/account-directory.service.js';
import type { OidcSecrets } from '../../src/accounts/account-secrets.js';
import { EnvironmentAccounts } from '../../src/accounts/environment/environment-accounts.service.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { AccountSessions } from '../../src/accounts/pool/account-sessions.service.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { SignatureMakers } from '../../src/accounts/pool/signature-makers.service.js';
import { TokenKeeper } from '../../src/accounts/tokens/token-keeper.service.js';
import { TokenRenewer } from '../../src/accounts/tokens/token-renewer.service.js';
import { ModelNames } from '../../src/core/models/model-names.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import type { Clock } from '../../src/platform/clock.js';
import { readConfiguration } from '../../src/platform/config/configuration.js';
import type { StateStore } from '../../src/platform/state/state-store.js';
import { AmazonQUpstream } from '../../src/upstreams/amazon-q/amazon-q.upstream.js';
import { UpstreamHttp } from '../../src/upstreams/upstream-http.js';
import type { TestDatabase } from './databases.js';

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
  const dataSource = await database.open([AccountEntity]);
  const encryption = database.encryption();
  const repository = new AccountRepository(dataSource, encryption);
  const metrics = new Metrics();
  const http = new UpstreamHttp();
  const directory = new AccountDirectory(repository, metrics, clock);
  const renewer = new TokenRenewer(repository, directory, stateStore, http, configuration, clock);
  const tokens = new TokenKeeper(renewer, clock, directory);
  const models = new ModelList(directory, tokens, http, configuration, clock);
  const upstream = new AmazonQUpstream(http, configuration);
  const sessions = new AccountSessions(tokens, upstream, new SignatureMakers(stateStore), configuration);
  const pool = new Pool(
    directory,
    models,
    sessions,
    metrics,
    new ModelNames(configuration.settings.MODEL_ALIASES, true),
    clock,
  );
  const environmentAccounts = new EnvironmentAccounts(repository, encryption, configuration, clock);
  await environmentAccounts.sync();
  await directory.start();
  const close = async () => {
    await tokens.onApplicationShutdown();
    await directory.onApplicationShutdown();
    await http.onApplicationShutdown();
  };
  return {
    dataSource,
    configuration,
    repository,
    metrics,
    directory,
    tokens,
    models,
    pool,
    environmentAccounts,
    close,
  };
}

export type AccountsRoom = Awaited<ReturnType<typeof openAccountsRoom>>;

/** The secrets of an account that signs in with AWS. */
export function oidcSecretsOf({ secrets }: StoredAccount): OidcSecrets {
  if (secrets.kind !== 'oidc') throw new Error(`the account signs in by ${secrets.kind}`);
  return secrets;
}
