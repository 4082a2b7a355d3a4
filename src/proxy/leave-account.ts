import { type Observable, throwError } from 'rxjs';
import type { Lease } from '../accounts/pool/lease.js';
import type { GatewayError } from '../core/errors.js';

/** The attempt is over: what its failure says of the account is applied to it. Fails with the error. */
export function leaveAccount(lease: Lease, error: GatewayError): Observable<never> {
  // Without a failure nothing was sent: the request was wrong, not the account.
  if (error.failure) void lease.fail(error);
  return throwError(() => error);
}
