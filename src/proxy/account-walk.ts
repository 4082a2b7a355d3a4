import { Injectable } from '@nestjs/common';
import { catchError, concatMap, Observable, throwError, using } from 'rxjs';
import type { Provider } from '../accounts/account.js';
import type { Lease } from '../accounts/pool/lease.js';
import { Pool } from '../accounts/pool/pool.service.js';
import { type GatewayError, toGatewayError } from '../core/errors.js';
import { type NextStep, nextStep } from '../core/pool/next-step.js';
import { LiveSettings } from '../settings/live-settings.service.js';
import type { OnAccount, Routing } from './conversation.js';
import type { RequestAttempts } from './request-attempts.js';

/** What one walk is for. */
export interface Errand<E> {
  /** As the client named it. */
  model: string;
  attempts: RequestAttempts;
  onAccount: OnAccount;
  /** Cold: one account's answer. Tells the lease how it ended. */
  ask: (lease: Lease) => Observable<E>;
  /** Only accounts of this kind; undefined: any. */
  provider?: Provider;
  /** What else decides on the account. */
  routing?: Routing;
}

/**
 * From account to account until one answers: another one is asked when the one before failed before its first event.
 * A lease is held with `using`, so it is released once on completion, error and hang-up.
 */
@Injectable()
export class AccountWalk {
  constructor(
    private readonly pool: Pool,
    private readonly settings: LiveSettings,
  ) {}

  /** Cold: subscribing leases and sends, unsubscribing ends both. Errors are GatewayErrors. */
  walk<E>(errand: Errand<E>): Observable<E> {
    const { attempts, ask } = errand;
    return this.leased(errand).pipe(
      concatMap((lease) =>
        using(
          () => lease,
          () => ask(lease),
        ),
      ),
      catchError((thrown) => {
        const error = toGatewayError(thrown);
        if (attempts.began) return throwError(() => error);
        const { step } = this.stepAfter(error, attempts);
        const told = attempts.note(error);
        if (step === 'other-account') return this.walk(errand);
        return this.mayAskEndpoint(error, errand)
          ? this.walk({ ...errand, provider: 'anthropic' })
          : throwError(() => told);
      }),
    );
  }

  /** What follows from a failure, for the account and the request as they stand. */
  stepAfter(error: GatewayError, attempts: RequestAttempts): NextStep {
    // An error that is the last one thrown again: every account was asked.
    if (attempts.began || error === attempts.told) return { step: 'give-up' };
    return nextStep(error.failure, {
      accounts: attempts.accounts.size,
      maxAccounts: this.settings.current.maxAttempts,
      renewedToken: attempts.renewedToken,
      soughtProfile: attempts.soughtProfile,
      retriedAccount: attempts.retriedAccount,
      changes: attempts.changes,
    });
  }

  /** A model for which one service has no capacity may have some at another. */
  private mayAskEndpoint<E>({ failure }: GatewayError, { attempts, provider }: Errand<E>): boolean {
    if (failure?.class !== 'capacity' || provider !== undefined || !this.pool.hasEndpoints) return false;
    return attempts.accounts.size < this.settings.current.maxAttempts;
  }

  /** One lease. Given back at once when nobody waits for it any more: a list of models may take seconds to come. */
  private leased<E>(errand: Errand<E>): Observable<Lease> {
    return new Observable((subscriber) => {
      const gone = new AbortController();
      this.lease(errand, gone.signal).then(
        (lease) => {
          if (subscriber.closed) lease.unsubscribe();
          subscriber.next(lease);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => gone.abort();
    });
  }

  private async lease<E>(errand: Errand<E>, signal: AbortSignal): Promise<Lease> {
    const { model, attempts, onAccount, provider, routing } = errand;
    try {
      const lease = await this.pool.lease({ model, excluded: attempts.accounts, provider, ...routing, signal });
      attempts.enter(lease.accountId);
      onAccount(lease.accountId, attempts.accounts.size, lease.model.id);
      return lease;
    } catch (error) {
      // Nobody else is left: what the last account said tells more than that.
      throw attempts.told ?? error;
    }
  }
}
