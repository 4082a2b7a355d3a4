import { Module } from '@nestjs/common';
import { ModelNames } from '../core/models/model-names.js';
import { Configuration } from '../platform/config/configuration.js';
import { UpstreamsModule } from '../upstreams/upstreams.module.js';
import { AccountRepository } from './account.repository.js';
import { AccountDirectory } from './account-directory.service.js';
import { AccountsStart } from './accounts-start.service.js';
import { EnvironmentAccounts } from './environment/environment-accounts.service.js';
import { ModelList } from './models/model-list.service.js';
import { AccountSessions } from './pool/account-sessions.service.js';
import { Pool } from './pool/pool.service.js';
import { SignatureMakers } from './pool/signature-makers.service.js';
import { StatusLog } from './status-log.service.js';
import { TokenKeeper } from './tokens/token-keeper.service.js';
import { TokenRenewer } from './tokens/token-renewer.service.js';

@Module({
  imports: [UpstreamsModule],
  providers: [
    AccountRepository,
    AccountDirectory,
    EnvironmentAccounts,
    TokenRenewer,
    TokenKeeper,
    {
      provide: ModelNames,
      inject: [Configuration],
      useFactory: ({ settings }: Configuration) =>
        new ModelNames(settings.MODEL_ALIASES, settings.OPENAI_MODEL_NAMES === 'map'),
    },
    ModelList,
    StatusLog,
    SignatureMakers,
    AccountSessions,
    Pool,
    AccountsStart,
  ],
  exports: [ModelList, ModelNames, Pool],
})
export class AccountsModule {}
