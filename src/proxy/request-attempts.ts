import type { GatewayError } from '../core/errors.js';
import type { RequestChange } from '../core/pool/failure.js';

/** What was tried for one request, on accounts of either kind. */
export class RequestAttempts {
  readonly accounts = new Set<string>();
  /** After the first event nothing is tried again: the client has part of an answer. */
  began = false;
  renewedToken = false;
  soughtProfile = false;
  retriedAccount = false;
  /** What upstream refused and is sent otherwise now; what it refused once it refuses on every account. */
  readonly changes = new Set<RequestChange>();
  /** What the client is told when nobody else is asked. */
  told: GatewayError | undefined;

  enter(accountId: string): void {
    this.accounts.add(accountId);
    this.renewedToken = false;
    this.soughtProfile = false;
    this.retriedAccount = false;
  }

  /** Told is what the last account said, but not that it is locked out while another's failure may pass. */
  note(error: GatewayError): GatewayError {
    if (error.failure?.class !== 'auth' || this.told === undefined) this.told = error;
    return this.told;
  }
}
