import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { catchError, concatMap, from, Observable, tap, throwError, timer, using } from 'rxjs';
import { Lease } from '../accounts/pool/lease.js';
import { Pool } from '../accounts/pool/pool.service.js';
import { GatewayError, toGatewayError } from '../core/errors.js';
import type { MessagesEvent, MessagesRequest } from '../core/messages/vocabulary.js';
import type { RequestChange } from '../core/pool/failure.js';
import { nextStep } from '../core/pool/next-step.js';
import { Configuration } from '../platform/config/configuration.js';
import { abortable } from './content/abortable.js';
import { Content } from './content/content.service.js';
import type { Conversation } from './conversation.js';
import { limitOutput } from './emulation/limit-output.js';
import { explainFailure } from './explain-failure.js';
import { TokenCounter } from './tokens/token-counter.service.js';

/** What was tried for one request. */
class Attempts {
  readonly accounts = new Set<string>();
  /** After the first event nothing is tried again: the client has part of an answer. */
  began = false;
  renewedToken = false;
  retriedAccount = false;
  /** What upstream refused and is sent otherwise now; what it refused once it refuses on every account. */
  readonly changes = new Set<RequestChange>();
  /** What the client is told when nobody else is asked. */
  told: GatewayError | undefined;

  constructor(
    public request: MessagesRequest,
    public conversationId: string,
  ) {}

  enter(accountId: string): void {
    this.accounts.add(accountId);
    this.renewedToken = false;
    this.retriedAccount = false;
  }

  /** Told is what the last account said, but not that it is locked out while another's failure may pass. */
  note(error: GatewayError): GatewayError {
    if (error.failure?.class !== 'auth' || this.told === undefined) this.told = error;
    return this.told;
  }
}

/**
 * The flow of one request: an account from the pool, the call on it, another account when it fails before its first
 * event. The lease is held with `using`, so it is released once on completion, error and hang-up.
 */
@Injectable()
export class ConversationService {
  constructor(
    private readonly pool: Pool,
    private readonly content: Content,
    private readonly tokens: TokenCounter,
    private readonly configuration: Configuration,
  ) {}

  /** Cold: subscribing leases and sends, unsubscribing ends both. Errors are GatewayErrors. */
  converse(conversation: Conversation): Observable<MessagesEvent> {
    return this.onNextAccount(conversation, new Attempts(conversation.request, conversation.conversationId));
  }

  private onNextAccount(conversation: Conversation, attempts: Attempts): Observable<MessagesEvent> {
    return this.leased(conversation, attempts).pipe(
      concatMap((lease) =>
        using(
          () => lease,
          () => this.ask(lease, conversation, attempts),
        ),
      ),
      catchError((thrown) => {
        const error = toGatewayError(thrown);
        if (attempts.began) return throwError(() => error);
        const { step } = this.stepAfter(error, attempts);
        const told = attempts.note(error);
        return step === 'other-account' ? this.onNextAccount(conversation, attempts) : throwError(() => told);
      }),
    );
  }

  /** One lease. Given back at once when nobody waits for it any more: a list of models may take seconds to come. */
  private leased(conversation: Conversation, attempts: Attempts): Observable<Lease> {
    return new Observable((subscriber) => {
      this.lease(conversation, attempts).then(
        (lease) => {
          if (subscriber.closed) lease.unsubscribe();
          subscriber.next(lease);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
    });
  }

  private async lease(conversation: Conversation, attempts: Attempts): Promise<Lease> {
    try {
      const lease = await this.pool.lease(conversation.request.model, attempts.accounts);
      attempts.enter(lease.accountId);
      conversation.onAccount(lease.accountId, attempts.accounts.size, lease.model.id);
      return lease;
    } catch (error) {
      // Nobody else is left: what the last account said tells more than that.
      throw attempts.told ?? error;
    }
  }

  private ask(lease: Lease, conversation: Conversation, attempts: Attempts): Observable<MessagesEvent> {
    const { request, conversationId, changes } = attempts;
    const { model } = lease;
    if (!changes.has('documents-as-text') && this.content.needsText(request, model.id)) {
      return this.askChanged(lease, conversation, attempts, 'documents-as-text');
    }
    const counted = this.tokens.count(request);
    const tokenScale = this.tokens.scale(model);
    const estimatedInputTokens = Math.ceil(counted * tokenScale);
    const { messageId, flow } = conversation;
    const call = { request, model, conversationId, messageId, flow, estimatedInputTokens, tokenScale, changes };
    return lease.converse(call).pipe(
      limitOutput(request, model, tokenScale),
      tap({
        next: (event) => {
          attempts.began = true;
          if (event.type !== 'upstream_report' || event.inputTokens === undefined) return;
          this.tokens.learn(model, counted, event.inputTokens);
        },
        complete: () => lease.succeeded(),
      }),
      catchError((thrown) => {
        const refused = { requestedModel: request.model, model, estimatedInputTokens };
        const error = explainFailure(toGatewayError(thrown), refused);
        const next = this.stepAfter(error, attempts);
        switch (next.step) {
          case 'renew-token':
            attempts.renewedToken = true;
            return from(this.renewToken(lease)).pipe(concatMap(() => this.ask(lease, conversation, attempts)));
          case 'changed-request':
            if (next.change === 'documents-as-text') this.content.documentsRefused(model.id);
            return this.askChanged(lease, conversation, attempts, next.change);
          case 'same-account':
            attempts.retriedAccount = true;
            return timer(next.delayMs).pipe(concatMap(() => this.ask(lease, conversation, attempts)));
          case 'other-account':
          case 'give-up':
            // Without a failure nothing was sent: the request was wrong, not the account.
            if (error.failure) void lease.fail(error);
            return throwError(() => error);
        }
      }),
    );
  }

  private askChanged(
    lease: Lease,
    conversation: Conversation,
    attempts: Attempts,
    change: RequestChange,
  ): Observable<MessagesEvent> {
    return abortable((signal) => this.change(attempts, change, signal)).pipe(
      concatMap(() => this.ask(lease, conversation, attempts)),
    );
  }

  private async change(attempts: Attempts, change: RequestChange, signal: AbortSignal): Promise<void> {
    attempts.changes.add(change);
    if (change === 'documents-as-text') attempts.request = await this.content.documentsAsText(attempts.request, signal);
    if (change === 'new-conversation') attempts.conversationId = randomUUID();
  }

  private async renewToken(lease: Lease): Promise<void> {
    try {
      await lease.renewToken();
    } catch (thrown) {
      void lease.fail(toGatewayError(thrown));
      throw thrown;
    }
  }

  private stepAfter(error: GatewayError, attempts: Attempts): ReturnType<typeof nextStep> {
    // An error that is the last one thrown again: every account was asked.
    if (attempts.began || error === attempts.told) return { step: 'give-up' };
    return nextStep(error.failure, {
      accounts: attempts.accounts.size,
      maxAccounts: this.configuration.settings.MAX_ATTEMPTS,
      renewedToken: attempts.renewedToken,
      retriedAccount: attempts.retriedAccount,
      changes: attempts.changes,
    });
  }
}
