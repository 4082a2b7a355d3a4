import type { GatewayError } from '../../core/errors.js';
import type { MessagesEvent } from '../../core/messages/vocabulary.js';

/** Messages events as one client protocol streams them. One per answer. */
export interface StreamCodec {
  /** What keeps a silent stream alive. */
  readonly ping: string;
  push(event: MessagesEvent): string;
  /** The frames that tell a client, in the middle of a stream, that it broke. */
  fail(error: GatewayError): string;
}
