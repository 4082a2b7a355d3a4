import { describe, expect, it } from '@jest/globals';
import { ERROR_KINDS, type ErrorKind, GatewayError } from '../../errors.js';
import { encodeError } from './encode-error.js';

const encode = (kind: ErrorKind) => encodeError(new GatewayError(kind, 'why'), 'req_1');

describe('anthropic.md §8, by row', () => {
  it.each<[status: number, type: string, kinds: ErrorKind[]]>([
    [400, 'invalid_request_error', ['conflict', 'invalid_request', 'invalid_body', 'context_length']],
    [401, 'authentication_error', ['authentication']],
    [403, 'permission_error', ['permission', 'account']],
    [404, 'not_found_error', ['not_found']],
    [405, 'invalid_request_error', ['method_not_allowed']],
    [408, 'timeout_error', ['slow_request']],
    [412, 'invalid_request_error', ['precondition_failed']],
    [413, 'request_too_large', ['request_too_large']],
    [431, 'invalid_request_error', ['head_too_large']],
    [429, 'rate_limit_error', ['rate_limit', 'quota']],
    [500, 'api_error', ['internal']],
    [502, 'api_error', ['upstream']],
    // Not api_error: nobody can serve now, which the contract tells in the protocol's overloaded form (§10.4).
    [503, 'overloaded_error', ['no_account', 'unavailable']],
    [504, 'timeout_error', ['timeout']],
    [529, 'overloaded_error', ['overloaded']],
  ])('%i %s', (status, type, kinds) => {
    for (const kind of kinds) {
      expect(encode(kind)).toEqual({
        status,
        headers: kind === 'rate_limit' ? { 'retry-after': '2' } : {},
        body: { type: 'error', error: { type, message: 'why' }, request_id: 'req_1' },
      });
    }
    expect(ERROR_KINDS.filter((kind) => encode(kind).status === status).sort()).toEqual([...kinds].sort());
  });

  it.each([
    [402, 'no money changes hands here: a spent quota is a 429'],
    [409, 'the SDK would repeat it'],
    [422, 'clients know no way out of it'],
  ])('%i is never answered: %s', (status) => {
    expect(ERROR_KINDS.map((kind) => encode(kind).status)).not.toContain(status);
  });
});

describe('encodeError', () => {
  it('tells when to come again in whole seconds, and whether', () => {
    const error = new GatewayError('rate_limit', 'x', { retryAfter: 1.2, shouldRetry: true });
    expect(encodeError(error, 'r').headers).toEqual({ 'retry-after': '2', 'x-should-retry': 'true' });
    const atOnce = new GatewayError('rate_limit', 'x', { retryAfter: 0 });
    expect(encodeError(atOnce, 'r').headers).toEqual({ 'retry-after': '1' });
    const spent = new GatewayError('quota', 'x', { shouldRetry: false });
    expect(encodeError(spent, 'r').headers).toEqual({ 'x-should-retry': 'false' });
  });

  it('puts a code, and what belongs beside it, into the details', () => {
    const error = new GatewayError('invalid_request', 'x', { code: 'a_code', codeDetails: { unsupported: [] } });
    expect(encodeError(error, 'r').body).toMatchObject({
      error: { details: { error_code: 'a_code', unsupported: [] } },
    });
    const plain = new GatewayError('invalid_request', 'x', { code: 'a_code' });
    expect(encodeError(plain, 'r').body).toMatchObject({ error: { details: { error_code: 'a_code' } } });
  });
});
