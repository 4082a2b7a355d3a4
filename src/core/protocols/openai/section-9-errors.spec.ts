import { describe, expect, it } from '@jest/globals';
import { ERROR_KINDS, type ErrorDetails, type ErrorKind, GatewayError } from '../../errors.js';
import { REFUSAL_CODES } from './codes.js';
import { encodeError } from './encode-error.js';
import { invalidInput } from './invalid-input.js';

const encode = (kind: ErrorKind, details?: ErrorDetails) => encodeError(new GatewayError(kind, 'why', details));
const refusal = { class: 'invalid_request', retry: 'never' } as const;

describe('openai.md §9, by row', () => {
  it.each<[number, string, string, ErrorKind, ErrorDetails]>([
    [400, 'invalid_request_error', 'invalid_json', 'invalid_body', {}],
    [400, 'invalid_request_error', 'context_length_exceeded', 'context_length', {}],
    [400, 'invalid_request_error', 'invalid_prompt', 'invalid_request', { failure: refusal }],
    [401, 'invalid_request_error', 'invalid_api_key', 'authentication', {}],
    [403, 'permission_error', 'permission_denied', 'permission', {}],
    [404, 'invalid_request_error', 'model_not_found', 'not_found', { path: 'model' }],
    [404, 'invalid_request_error', 'not_found', 'not_found', {}],
    [405, 'invalid_request_error', 'method_not_allowed', 'method_not_allowed', {}],
    [408, 'invalid_request_error', 'request_timeout', 'slow_request', {}],
    [409, 'invalid_request_error', 'conflict', 'conflict', {}],
    [412, 'invalid_request_error', 'precondition_failed', 'precondition_failed', {}],
    [413, 'invalid_request_error', 'request_too_large', 'request_too_large', {}],
    [429, 'rate_limit_error', 'rate_limit_exceeded', 'rate_limit', {}],
    [429, 'insufficient_quota', 'insufficient_quota', 'quota', {}],
    [431, 'invalid_request_error', 'request_headers_too_large', 'head_too_large', {}],
    [500, 'server_error', 'internal_error', 'internal', {}],
    [502, 'server_error', 'upstream_error', 'upstream', {}],
    [502, 'server_error', 'upstream_error', 'account', {}],
    [503, 'server_error', 'server_is_overloaded', 'overloaded', {}],
    [503, 'server_error', 'server_is_overloaded', 'no_account', {}],
    [503, 'server_error', 'server_is_overloaded', 'unavailable', {}],
    [504, 'server_error', 'upstream_timeout', 'timeout', {}],
  ])('%i %s %s', (status, type, code, kind, details) => {
    const encoded = encode(kind, details);
    expect(encoded.status).toBe(status);
    expect(encoded.body.error).toMatchObject({ type, code });
  });

  it.each(REFUSAL_CODES)('400 invalid_request_error %s', (code) => {
    const { status, body } = encodeError(invalidInput(code, 'messages[2].content[1]', 'why'));
    expect(status).toBe(400);
    expect(body).toEqual({
      error: { message: 'why', type: 'invalid_request_error', param: 'messages[2].content[1]', code },
    });
  });

  it('always has all four keys, the code a text, whatever happened', () => {
    for (const kind of ERROR_KINDS) {
      const { error } = encode(kind, { code: 'of_another_protocol' }).body;
      expect(Object.keys(error)).toEqual(['message', 'type', 'param', 'code']);
      expect(error.code).toMatch(/^[a-z_]+$/);
      expect(error.code).not.toBe('of_another_protocol');
    }
  });

  it('names a model that is not there', () => {
    const { error } = encodeError(new GatewayError('not_found', 'model: gpt-0', { path: 'model' })).body;
    expect(error.message).toContain("'gpt-0'");
    expect(error.param).toBe('model');
  });

  it('tells the wait in seconds and in milliseconds, and that a spent quota has none', () => {
    expect(encode('rate_limit', { retryAfter: 3.2 }).headers).toEqual({ 'retry-after': '4', 'retry-after-ms': '4000' });
    expect(encode('quota', { shouldRetry: false }).headers).toEqual({ 'x-should-retry': 'false' });
  });

  it.each<[ErrorKind, ErrorDetails, Record<string, string>]>([
    ['overloaded', {}, { 'retry-after': '1', 'retry-after-ms': '1000' }],
    ['overloaded', { retryAfter: 7 }, { 'retry-after': '7', 'retry-after-ms': '7000' }],
    ['no_account', {}, { 'retry-after': '1', 'retry-after-ms': '1000' }],
    ['no_account', { shouldRetry: false }, { 'x-should-retry': 'false' }],
    ['unavailable', { shouldRetry: true }, { 'x-should-retry': 'true', 'retry-after': '1', 'retry-after-ms': '1000' }],
    ['upstream', {}, {}],
  ])('%s %j tells how long to wait where that helps (§3)', (kind, details, headers) => {
    expect(encode(kind, details).headers).toEqual(headers);
  });
});
