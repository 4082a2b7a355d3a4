import { Observable } from 'rxjs';
import type { MessagesEvent } from '../core/messages/vocabulary.js';
import type { AmazonQUpstream, ConverseCall } from '../upstreams/amazon-q/amazon-q.upstream.js';
import type { Surface } from '../upstreams/amazon-q/surface.js';
import type { TokenKeeper } from './token-keeper.service.js';

/** One account's line to upstream, for the time of a lease. */
export class AccountSession {
  /** True once a refused token was replaced: the next refusal is not about the token's age. */
  isRenewed = false;
  private usedToken?: string;

  constructor(
    private readonly accountId: string,
    private readonly surface: Surface,
    private readonly tokens: TokenKeeper,
    private readonly upstream: AmazonQUpstream,
  ) {}

  /** Cold: subscribing takes a valid token and sends, unsubscribing aborts. */
  converse(call: ConverseCall): Observable<MessagesEvent> {
    return new Observable((subscriber) => {
      const send = (token: string) => {
        if (subscriber.closed) return;
        this.usedToken = token;
        // The subscriber itself, not an operator: upstream's events reach it without a stop in between.
        this.upstream.converse(this.surface, token, call).subscribe(subscriber);
      };
      this.tokens
        .accessToken(this.accountId)
        .then(send)
        .catch((error: unknown) => subscriber.error(error));
    });
  }

  /** After upstream refused the token: the next call gets another one. */
  async renewToken(): Promise<void> {
    await this.tokens.accessToken(this.accountId, { renewIf: this.usedToken });
    this.isRenewed = true;
  }
}
