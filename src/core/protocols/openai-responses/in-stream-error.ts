import type { ErrorKind, GatewayError } from '../../errors.js';
import { type ErrorObject, errorObject } from '../openai/encode-error.js';

/**
 * Codes that mean something else in a stream than as a status: there Codex takes `server_is_overloaded` for final and
 * asks again after a `server_error` (openai.md §9). Whoever comes again after a shutdown reaches another replica.
 */
const IN_STREAM: Partial<Record<ErrorKind, string>> = {
  internal: 'server_error',
  upstream: 'server_error',
  account: 'server_error',
  timeout: 'server_error',
  unavailable: 'server_error',
};

/** An error as a stream that broke tells it. */
export function inStreamError(error: GatewayError): ErrorObject {
  const told = errorObject(error);
  return { ...told, code: IN_STREAM[error.kind] ?? told.code, message: withWait(told.message, error) };
}

/** A stream has no headers left for the wait: Codex reads it in the words. */
function withWait(message: string, { kind, retryAfter }: GatewayError): string {
  if (kind !== 'rate_limit' || retryAfter === undefined) return message;
  return `${message} Please try again in ${Math.ceil(retryAfter)}s.`;
}
