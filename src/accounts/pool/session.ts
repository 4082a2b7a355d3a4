import type { Observable } from 'rxjs';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import type { ConverseCall } from '../../upstreams/amazon-q/amazon-q.upstream.js';

/** One account's line to upstream, for the time of a lease, whatever kind of account it is. */
export interface Session {
  /** A URL of the service that is asked. */
  readonly url: string;
  /** True once a refused token was replaced: the next refusal is not about the token's age. */
  readonly isRenewed: boolean;
  /** True once the service told which profiles there are: it has no better one to offer. */
  readonly soughtProfile: boolean;

  /** Cold: subscribing takes a valid token and sends, unsubscribing aborts. */
  converse(call: ConverseCall): Observable<MessagesEvent>;

  /**
   * After upstream refused the token: the next call gets another one.
   * @throws GatewayError when there is none to be had
   */
  renewToken(): Promise<void>;

  /**
   * After upstream missed the account's profile. Never rejects.
   * @returns whether the next call names another one
   */
  findProfile(): Promise<boolean>;
}
