import { Injectable } from '@nestjs/common';
import { catchError, concatMap, defer, from, identity, type Observable } from 'rxjs';
import type { Lease } from '../../accounts/pool/lease.js';
import { toGatewayError } from '../../core/errors.js';
import type { RelayEvent, RelayRequest } from '../../core/protocols/anthropic-upstream/relay.js';
import { Clock } from '../../platform/clock.js';
import { requestContext } from '../../platform/logging/request-context.js';
import { AccountWalk } from '../account-walk.js';
import type { OnAccount, Routing } from '../conversation.js';
import { explainFailure } from '../explain-failure.js';
import { noteFailedCall } from '../failed-calls.js';
import { leaveAccount } from '../leave-account.js';
import type { Measurement } from '../meter.js';
import type { RequestAttempts } from '../request-attempts.js';
import { TokenCounter } from '../tokens/token-counter.service.js';
import { errorTypeOf } from '../tracing/ending-span.js';
import { UpstreamCall } from '../tracing/upstream-call.js';
import { readAlong } from './read-along.js';

/** A client's request that goes to endpoints as it is. */
export interface RelayedRequest {
  relay: RelayRequest;
  /** As the client named it. */
  model: string;
  attempts: RequestAttempts;
  onAccount: OnAccount;
  routing: Routing;
  /** Told what is learnt of the answer while it passes. */
  learnt: (measurement: Measurement) => void;
}

/** The answers of endpoints, byte by byte: one endpoint after the other until one begins to answer. */
@Injectable()
export class RelayedAnswers {
  constructor(
    private readonly accounts: AccountWalk,
    private readonly tokens: TokenCounter,
    private readonly clock: Clock,
  ) {}

  /** Cold: subscribing leases and sends, unsubscribing ends both. Errors are GatewayErrors. */
  ask(request: RelayedRequest): Observable<RelayEvent> {
    const { model, attempts, onAccount, routing } = request;
    return defer(() => {
      const { startedAt = this.clock.now() } = requestContext.getStore() ?? {};
      const elapsed = () => this.clock.now() - startedAt;
      return this.accounts.walk({
        model,
        attempts,
        onAccount,
        routing,
        ask: (lease) => this.askOne(lease, request, elapsed),
        provider: 'anthropic',
        isAside: request.relay.operation === 'count_tokens',
      });
    });
  }

  private askOne(lease: Lease, request: RelayedRequest, elapsed: () => number): Observable<RelayEvent> {
    const { relay, model: requestedModel, attempts } = request;
    // Bytes come in the context of upstream's socket: the facts of this request are taken along.
    const { facts = {} } = requestContext.getStore() ?? {};
    const calledAt = this.clock.now();
    const call = attempts.span && new UpstreamCall(attempts.span, lease, spanOf(relay));
    const read = readAlong(elapsed, {
      tokenScale: () => this.tokens.scale(lease.model),
      head: ({ requestId }) => Object.assign(facts, { upstreamRequestId: requestId }),
      began: () => {
        attempts.began = true;
        lease.began();
        relay.body.release();
      },
      learnt: (measurement) => {
        Object.assign(facts, measurement);
        request.learnt(measurement);
        call?.learnt(measurement);
      },
      ended: (failure) => {
        if (failure) {
          Object.assign(facts, { streamError: failure.kind, failureClass: failure.failure?.class });
          noteFailedCall(lease.accountId, failure, this.clock.now() - calledAt);
          call?.span.fail(errorTypeOf(failure));
          attempts.span?.fail(errorTypeOf(failure));
          void lease.fail(failure);
        } else {
          lease.succeeded();
        }
      },
    });
    return lease.relay(relay, requestedModel).pipe(
      read,
      call ? call.ending() : identity,
      catchError((thrown) => {
        const refused = { requestedModel, model: lease.model, estimatedInputTokens: 0 };
        const error = explainFailure(toGatewayError(thrown), refused);
        const next = this.accounts.stepAfter(error, lease, calledAt, attempts);
        switch (next.step) {
          case 'renew-token':
            attempts.renewedToken = true;
            return from(this.renewToken(lease)).pipe(concatMap(() => this.askOne(lease, request, elapsed)));
          case 'same-account':
            attempts.repeats++;
            return this.accounts
              .pause(lease, next.delayMs)
              .pipe(
                concatMap((mayAsk) => (mayAsk ? this.askOne(lease, request, elapsed) : leaveAccount(lease, error))),
              );
          default:
            // A request is never changed here.
            return leaveAccount(lease, error);
        }
      }),
    );
  }

  private async renewToken(lease: Lease): Promise<void> {
    try {
      await lease.renewToken();
    } catch (thrown) {
      void lease.fail(toGatewayError(thrown));
      throw thrown;
    }
  }
}

function spanOf({ operation, stream }: RelayRequest) {
  return { operation: operation === 'messages' ? 'chat' : operation, isStream: stream } as const;
}
