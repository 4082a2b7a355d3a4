import type { ErrorKind, GatewayError } from '../../errors.js';
import { retryHeaders } from '../retry-headers.js';
import { isOpenaiCode } from './codes.js';

/** An error as a body has it, and as a stream that broke has it. */
export interface ErrorObject {
  message: string;
  type: string;
  param: string | null;
  /** Always there: without one Codex shows its user the raw JSON (openai.md §9). */
  code: string;
}

/** Seconds: where nobody says how long, a little more than SDKs would wait by themselves. */
const OVERLOAD_WAIT = '1';

interface Form {
  status: number;
  type: string;
  code: string;
}

/** Status, `type` and `code` by kind (openai.md §9); no usable account is told as an overload (contract §10.4). */
const FORMS: Record<ErrorKind, Form> = {
  invalid_request: { status: 400, type: 'invalid_request_error', code: 'invalid_value' },
  invalid_body: { status: 400, type: 'invalid_request_error', code: 'invalid_json' },
  context_length: { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  authentication: { status: 401, type: 'invalid_request_error', code: 'invalid_api_key' },
  permission: { status: 403, type: 'permission_error', code: 'permission_denied' },
  not_found: { status: 404, type: 'invalid_request_error', code: 'not_found' },
  method_not_allowed: { status: 405, type: 'invalid_request_error', code: 'method_not_allowed' },
  slow_request: { status: 408, type: 'invalid_request_error', code: 'request_timeout' },
  conflict: { status: 409, type: 'invalid_request_error', code: 'conflict' },
  precondition_failed: { status: 412, type: 'invalid_request_error', code: 'precondition_failed' },
  request_too_large: { status: 413, type: 'invalid_request_error', code: 'request_too_large' },
  rate_limit: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  quota: { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  head_too_large: { status: 431, type: 'invalid_request_error', code: 'request_headers_too_large' },
  internal: { status: 500, type: 'server_error', code: 'internal_error' },
  upstream: { status: 502, type: 'server_error', code: 'upstream_error' },
  // Never a 401: the client's own key is right.
  account: { status: 502, type: 'server_error', code: 'upstream_error' },
  overloaded: { status: 503, type: 'server_error', code: 'server_is_overloaded' },
  no_account: { status: 503, type: 'server_error', code: 'server_is_overloaded' },
  unavailable: { status: 503, type: 'server_error', code: 'server_is_overloaded' },
  timeout: { status: 504, type: 'server_error', code: 'upstream_timeout' },
};

/** An error as the OpenAI APIs answer it. */
export function encodeError(error: GatewayError): {
  status: number;
  headers: Record<string, string>;
  body: { error: ErrorObject };
} {
  return { status: FORMS[error.kind].status, headers: encodeHeaders(error), body: { error: errorObject(error) } };
}

export function errorObject(error: GatewayError): ErrorObject {
  const { type } = FORMS[error.kind];
  return { message: messageOf(error), type, param: error.path ?? null, code: codeOf(error) };
}

function codeOf(error: GatewayError): string {
  if (error.kind === 'not_found' && error.path === 'model') return 'model_not_found';
  // What the service itself found wrong with the request.
  if (error.kind === 'invalid_request' && error.failure) return 'invalid_prompt';
  return isOpenaiCode(error.code) ? error.code : FORMS[error.kind].code;
}

/** Inside, a model that is not there is told as Anthropic does, `model: <name>`. */
function messageOf({ kind, path, message }: GatewayError): string {
  if (kind !== 'not_found' || path !== 'model') return message;
  return `The model '${message.replace(/^model: /, '')}' does not exist or is not available to your accounts.`;
}

/**
 * SDKs read the wait in milliseconds first. With none of it a spent quota is final for Codex (openai.md §9); an overload
 * that is worth another try always has one (§3).
 */
function encodeHeaders(error: GatewayError): Record<string, string> {
  const headers = retryHeaders(error);
  const isOverload = FORMS[error.kind].status === 503 && error.shouldRetry !== false;
  const seconds = headers['retry-after'] ?? (isOverload ? OVERLOAD_WAIT : undefined);
  if (seconds === undefined) return headers;
  return { ...headers, 'retry-after': seconds, 'retry-after-ms': String(Number(seconds) * 1000) };
}
