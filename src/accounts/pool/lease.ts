import type { Observable, Unsubscribable } from 'rxjs';
import type { GatewayError } from '../../core/errors.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import type { UpstreamModel } from '../../core/models/upstream-model.js';
import type { RelayEvent, RelayRequest } from '../../core/protocols/anthropic-upstream/relay.js';
import type { ConverseCall } from '../../upstreams/amazon-q/amazon-q.upstream.js';
import { EndpointSession } from './endpoint-session.js';
import type { Session } from './session.js';

/** How a lease ended; `cancelled`: given back before anything was said about it. */
export type LeaseOutcome = { status: 'success' } | { status: 'error'; error: GatewayError } | { status: 'cancelled' };

/** Told by a lease to whoever gave it out: once that it ended and how, once that it is back. */
export interface LeaseOwner {
  /** The answer began. */
  began(): void;
  /** What upstream says the answer cost. */
  spent(credits: number): void;
  ended(outcome: LeaseOutcome): void;
  released(): void;
  /** Applies a failure to the account. Never rejects. */
  applyFailure(error: GatewayError, session: Session): Promise<void>;
}

/** An account taken for one attempt at one request. Fit for RxJS' `using` and for the language's. */
export class Lease implements Unsubscribable, Disposable {
  private hasEnded = false;
  private isReleased = false;

  constructor(
    readonly accountId: string,
    readonly model: UpstreamModel,
    private readonly session: Session,
    private readonly owner: LeaseOwner,
  ) {}

  /** Cold: subscribing sends with a valid token, unsubscribing aborts. */
  converse(call: ConverseCall): Observable<MessagesEvent> {
    return this.session.converse(call);
  }

  /** A URL of the service that is asked. */
  get url(): string {
    return this.session.url;
  }

  /** Whether the account is an endpoint of the Messages API: what a request asks for, it can do itself. */
  get isEndpoint(): boolean {
    return this.session instanceof EndpointSession;
  }

  /**
   * A client's request as it is, for an account that is an endpoint; only the model's name is the endpoint's own. Cold,
   * like `converse`.
   */
  relay(request: RelayRequest, requestedModel: string): Observable<RelayEvent> {
    if (!(this.session instanceof EndpointSession)) throw new Error(`${this.accountId} is no endpoint`);
    return this.session.relay(request, this.model.id === requestedModel ? undefined : this.model.id);
  }

  /**
   * After a failure with `retry: 'renew-token'`: the next `converse` uses another token.
   * @throws GatewayError when there is none to be had
   */
  renewToken(): Promise<void> {
    return this.session.renewToken();
  }

  /**
   * After a failure with `retry: 'find-profile'`. Never rejects.
   * @returns whether the next `converse` names another profile
   */
  findProfile(): Promise<boolean> {
    return this.session.findProfile();
  }

  /** The first event came. */
  began(): void {
    this.owner.began();
  }

  /** What upstream reports of the answer's cost, in credits. */
  spent(credits: number): void {
    this.owner.spent(credits);
  }

  /** The answer came to its end. */
  succeeded(): void {
    this.end({ status: 'success' });
  }

  /** The attempt is given up; what the failure says about the account is applied to it. Never rejects. */
  async fail(error: GatewayError): Promise<void> {
    if (!this.end({ status: 'error', error })) return;
    const said = this.session instanceof EndpointSession ? this.session.withoutKey(error) : error;
    await this.owner.applyFailure(said, this.session);
  }

  /** Gives the account back; without a word before, the attempt counts as cancelled. Harmless when done twice. */
  unsubscribe(): void {
    if (this.isReleased) return;
    this.isReleased = true;
    this.end({ status: 'cancelled' });
    this.owner.released();
  }

  [Symbol.dispose](): void {
    this.unsubscribe();
  }

  private end(outcome: LeaseOutcome): boolean {
    if (this.hasEnded) return false;
    this.hasEnded = true;
    this.owner.ended(outcome);
    return true;
  }
}
