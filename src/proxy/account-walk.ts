import { Injectable } from '@nestjs/common';
import { catchError, concatMap, defer, Observable, throwError, using } from 'rxjs';
import type { Provider } from '../accounts/account.js';
import type { Lease } from '../accounts/pool/lease.js';
import { Pool } from '../accounts/pool/pool.service.js';
import { GatewayError, toGatewayError } from '../core/errors.js';
import { type NextStep, nextStep } from '../core/pool/next-step.js';
import { Chance } from '../platform/chance.js';
import { Clock } from '../platform/clock.js';
import { Configuration } from '../platform/config/configuration.js';
import { LiveSettings } from '../settings/live-settings.service.js';
import type { OnAccount, Routing } from './conversation.js';
import { noteFailedCall } from './failed-calls.js';
import type { RequestAttempts } from './request-attempts.js';
import { RetryPauses } from './retry-pauses.js';
import { noteAccount, tracedAttempt } from './tracing/traced-attempt.js';

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
  /** It takes nobody's turn. */
  isAside?: boolean;
  /** What else decides on the account. */
  routing?: Routing;
}

/** Of a timer of Node. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * From account to account until one answers: another one is asked when the one before failed before its first event.
 * A lease is held with `using`, so it is released once on completion, error and hang-up.
 */
@Injectable()
export class AccountWalk {
  /** Between the beginnings of a request's first attempt and its last, milliseconds. */
  private readonly longest: number;

  constructor(
    private readonly pool: Pool,
    private readonly settings: LiveSettings,
    private readonly pauses: RetryPauses,
    private readonly clock: Clock,
    private readonly chance: Chance,
    configuration: Configuration,
  ) {
    // As long as two accounts take that do not answer at all.
    this.longest = 2 * configuration.settings.UPSTREAM_FIRST_BYTE_TIMEOUT * 1000;
  }

  /** Cold: subscribing leases and sends, unsubscribing ends both. Errors are GatewayErrors. */
  walk<E>(errand: Errand<E>): Observable<E> {
    const { attempts, ask } = errand;
    const attempt = this.leased(errand).pipe(
      concatMap((lease) =>
        using(
          () => lease,
          // What `using` is thrown at before it has an answer, it never gives back.
          () => defer(() => ask(lease)),
        ),
      ),
    );
    return tracedAttempt(attempt, attempts).pipe(
      catchError((thrown) => {
        const error = toGatewayError(thrown);
        if (attempts.began) return throwError(() => error);
        const { step } = this.next(error, attempts);
        // Whoever may change the request does so, or tells its client.
        if (step === 'changed-request') return throwError(() => error);
        const told = attempts.note(error);
        if (step === 'other-account') return this.walk(errand);
        return this.mayAskEndpoint(error, errand)
          ? this.walk({ ...errand, provider: 'anthropic' })
          : throwError(() => told);
      }),
    );
  }

  /**
   * A call failed: it is noted, and what follows is said, for the account and the request as they stand.
   * @param calledAt epoch milliseconds
   */
  stepAfter(error: GatewayError, lease: Lease, calledAt: number, attempts: RequestAttempts): NextStep {
    noteFailedCall(lease.accountId, error, this.clock.now() - calledAt);
    return this.next(error, attempts);
  }

  /**
   * Waits before the same account is asked again. Cold; unsubscribing ends it.
   * @returns whether it still may be asked: meanwhile it may be out of use, or have asked to be left alone
   */
  pause(lease: Lease, milliseconds: number): Observable<boolean> {
    return this.pauses.wait(milliseconds).pipe(concatMap(() => this.pool.mayAskAgain(lease.accountId)));
  }

  private next(error: GatewayError, attempts: RequestAttempts): NextStep {
    if (attempts.began) return { step: 'give-up' };
    const tried = {
      accounts: attempts.accounts.size,
      maxAccounts: this.settings.current.maxAttempts,
      renewedToken: attempts.renewedToken,
      soughtProfile: attempts.soughtProfile,
      repeats: attempts.repeats,
      changes: attempts.changes,
      timeLeftMs: this.timeLeft(attempts),
    };
    return nextStep(error.failure, tried, this.chance.next());
  }

  private timeLeft(attempts: RequestAttempts): number {
    return attempts.timeLeft(this.longest, this.clock.now());
  }

  /** A model for which one service has no capacity may have some at another. */
  private mayAskEndpoint<E>({ failure }: GatewayError, { attempts, provider }: Errand<E>): boolean {
    if (failure?.class !== 'capacity' || provider !== undefined || !this.pool.hasEndpoints) return false;
    return attempts.accounts.size < this.settings.current.maxAttempts && this.timeLeft(attempts) > 0;
  }

  /**
   * One lease, within the time in which another attempt may begin. Given back at once when nobody waits for it any more:
   * a list of models may take seconds to come, room at a busy account longer.
   */
  private leased<E>(errand: Errand<E>): Observable<Lease> {
    return new Observable((subscriber) => {
      const gone = new AbortController();
      const timeLeft = this.timeLeft(errand.attempts);
      if (timeLeft <= 0) {
        subscriber.error(outOfTime());
        return undefined;
      }
      const timer = Number.isFinite(timeLeft)
        ? setTimeout(() => subscriber.error(outOfTime()), Math.min(timeLeft, LONGEST_TIMER_MS))
        : undefined;
      this.lease(errand, gone.signal).then(
        (lease) => {
          if (subscriber.closed) lease.unsubscribe();
          subscriber.next(lease);
          subscriber.complete();
        },
        (error: unknown) => subscriber.error(error),
      );
      return () => {
        clearTimeout(timer);
        gone.abort();
      };
    });
  }

  private async lease<E>(errand: Errand<E>, signal: AbortSignal): Promise<Lease> {
    const { model, attempts, onAccount, provider, isAside, routing } = errand;
    const { accounts: excluded, preferred } = attempts;
    const lease = await this.pool.lease({ model, excluded, provider, preferred, isAside, ...routing, signal });
    // Whoever left is not told of an account that was not asked.
    if (signal.aborted) return lease;
    attempts.enter(lease.accountId, this.clock.now());
    noteAccount(attempts, lease);
    onAccount(lease.accountId, attempts.accounts.size, lease.model.id);
    return lease;
  }
}

function outOfTime(): GatewayError {
  return new GatewayError('timeout', 'No account answered in time.');
}
