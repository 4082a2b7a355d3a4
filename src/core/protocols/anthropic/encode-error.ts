import type { ErrorKind, GatewayError } from '../../errors.js';
import { retryHeaders } from '../retry-headers.js';

/** An error as a protocol shows it. */
export interface EncodedError {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Status and `error.type` by kind (anthropic.md §8). */
const FORMS: Record<ErrorKind, { status: number; type: string }> = {
  invalid_request: { status: 400, type: 'invalid_request_error' },
  invalid_body: { status: 400, type: 'invalid_request_error' },
  context_length: { status: 400, type: 'invalid_request_error' },
  authentication: { status: 401, type: 'authentication_error' },
  permission: { status: 403, type: 'permission_error' },
  // Not api_error: clients say so at once, and waiting signs nobody in.
  account: { status: 403, type: 'permission_error' },
  not_found: { status: 404, type: 'not_found_error' },
  method_not_allowed: { status: 405, type: 'invalid_request_error' },
  // Nothing of the model API ends so. Never 409: the SDK would repeat it.
  conflict: { status: 400, type: 'invalid_request_error' },
  precondition_failed: { status: 412, type: 'invalid_request_error' },
  // The SDK repeats it, and may: nothing has happened yet.
  slow_request: { status: 408, type: 'timeout_error' },
  request_too_large: { status: 413, type: 'request_too_large' },
  head_too_large: { status: 431, type: 'invalid_request_error' },
  rate_limit: { status: 429, type: 'rate_limit_error' },
  quota: { status: 429, type: 'rate_limit_error' },
  overloaded: { status: 529, type: 'overloaded_error' },
  no_account: { status: 503, type: 'overloaded_error' },
  timeout: { status: 504, type: 'timeout_error' },
  upstream: { status: 502, type: 'api_error' },
  unavailable: { status: 503, type: 'overloaded_error' },
  internal: { status: 500, type: 'api_error' },
};

export function encodeError(error: GatewayError, requestId: string): EncodedError {
  const { status } = FORMS[error.kind];
  return { status, headers: retryHeaders(error), body: errorBody(error, requestId) };
}

/** Body of an error answer, and data of the `error` event that ends a broken stream (anthropic.md §6, §8). */
export function errorBody(error: GatewayError, requestId: string) {
  const { type } = FORMS[error.kind];
  return {
    type: 'error',
    error: {
      type,
      message: error.message,
      ...(error.code && { details: { error_code: error.code, ...error.codeDetails } }),
    },
    request_id: requestId,
  };
}
