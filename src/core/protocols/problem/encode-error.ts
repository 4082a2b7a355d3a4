import type { ErrorKind, GatewayError } from '../../errors.js';
import { retryHeaders } from '../retry-headers.js';

/** An RFC 9457 problem, ready to be sent. */
export interface EncodedProblem {
  status: number;
  headers: Record<string, string>;
  body: Problem;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  requestId: string;
  errors?: { field: string; message: string }[];
}

const STATUS_AND_TITLE: Record<ErrorKind, readonly [status: number, title: string]> = {
  invalid_request: [400, 'The request is not valid'],
  invalid_body: [400, 'The request body is not valid JSON'],
  context_length: [400, 'The prompt is too long'],
  authentication: [401, 'A valid API key is required'],
  permission: [403, 'The API key may not do this'],
  not_found: [404, 'Not found'],
  method_not_allowed: [405, 'The method is not allowed here'],
  slow_request: [408, 'The request came too slowly'],
  conflict: [409, 'The request conflicts with what is there'],
  precondition_failed: [412, 'It was changed since it was read'],
  request_too_large: [413, 'The request is too large'],
  rate_limit: [429, 'Too many requests'],
  quota: [429, 'The quota is spent'],
  head_too_large: [431, 'The headers of the request are too large'],
  internal: [500, 'Internal server error'],
  upstream: [502, 'The upstream service failed'],
  account: [502, 'The upstream account can not be used'],
  overloaded: [503, 'No capacity at the moment'],
  no_account: [503, 'No usable account'],
  unavailable: [503, 'Not possible at the moment'],
  timeout: [504, 'The upstream service did not answer in time'],
};

/** The admin API's form of an error: `application/problem+json` (RFC 9457), `errors` naming the fields. */
export function encodeProblem(error: GatewayError, requestId: string): EncodedProblem {
  const [status, title] = STATUS_AND_TITLE[error.kind];
  const body: Problem = {
    type: `urn:amq-gateway:problem:${error.kind}`,
    title,
    status,
    detail: error.message,
    requestId,
  };
  const fields = error.fields ?? (error.path === undefined ? [] : [{ path: error.path, message: error.message }]);
  if (fields.length > 0) body.errors = fields.map(({ path, message }) => ({ field: path, message }));
  return { status, headers: encodeHeaders(error), body };
}

function encodeHeaders(error: GatewayError): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json', ...retryHeaders(error) };
  // RFC 9110 §11.6.1: a 401 names the scheme that would do.
  if (error.kind === 'authentication') headers['www-authenticate'] = 'Bearer';
  return headers;
}
