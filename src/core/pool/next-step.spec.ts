import { describe, expect, it } from '@jest/globals';
import type { Failure, RequestChange } from './failure.js';
import { nextStep, type Tried } from './next-step.js';

const first: Tried = {
  accounts: 1,
  maxAccounts: 3,
  renewedToken: false,
  soughtProfile: false,
  retriedAccount: false,
  changes: new Set(),
};
const failure = (retry: Failure['retry'], failureClass: Failure['class'] = 'transient'): Failure => ({
  class: failureClass,
  retry,
});

describe('nextStep', () => {
  it.each<[string, Failure | undefined, Partial<Tried>, string]>([
    ['an error that is no failure of upstream ends the request', undefined, {}, 'give-up'],
    ['a wrong request never goes to another account', failure('never', 'invalid_request'), {}, 'give-up'],
    ['a refused token is renewed once', failure('renew-token', 'auth'), {}, 'renew-token'],
    [
      'a renewed token that is refused too means another account',
      failure('renew-token', 'auth'),
      { renewedToken: true },
      'other-account',
    ],
    ['a missing profile is looked up once', failure('find-profile', 'auth'), {}, 'find-profile'],
    [
      'a profile that is missed once more means another account',
      failure('find-profile', 'auth'),
      { soughtProfile: true },
      'other-account',
    ],
    ['a transient fault is retried on the same account once', failure('same-account'), {}, 'same-account'],
    ['then another account is asked', failure('same-account'), { retriedAccount: true }, 'other-account'],
    [
      'a model without capacity has none elsewhere',
      failure('same-account', 'capacity'),
      { retriedAccount: true },
      'give-up',
    ],
    ['a throttled account is left at once', failure('other-account', 'rate_limit'), {}, 'other-account'],
    ['the last account that may be tried ends it', failure('other-account', 'quota'), { accounts: 3 }, 'give-up'],
    [
      'what upstream refused is sent again without it',
      { ...failure('changed-request', 'invalid_request'), change: 'without-thinking' },
      {},
      'changed-request',
    ],
    [
      'but the same change is made once',
      { ...failure('changed-request', 'invalid_request'), change: 'without-thinking' },
      { changes: new Set<RequestChange>(['without-thinking']) },
      'give-up',
    ],
    ['one short of it does not', failure('other-account', 'quota'), { accounts: 2 }, 'other-account'],
  ])('%s', (_what, given, tried, step) => {
    expect(nextStep(given, { ...first, ...tried }).step).toBe(step);
  });
});
