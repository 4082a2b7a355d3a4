import type { GatewayError } from '../../core/errors.js';

/** Events, those of Messages or of the client's protocol, as that protocol streams them. One per answer. */
export interface StreamCodec<E> {
  /** What keeps a silent stream alive. */
  readonly ping: string;
  /** Frames of an event; empty where there are none. */
  push(event: E): string;
  /** The frames that tell a client, in the middle of a stream, that it broke. */
  fail(error: GatewayError): string;
}
