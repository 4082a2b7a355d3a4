import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { AccountsModule } from '../accounts/accounts.module.js';
import { AuthModule } from '../auth/auth.module.js';
import { UsageModule } from '../usage/usage.module.js';
import { AccountWalk } from './account-walk.js';
import { Admission } from './admission/admission.service.js';
import { TokenEstimates } from './admission/token-estimates.service.js';
import { ChatCompletionsController } from './chat-completions.controller.js';
import { Content } from './content/content.service.js';
import { DocumentRefusals } from './content/document-refusals.service.js';
import { FetchRules } from './content/fetch/fetch-rules.js';
import { UrlFetcher } from './content/fetch/url-fetcher.service.js';
import { PdfReader } from './content/pdf/pdf-reader.service.js';
import { ConversationService } from './conversation.service.js';
import { ConversationIdentities } from './conversation-identities.service.js';
import { CountTokensController } from './count-tokens.controller.js';
import { EmulatedConversations } from './emulation/emulated-conversations.service.js';
import { ErrorFilter } from './error.filter.js';
import { InternalErrors } from './internal-errors.service.js';
import { MessagesController } from './messages.controller.js';
import { MeteredConversations } from './metered-conversations.js';
import { ModelCatalogue } from './model-catalogue.service.js';
import { ModelsController } from './models.controller.js';
import { AnswerRunner } from './reply/answer-runner.js';
import { OpenStreams } from './reply/open-streams.service.js';
import { ReplyService } from './reply/reply.service.js';
import { StreamTimes } from './reply/stream-times.js';
import { DeletedKeys } from './responses/deleted-keys.js';
import { ResponseStore } from './responses/response-store.service.js';
import { ResponsesController } from './responses/responses.controller.js';
import { ResponsesConversations } from './responses/responses-conversations.service.js';
import { StoredAgeRepository } from './responses/stored-age.repository.js';
import { StoredItemRepository } from './responses/stored-item.repository.js';
import { StoredResponseRepository } from './responses/stored-response.repository.js';
import { StoredResponseCleaner } from './responses/stored-response-cleaner.job.js';
import { StoredResponsesController } from './responses/stored-responses.controller.js';
import { RetryPauses } from './retry-pauses.js';
import { RootController } from './root.controller.js';
import { SpendingRepository } from './spending/spending.repository.js';
import { Spending } from './spending/spending.service.js';
import { SpendingLedger } from './spending/spending-ledger.service.js';
import { TokenCounter } from './tokens/token-counter.service.js';
import { EndpointTurns } from './verbatim/endpoint-turns.service.js';
import { PassThrough } from './verbatim/pass-through.service.js';
import { RelayedAnswers } from './verbatim/relayed-answers.service.js';

/** The model API: clients' requests in, answers out. */
@Module({
  imports: [AccountsModule, AuthModule, UsageModule],
  controllers: [
    MessagesController,
    CountTokensController,
    ModelsController,
    ChatCompletionsController,
    ResponsesController,
    StoredResponsesController,
    RootController,
  ],
  providers: [
    Content,
    FetchRules,
    UrlFetcher,
    PdfReader,
    DocumentRefusals,
    TokenCounter,
    TokenEstimates,
    Admission,
    AccountWalk,
    RetryPauses,
    ConversationIdentities,
    ConversationService,
    EmulatedConversations,
    RelayedAnswers,
    PassThrough,
    EndpointTurns,
    MeteredConversations,
    ModelCatalogue,
    StreamTimes,
    ReplyService,
    AnswerRunner,
    OpenStreams,
    ResponsesConversations,
    ResponseStore,
    StoredItemRepository,
    StoredResponseRepository,
    StoredAgeRepository,
    StoredResponseCleaner,
    DeletedKeys,
    SpendingRepository,
    SpendingLedger,
    Spending,
    InternalErrors,
    { provide: APP_FILTER, useClass: ErrorFilter },
  ],
  exports: [AnswerRunner],
})
export class ProxyModule {}
