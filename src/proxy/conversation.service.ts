import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { catchError, concatMap, from, identity, type Observable, tap } from 'rxjs';
import type { Lease } from '../accounts/pool/lease.js';
import { type GatewayError, toGatewayError } from '../core/errors.js';
import type { MessagesEvent, MessagesRequest } from '../core/messages/vocabulary.js';
import type { RequestChange } from '../core/pool/failure.js';
import { Clock } from '../platform/clock.js';
import { AccountWalk } from './account-walk.js';
import { abortable } from './content/abortable.js';
import { Content } from './content/content.service.js';
import type { Conversation } from './conversation.js';
import { limitOutput } from './emulation/limit-output.js';
import { explainFailure } from './explain-failure.js';
import { leaveAccount } from './leave-account.js';
import { RequestAttempts } from './request-attempts.js';
import { TokenCounter } from './tokens/token-counter.service.js';
import { tracedCall } from './tracing/traced-call.js';

/** A conversation that is asked for: what was tried, and what goes upstream, as far as refusals changed it. */
interface Asking {
  readonly conversation: Conversation;
  readonly attempts: RequestAttempts;
  request: MessagesRequest;
  conversationId: string;
}

/**
 * The flow of one request: the call on an account, once more on it where that may help, another account when it fails
 * before its first event.
 */
@Injectable()
export class ConversationService {
  constructor(
    private readonly accounts: AccountWalk,
    private readonly content: Content,
    private readonly tokens: TokenCounter,
    private readonly clock: Clock,
  ) {}

  /** Cold: subscribing leases and sends, unsubscribing ends both. Errors are GatewayErrors. */
  converse(conversation: Conversation): Observable<MessagesEvent> {
    const { request, conversationId, onAccount, attempts = new RequestAttempts() } = conversation;
    const asking: Asking = { conversation, attempts, request, conversationId };
    return this.accounts.walk({
      model: request.model,
      attempts,
      onAccount,
      routing: conversation.routing,
      ask: (lease) => this.ask(lease, asking),
    });
  }

  private ask(lease: Lease, asking: Asking): Observable<MessagesEvent> {
    const { attempts, request, conversationId } = asking;
    const { changes } = attempts;
    const { model } = lease;
    // An endpoint can do by itself what is emulated for others.
    const isEmulated = !lease.isEndpoint;
    if (isEmulated && !changes.has('documents-as-text') && this.content.needsText(request, model.id)) {
      return this.askChanged(lease, asking, 'documents-as-text');
    }
    const counted = this.tokens.count(request);
    const tokenScale = this.tokens.scale(model);
    const estimatedInputTokens = Math.ceil(counted * tokenScale);
    const { messageId, flow, original, apiHeaders } = asking.conversation;
    const call = {
      ...{ request, model, conversationId, messageId, flow, estimatedInputTokens, tokenScale, changes },
      ...{ original, apiHeaders },
    };
    const calledAt = this.clock.now();
    return tracedCall(lease.converse(call), lease, attempts.span, request.stream === true).pipe(
      isEmulated ? limitOutput(request, model, tokenScale) : identity,
      tap({
        next: (event) => {
          if (!attempts.began) {
            attempts.began = true;
            lease.began();
          }
          if (event.type !== 'upstream_report') return;
          if (event.credits !== undefined) lease.spent(event.credits);
          if (event.inputTokens !== undefined) this.tokens.learn(model, counted, event.inputTokens);
        },
        complete: () => lease.succeeded(),
      }),
      catchError((thrown) => {
        const refused = { requestedModel: request.model, model, estimatedInputTokens };
        const error = explainFailure(toGatewayError(thrown), refused);
        const next = this.accounts.stepAfter(error, lease, calledAt, attempts);
        switch (next.step) {
          case 'renew-token':
            attempts.renewedToken = true;
            return from(this.renewToken(lease)).pipe(concatMap(() => this.ask(lease, asking)));
          case 'find-profile':
            attempts.soughtProfile = true;
            return from(this.findProfile(lease, error)).pipe(concatMap(() => this.ask(lease, asking)));
          case 'changed-request':
            if (next.change === 'documents-as-text') this.content.documentsRefused(model.id);
            return this.askChanged(lease, asking, next.change);
          case 'same-account':
            attempts.repeats++;
            return this.accounts
              .pause(lease, next.delayMs)
              .pipe(concatMap((mayAsk) => (mayAsk ? this.ask(lease, asking) : leaveAccount(lease, error))));
          case 'other-account':
          case 'give-up':
            return leaveAccount(lease, error);
        }
      }),
    );
  }

  private askChanged(lease: Lease, asking: Asking, change: RequestChange): Observable<MessagesEvent> {
    return abortable((signal) => this.change(asking, change, signal)).pipe(concatMap(() => this.ask(lease, asking)));
  }

  private async change(asking: Asking, change: RequestChange, signal: AbortSignal): Promise<void> {
    asking.attempts.changes.add(change);
    if (change === 'documents-as-text') asking.request = await this.content.documentsAsText(asking.request, signal);
    if (change === 'new-conversation') {
      const { anotherId = () => randomUUID() } = asking.conversation;
      asking.conversationId = anotherId(asking.conversationId);
    }
  }

  private async renewToken(lease: Lease): Promise<void> {
    try {
      await lease.renewToken();
    } catch (thrown) {
      void lease.fail(toGatewayError(thrown));
      throw thrown;
    }
  }

  /** Without another profile the same call would be refused in the same way. */
  private async findProfile(lease: Lease, error: GatewayError): Promise<void> {
    if (await lease.findProfile()) return;
    void lease.fail(error);
    throw error;
  }
}
