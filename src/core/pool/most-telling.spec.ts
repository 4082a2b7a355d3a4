import { describe, expect, it } from '@jest/globals';
import { type ErrorKind, GatewayError } from '../errors.js';
import type { Failure, FailureClass } from './failure.js';
import { mostTelling } from './most-telling.js';

/** What an account said. */
function said(failureClass: FailureClass, message: string, retryAfter?: number, more: Partial<Failure> = {}) {
  const failure: Failure = { class: failureClass, retry: 'other-account', ...more };
  return new GatewayError(KINDS[failureClass], message, { failure, retryAfter });
}
const KINDS: Record<FailureClass, ErrorKind> = {
  transient: 'upstream',
  rate_limit: 'rate_limit',
  quota: 'quota',
  auth: 'account',
  suspended: 'account',
  capacity: 'overloaded',
  invalid_request: 'invalid_request',
  context_length: 'context_length',
  unknown: 'upstream',
};
const nobody = (retryAfter?: number) => new GatewayError('no_account', 'nobody', { retryAfter });
const busy = (retryAfter: number) => new GatewayError('rate_limit', 'busy', { retryAfter });
const unknownModel = () => said('invalid_request', 'no such model', undefined, { account: 'model-unknown' });

const tell = (...errors: GatewayError[]) => {
  const last = errors.pop() as GatewayError;
  return mostTelling(last, errors);
};

describe('mostTelling', () => {
  it.each<[string, GatewayError[], string]>([
    ['the last of the same kind', [said('transient', 'one'), said('transient', 'two')], 'two'],
    ['the request is wrong, whoever was too busy', [said('rate_limit', 'a', 1), said('invalid_request', 'b')], 'b'],
    ['when to come again, not who is locked out', [said('rate_limit', 'a', 1), said('suspended', 'b')], 'a'],
    ['the same, the other way round', [said('suspended', 'a'), said('rate_limit', 'b', 1)], 'b'],
    ['a fault that passes, not a sign-in', [said('transient', 'a'), said('auth', 'b')], 'a'],
    ['a fault that passes, not a quota', [said('quota', 'a'), said('transient', 'b')], 'b'],
    ['a known time, not a fault', [said('rate_limit', 'a', 9), said('transient', 'b')], 'a'],
    ['the missing sign-in, not a suspension', [said('auth', 'a'), said('suspended', 'b')], 'a'],
    ['what an account said, not that nobody is left', [said('suspended', 'a'), nobody()], 'a'],
    ['that a breaker ends soon, not a suspension', [said('suspended', 'a'), nobody(5)], 'nobody'],
    ['that others are busy, not a suspension', [said('suspended', 'a'), busy(5)], 'busy'],
    ['another failure, where one account has no such model', [said('quota', 'a'), unknownModel()], 'a'],
    ['the missing model where nobody has it', [unknownModel(), nobody()], 'no such model'],
    ['a fault of ours', [said('rate_limit', 'a', 1), new GatewayError('internal', 'ours')], 'ours'],
    ['what was said, not that the time is over', [said('transient', 'a'), new GatewayError('timeout', 'late')], 'a'],
  ])('tells %s', (_what, errors, message) => {
    expect(tell(...errors).message).toBe(message);
  });

  it.each<[string, GatewayError[], number | undefined]>([
    ['the earliest that is known', [said('rate_limit', 'a', 30), said('rate_limit', 'b', 60)], 30],
    ['whichever said it', [said('rate_limit', 'a', 60), said('rate_limit', 'b', 30)], 30],
    ['that of a busy account too', [said('rate_limit', 'a', 60), busy(5)], 5],
    ['that of a breaker too', [said('rate_limit', 'a', 60), nobody(20)], 20],
    [
      'none where one limit names no time: it is a short one',
      [said('rate_limit', 'a'), said('rate_limit', 'b', 60)],
      undefined,
    ],
    ['the only one', [said('suspended', 'a'), said('rate_limit', 'b', 3), nobody()], 3],
    ['none for what waiting does not help', [said('quota', 'a'), said('auth', 'b', 3)], undefined],
  ])('names as the wait %s', (_what, errors, retryAfter) => {
    expect(tell(...errors).retryAfter).toBe(retryAfter);
  });

  it('keeps everything else of what it tells', () => {
    const cause = new Error('why');
    const failure: Failure = { class: 'rate_limit', retry: 'other-account' };
    const last = new GatewayError('rate_limit', 'b', { failure, retryAfter: 60, code: 'c', cause });
    const told = tell(said('rate_limit', 'a', 30), last);
    expect(told).toMatchObject({ kind: 'rate_limit', message: 'b', failure, code: 'c', cause });
    expect(tell(last)).toBe(last);
  });
});
