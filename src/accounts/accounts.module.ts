import { Module } from '@nestjs/common';
import { MulterModule } from '@nestjs/platform-express';
import { ModelNames } from '../core/models/model-names.js';
import { Configuration } from '../platform/config/configuration.js';
import { LiveSettings } from '../settings/live-settings.service.js';
import { UpstreamsModule } from '../upstreams/upstreams.module.js';
import { AccountRepository } from './account.repository.js';
import { AccountDirectory } from './account-directory.service.js';
import { AccountsStart } from './accounts-start.service.js';
import { AccountActions } from './admin/account-actions.service.js';
import { AccountChecks } from './admin/account-checks.service.js';
import { AccountCreator } from './admin/account-creator.service.js';
import { AccountEditor } from './admin/account-editor.service.js';
import { AccountListRepository } from './admin/account-list.repository.js';
import { AccountLists } from './admin/account-lists.service.js';
import { AccountReset } from './admin/account-reset.service.js';
import { AccountViews } from './admin/account-views.service.js';
import { AccountWrites } from './admin/account-writes.service.js';
import { AccountsController } from './admin/accounts.controller.js';
import { EarlierAccountsController } from './admin/earlier-accounts.controller.js';
import { AuditTrail } from './audit-trail.service.js';
import { EnvironmentAccounts } from './environment/environment-accounts.service.js';
import { AccountEvents } from './events/account-events.service.js';
import { AccountWatch } from './events/account-watch.service.js';
import { EventStreams } from './events/event-streams.service.js';
import { EventsController } from './events/events.controller.js';
import { AccountEffects } from './health/account-effects.service.js';
import { AccountProbes } from './health/account-probes.service.js';
import { AccountProfiles } from './health/account-profiles.service.js';
import { Claims } from './health/claims.service.js';
import { Parking } from './health/parking.service.js';
import { ProbeJob } from './health/probe.job.js';
import { ProbeRequests } from './health/probe-requests.service.js';
import { Prober } from './health/prober.service.js';
import { ProbesController } from './health/probes.controller.js';
import { ProfileRepository } from './health/profile.repository.js';
import { QuotaJob } from './health/quota.job.js';
import { QuotaRepository } from './health/quota.repository.js';
import { Quotas } from './health/quotas.service.js';
import { SignsOfLife } from './health/signs-of-life.service.js';
import { StatusRepository } from './health/status.repository.js';
import { StatusChanges } from './health/status-changes.service.js';
import { Verifier } from './health/verifier.service.js';
import { AccountExport } from './import/account-export.service.js';
import { AccountImport } from './import/account-import.service.js';
import { ExportRepository } from './import/export.repository.js';
import { ImportRepository } from './import/import.repository.js';
import { ImportPlanner } from './import/import-planner.service.js';
import { ImportWriter } from './import/import-writer.service.js';
import { TransferController } from './import/transfer.controller.js';
import { uploadOptions } from './import/upload-options.js';
import { ListedIds } from './models/listed-ids.service.js';
import { ModelList } from './models/model-list.service.js';
import { ModelRefusals } from './models/model-refusals.service.js';
import { AccountGauges } from './pool/account-gauges.service.js';
import { AccountPlaces } from './pool/account-places.service.js';
import { AccountSessions } from './pool/account-sessions.service.js';
import { Affinities } from './pool/affinities.service.js';
import { AttemptCountRepository } from './pool/attempt-count.repository.js';
import { Attempts } from './pool/attempts.service.js';
import { Bonds } from './pool/bonds.service.js';
import { BreakerLog } from './pool/breaker-log.service.js';
import { Breakers } from './pool/breakers.service.js';
import { Cooldowns } from './pool/cooldowns.service.js';
import { ChoiceLog } from './pool/explain/choice-log.service.js';
import { Explanations } from './pool/explain/explanations.service.js';
import { RoutingController } from './pool/explain/routing.controller.js';
import { Leases } from './pool/leases.service.js';
import { Pool } from './pool/pool.service.js';
import { RecoveryJob } from './pool/recovery.job.js';
import { Roster } from './pool/roster.service.js';
import { SharedBreakers } from './pool/shared-breakers.service.js';
import { SignatureMakers } from './pool/signature-makers.service.js';
import { WaitingLine } from './pool/waiting-line.service.js';
import { AuthorizationStep } from './sign-in/authorization-step.service.js';
import { DeviceSignInRepository } from './sign-in/device-sign-in.repository.js';
import { ProfileFinder } from './sign-in/profile-finder.service.js';
import { ProfileStep } from './sign-in/profile-step.service.js';
import { SignInController } from './sign-in/sign-in.controller.js';
import { SignInService } from './sign-in/sign-in.service.js';
import { SignInEndings } from './sign-in/sign-in-endings.service.js';
import { SignInPoller } from './sign-in/sign-in-poller.service.js';
import { SignInRequests } from './sign-in/sign-in-requests.service.js';
import { SignInStarter } from './sign-in/sign-in-starter.service.js';
import { SignInSteps } from './sign-in/sign-in-steps.service.js';
import { SignedInAccounts } from './sign-in/signed-in-accounts.service.js';
import { StatusLog } from './status-log.service.js';
import { RegistrationWatch } from './tokens/registration-watch.service.js';
import { RenewalJob } from './tokens/renewal.job.js';
import { RenewalLine } from './tokens/renewal-line.service.js';
import { StoredTokens } from './tokens/stored-tokens.service.js';
import { TokenEndpoints } from './tokens/token-endpoints.service.js';
import { TokenKeeper } from './tokens/token-keeper.service.js';
import { TokenRenewer } from './tokens/token-renewer.service.js';
import { TokenTimes } from './tokens/token-times.service.js';

@Module({
  imports: [
    UpstreamsModule,
    MulterModule.registerAsync({
      inject: [Configuration],
      useFactory: ({ settings }: Configuration) => uploadOptions(settings.MAX_BODY_SIZE),
    }),
  ],
  // Fixed paths stand before any `:id`.
  controllers: [
    TransferController,
    SignInController,
    ProbesController,
    AccountsController,
    EarlierAccountsController,
    EventsController,
    RoutingController,
  ],
  providers: [
    AccountRepository,
    AccountDirectory,
    EnvironmentAccounts,
    StoredTokens,
    TokenEndpoints,
    TokenTimes,
    TokenRenewer,
    RenewalLine,
    TokenKeeper,
    RenewalJob,
    RegistrationWatch,
    {
      provide: ModelNames,
      inject: [Configuration, LiveSettings],
      useFactory: ({ settings }: Configuration, live: LiveSettings) => {
        const names = new ModelNames(live.current.modelAliases, settings.OPENAI_MODEL_NAMES === 'map');
        live.onChange(({ modelAliases }) => names.use(modelAliases));
        return names;
      },
    },
    ModelList,
    ListedIds,
    ModelRefusals,
    AuditTrail,
    AccountEvents,
    AccountWatch,
    EventStreams,
    StatusLog,
    SignatureMakers,
    StatusRepository,
    StatusChanges,
    ProfileRepository,
    AccountProfiles,
    QuotaRepository,
    Quotas,
    Parking,
    SignsOfLife,
    AccountSessions,
    Prober,
    Verifier,
    AccountEffects,
    AccountProbes,
    ProbeRequests,
    Claims,
    ProbeJob,
    QuotaJob,
    AttemptCountRepository,
    Attempts,
    SharedBreakers,
    BreakerLog,
    Breakers,
    RecoveryJob,
    Affinities,
    Bonds,
    Roster,
    AccountGauges,
    WaitingLine,
    AccountPlaces,
    Cooldowns,
    Leases,
    ChoiceLog,
    Pool,
    Explanations,
    ImportRepository,
    ImportPlanner,
    ImportWriter,
    AccountImport,
    ExportRepository,
    AccountExport,
    AccountsStart,
    AccountListRepository,
    AccountViews,
    AccountWrites,
    AccountReset,
    AccountChecks,
    AccountCreator,
    AccountEditor,
    AccountActions,
    AccountLists,
    DeviceSignInRepository,
    ProfileFinder,
    SignInEndings,
    SignedInAccounts,
    AuthorizationStep,
    ProfileStep,
    SignInSteps,
    SignInPoller,
    SignInStarter,
    SignInRequests,
    SignInService,
  ],
  exports: [AccountDirectory, AccountProbes, ModelList, ModelNames, Pool],
})
export class AccountsModule {}
