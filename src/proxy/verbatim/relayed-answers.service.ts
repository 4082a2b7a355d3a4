import { Injectable } from '@nestjs/common';
import { catchError, concatMap, defer, from, type Observable, throwError, timer } from 'rxjs';
import type { Lease } from '../../accounts/pool/lease.js';
import { toGatewayError } from '../../core/errors.js';
import type { RelayEvent, RelayRequest } from '../../core/protocols/anthropic-upstream/relay.js';
import { Clock } from '../../platform/clock.js';
import { requestContext } from '../../platform/logging/request-context.js';
import { AccountWalk } from '../account-walk.js';
import type { OnAccount } from '../conversation.js';
import { explainFailure } from '../explain-failure.js';
import type { RequestAttempts } from '../request-attempts.js';
import { readAlong } from './read-along.js';

/** A client's request that goes to endpoints as it is. */
export interface RelayedRequest {
  relay: RelayRequest;
  /** As the client named it. */
  model: string;
  attempts: RequestAttempts;
  onAccount: OnAccount;
}

/** The answers of endpoints, byte by byte: one endpoint after the other until one begins to answer. */
@Injectable()
export class RelayedAnswers {
  constructor(
    private readonly accounts: AccountWalk,
    private readonly clock: Clock,
  ) {}

  /** Cold: subscribing leases and sends, unsubscribing ends both. Errors are GatewayErrors. */
  ask(request: RelayedRequest): Observable<RelayEvent> {
    const { model, attempts, onAccount } = request;
    return defer(() => {
      const startedAt = this.clock.now();
      const elapsed = () => this.clock.now() - startedAt;
      return this.accounts.walk({
        model,
        attempts,
        onAccount,
        ask: (lease) => this.askOne(lease, request, elapsed),
        provider: 'anthropic',
      });
    });
  }

  private askOne(lease: Lease, request: RelayedRequest, elapsed: () => number): Observable<RelayEvent> {
    const { relay, model: requestedModel, attempts } = request;
    // Bytes come in the context of upstream's socket: the facts of this request are taken along.
    const { facts = {} } = requestContext.getStore() ?? {};
    const read = readAlong(elapsed, {
      head: ({ requestId }) => Object.assign(facts, { upstreamRequestId: requestId }),
      began: () => {
        attempts.began = true;
        lease.began();
        relay.body.release();
      },
      learnt: (measurement) => Object.assign(facts, measurement),
      ended: (failure) => {
        if (failure) {
          Object.assign(facts, { streamError: failure.kind, failureClass: failure.failure?.class });
          void lease.fail(failure);
        } else {
          lease.succeeded();
        }
      },
    });
    return lease.relay(relay, requestedModel).pipe(
      read,
      catchError((thrown) => {
        const refused = { requestedModel, model: lease.model, estimatedInputTokens: 0 };
        const error = explainFailure(toGatewayError(thrown), refused);
        const next = this.accounts.stepAfter(error, attempts);
        switch (next.step) {
          case 'renew-token':
            attempts.renewedToken = true;
            return from(this.renewToken(lease)).pipe(concatMap(() => this.askOne(lease, request, elapsed)));
          case 'same-account':
            attempts.retriedAccount = true;
            return timer(next.delayMs).pipe(concatMap(() => this.askOne(lease, request, elapsed)));
          default:
            // A request is never changed here: whoever wrote it is told what was wrong with it.
            void lease.fail(error);
            return throwError(() => error);
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
