import { GatewayError } from '../errors.js';

/** A failure on the way, before or after upstream began to answer: reset, refused, cut, or an answer that makes no sense. */
export function connectionFailure(message: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream', message, { failure: { class: 'transient', retry: 'same-account' }, cause });
}
