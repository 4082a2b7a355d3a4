import { describe, expect, it } from '@jest/globals';
import { ERROR_KINDS, GatewayError } from '../../errors.js';
import { encodeProblem } from './encode-error.js';

describe('encodeProblem', () => {
  it.each([
    ['invalid_request', 400],
    ['context_length', 400],
    ['authentication', 401],
    ['permission', 403],
    ['account', 502],
    ['invalid_body', 400],
    ['not_found', 404],
    ['method_not_allowed', 405],
    ['slow_request', 408],
    ['conflict', 409],
    ['precondition_failed', 412],
    ['request_too_large', 413],
    ['rate_limit', 429],
    ['quota', 429],
    ['head_too_large', 431],
    ['overloaded', 503],
    ['no_account', 503],
    ['timeout', 504],
    ['upstream', 502],
    ['unavailable', 503],
    ['internal', 500],
  ] as const)('answers %s with status %i, in the body too', (kind, status) => {
    const problem = encodeProblem(new GatewayError(kind, 'what happened'), 'req_1');
    expect(problem.status).toBe(status);
    expect(problem.body).toEqual({
      type: `urn:amq-gateway:problem:${kind}`,
      title: expect.any(String),
      status,
      detail: 'what happened',
      requestId: 'req_1',
    });
    expect(problem.headers['content-type']).toBe('application/problem+json');
  });

  it('knows every kind of error', () => {
    for (const kind of ERROR_KINDS)
      expect(encodeProblem(new GatewayError(kind, 'x'), '').status).toBeGreaterThanOrEqual(400);
  });

  it('names every field that is not right', () => {
    const fields = [
      { path: 'name', message: 'name is required' },
      { path: 'scopes.0', message: 'unknown scope' },
    ];
    expect(encodeProblem(new GatewayError('invalid_request', 'two fields', { fields }), '').body.errors).toEqual([
      { field: 'name', message: 'name is required' },
      { field: 'scopes.0', message: 'unknown scope' },
    ]);
  });

  it('makes a field of a single path', () => {
    const error = new GatewayError('invalid_request', 'not a cursor', { path: 'cursor' });
    expect(encodeProblem(error, '').body.errors).toEqual([{ field: 'cursor', message: 'not a cursor' }]);
  });

  it('says in headers when and whether to try again, and which scheme a 401 wants', () => {
    expect(encodeProblem(new GatewayError('rate_limit', 'slow down', { retryAfter: 1.2 }), '').headers).toEqual({
      'content-type': 'application/problem+json',
      'retry-after': '2',
    });
    expect(encodeProblem(new GatewayError('rate_limit', 'slow down'), '').headers).toMatchObject({
      'retry-after': '2',
    });
    expect(encodeProblem(new GatewayError('quota', 'spent'), '').headers).not.toHaveProperty('retry-after');
    expect(encodeProblem(new GatewayError('authentication', 'no', { shouldRetry: false }), '').headers).toEqual({
      'content-type': 'application/problem+json',
      'www-authenticate': 'Bearer',
      'x-should-retry': 'false',
    });
  });

  it('keeps the cause to itself', () => {
    const error = new GatewayError('internal', 'Internal server error', { cause: new Error('password=hunter2') });
    expect(JSON.stringify(encodeProblem(error, ''))).not.toContain('hunter2');
  });
});
