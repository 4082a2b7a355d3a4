import { defer, type Observable } from 'rxjs';
import type { Lease } from '../../accounts/pool/lease.js';
import { requestContext } from '../../platform/logging/request-context.js';
import type { RequestAttempts } from '../request-attempts.js';
import { endingSpan } from './ending-span.js';

/** One attempt at a request with a span of its own, from looking for an account on: a wait for one is part of it. */
export function tracedAttempt<E>(attempt: Observable<E>, attempts: RequestAttempts): Observable<E> {
  const span = requestContext.getStore()?.span;
  if (!span) return attempt;
  return defer(() => {
    attempts.span = span.child('attempt', { 'amq_gateway.attempt.number': attempts.accounts.size + 1 });
    return attempt.pipe(endingSpan(attempts.span));
  });
}

/** An account was found for the attempt that runs. */
export function noteAccount({ span }: RequestAttempts, lease: Lease): void {
  if (!span) return;
  span.set({ 'amq_gateway.account.id': lease.accountId, 'amq_gateway.model': lease.model.id });
  span.event('account_leased');
}
