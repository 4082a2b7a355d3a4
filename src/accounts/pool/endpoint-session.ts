import { Observable, tap } from 'rxjs';
import { GatewayError } from '../../core/errors.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';
import { hideSecret } from '../../core/protocols/anthropic-upstream/hide-secret.js';
import type { RelayEvent, RelayRequest } from '../../core/protocols/anthropic-upstream/relay.js';
import type { ConverseCall } from '../../upstreams/amazon-q/amazon-q.upstream.js';
import type { AnthropicUpstream } from '../../upstreams/anthropic/anthropic.upstream.js';
import type { Endpoint } from '../../upstreams/anthropic/endpoint.js';
import type { TokenKeeper } from '../tokens/token-keeper.service.js';
import type { Session } from './session.js';

/** The line to an endpoint of the Messages API: its key does not end and can't be renewed, only be given anew. */
export class EndpointSession implements Session {
  isRenewed = false;
  readonly soughtProfile = false;
  private usedKey?: string;
  /** Why the key was refused, in the endpoint's words. */
  private refusal?: GatewayError;

  constructor(
    private readonly accountId: string,
    private readonly endpoint: Endpoint,
    private readonly tokens: TokenKeeper,
    private readonly upstream: AnthropicUpstream,
  ) {}

  get url(): string {
    return this.endpoint.origin;
  }

  converse(call: ConverseCall): Observable<MessagesEvent> {
    return this.withKey((key) => this.upstream.converse(this.endpoint, key, call));
  }

  /** A client's request as it is. Cold, like `converse`. @param model where the endpoint has it under another name */
  relay(request: RelayRequest, model?: string): Observable<RelayEvent> {
    return this.withKey((key) => this.upstream.relay(this.endpoint, key, request, model));
  }

  /** Its operator, or another replica, may have given it another key since. */
  async renewToken(): Promise<void> {
    try {
      await this.tokens.accessToken(this.accountId, { renewIf: this.usedKey });
      this.isRenewed = true;
    } catch (thrown) {
      throw this.refusal ? final(this.refusal) : thrown;
    }
  }

  async findProfile(): Promise<boolean> {
    return false;
  }

  /** A failure as operators may read it: one in the middle of a stream is read by who does not know the key. */
  withoutKey(error: GatewayError): GatewayError {
    const { failure } = error;
    if (failure?.serviceMessage === undefined) return error;
    const serviceMessage = hideSecret(failure.serviceMessage, this.usedKey);
    return new GatewayError(error.kind, error.message, { ...error, failure: { ...failure, serviceMessage } });
  }

  private withKey<E>(call: (key: string) => Observable<E>): Observable<E> {
    return new Observable<E>((subscriber) => {
      this.tokens
        .accessToken(this.accountId)
        .then((key) => {
          if (subscriber.closed) return;
          this.usedKey = key;
          call(key)
            .pipe(tap({ error: (error) => this.note(error) }))
            .subscribe(subscriber);
        })
        .catch((error: unknown) => subscriber.error(error));
    });
  }

  private note(error: unknown): void {
    if (error instanceof GatewayError && error.failure?.account === 'key-refused') this.refusal = error;
  }
}

/** There is no other key: another account may serve. */
function final(error: GatewayError): GatewayError {
  const { kind, message, failure } = error;
  return new GatewayError(kind, message, {
    ...error,
    failure: failure && { ...failure, retry: 'other-account' },
    cause: error,
  });
}
