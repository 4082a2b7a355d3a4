import type { IncomingHttpHeaders } from 'node:http';
import { type EndpointAnswer, errorOf, type MessagesBody } from './endpoint-answer.js';

const VERSIONS = ['2023-06-01', '2026-10-21'];

/** What is wrong with the headers of any call, in the API's words; undefined: nothing. */
export function checkHeaders(headers: IncomingHttpHeaders, key: string): EndpointAnswer | undefined {
  const given = headers['x-api-key'];
  if (given === undefined && headers.authorization === undefined) {
    return errorOf(401, 'authentication_error', 'x-api-key header is required');
  }
  if (given !== key) return errorOf(401, 'authentication_error', 'invalid x-api-key');
  const version = headers['anthropic-version'];
  if (version === undefined) return errorOf(400, 'invalid_request_error', 'anthropic-version: header is required');
  if (!VERSIONS.includes(String(version))) {
    return errorOf(400, 'invalid_request_error', `anthropic-version: "${version}" is not a valid version`);
  }
  return undefined;
}

/** The body of a call, or what is wrong with it. */
export function checkBody(
  headers: IncomingHttpHeaders,
  bytes: Buffer,
  models: readonly string[] | undefined,
  needsLimit: boolean,
): { body: MessagesBody } | { refusal: EndpointAnswer } {
  const refuse = (message: string) => ({ refusal: errorOf(400, 'invalid_request_error', message) });
  if (!headers['content-type']?.startsWith('application/json')) return refuse('content-type must be application/json');
  let body: MessagesBody;
  try {
    body = JSON.parse(bytes.toString('utf8'));
  } catch {
    return refuse('The request body is not valid JSON');
  }
  if (typeof body.model !== 'string') return refuse('model: Field required');
  if (needsLimit && !Number.isInteger(body.max_tokens)) return refuse('max_tokens: Field required');
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    return refuse('messages: at least one message is required');
  }
  if (models && !models.includes(body.model)) {
    return { refusal: errorOf(404, 'not_found_error', `model: ${body.model}`) };
  }
  return { body };
}
