import { describe, expect, it } from '@jest/globals';
import { type ErrorKind, GatewayError } from '../../errors.js';
import { inStreamError } from './in-stream-error.js';

describe('an error in a stream', () => {
  it.each<[ErrorKind, string]>([
    ['context_length', 'context_length_exceeded'],
    ['quota', 'insufficient_quota'],
    ['overloaded', 'server_is_overloaded'],
    ['no_account', 'server_is_overloaded'],
  ])('of kind %s is final to Codex: %s', (kind, code) => {
    expect(inStreamError(new GatewayError(kind, 'why'))).toMatchObject({ code, message: 'why' });
  });

  it.each<[ErrorKind, string]>([
    ['upstream', 'server_error'],
    ['account', 'server_error'],
    ['timeout', 'server_error'],
    ['internal', 'server_error'],
    ['unavailable', 'server_error'],
    ['rate_limit', 'rate_limit_exceeded'],
  ])('of kind %s is one to come again after: %s', (kind, code) => {
    expect(inStreamError(new GatewayError(kind, 'why')).code).toBe(code);
  });

  it('is an invalid prompt where the service refused what the client wrote', () => {
    const failure = { class: 'invalid_request', retry: 'never' } as const;
    expect(inStreamError(new GatewayError('invalid_request', 'why', { failure })).code).toBe('invalid_prompt');
  });

  it('says in words how long to wait', () => {
    const error = new GatewayError('rate_limit', 'Too many requests.', { retryAfter: 1.2 });
    expect(inStreamError(error).message).toBe('Too many requests. Please try again in 2s.');
  });
});
