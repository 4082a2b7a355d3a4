import { GatewayError } from '../core/errors.js';
import { connectionFailure } from '../core/pool/connection-failure.js';
import type { Failure } from '../core/pool/failure.js';

/** Nobody waits for the same silence twice. */
const SILENT: Failure = { class: 'transient', retry: 'other-account' };

/** The answer did not begin within its time. */
export function tooLate(cause?: Error): GatewayError {
  return new GatewayError('timeout', 'The service did not begin to answer in time.', { failure: SILENT, cause });
}

/** What undici says when a connection ends before its answer does. */
export function lostAnswer(error: Error & { code?: string }): GatewayError {
  if (error.code === 'UND_ERR_HEADERS_TIMEOUT') return tooLate(error);
  if (error.code === 'UND_ERR_BODY_TIMEOUT') {
    return new GatewayError('timeout', 'The service fell silent in the middle of its answer.', {
      failure: SILENT,
      cause: error,
    });
  }
  return connectionFailure('The connection to the service broke off.', error);
}
