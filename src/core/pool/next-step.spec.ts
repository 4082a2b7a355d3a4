import { describe, expect, it } from '@jest/globals';
import { FAILURE_CLASSES, type Failure, type RequestChange } from './failure.js';
import { nextStep, type Tried } from './next-step.js';

const first: Tried = {
  accounts: 1,
  maxAccounts: 3,
  renewedToken: false,
  soughtProfile: false,
  repeats: 0,
  changes: new Set(),
  timeLeftMs: 60_000,
};
const NO_JITTER = 0.5;
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
    ['then another account is asked', failure('same-account'), { repeats: 1 }, 'other-account'],
    ['a model without capacity is asked again', failure('same-account', 'capacity'), { repeats: 1 }, 'same-account'],
    ['three times, as it has none elsewhere', failure('same-account', 'capacity'), { repeats: 2 }, 'give-up'],
    ["another service's capacity is its own", failure('other-account', 'capacity'), {}, 'other-account'],
    ['an answer nobody knows means another account', failure('other-account', 'unknown'), {}, 'other-account'],
    [
      'a wait that is too long for a pause is one for others',
      { ...failure('same-account'), retryAfter: 5 },
      {},
      'other-account',
    ],
    ['no other account is asked when the time is over', failure('other-account'), { timeLeftMs: 0 }, 'give-up'],
    ['nor the same one', failure('renew-token', 'auth'), { timeLeftMs: -1 }, 'give-up'],
    ['no pause ends after the time', failure('same-account'), { timeLeftMs: 100 }, 'other-account'],
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
    expect(nextStep(given, { ...first, ...tried }, NO_JITTER).step).toBe(step);
  });

  it.each<[string, Failure, number, number, number]>([
    ['a fault that passes', failure('same-account'), 0, NO_JITTER, 250],
    ['the same, at the earliest', failure('same-account'), 0, 0, 187.5],
    ['a fault with a wait of its own', { ...failure('same-account'), retryAfter: 1 }, 0, 0, 1_000],
    ['no capacity', failure('same-account', 'capacity'), 0, NO_JITTER, 1_000],
    ['no capacity, again', failure('same-account', 'capacity'), 1, NO_JITTER, 2_000],
    ['no capacity, with a wait', { ...failure('same-account', 'capacity'), retryAfter: 4 }, 1, 0, 4_000],
  ])('pauses after %s', (_what, given, repeats, chance, delayMs) => {
    expect(nextStep(given, { ...first, repeats }, chance)).toEqual({ step: 'same-account', delayMs });
  });

  it('ends for every failure, whatever chance says, within a few calls an account', () => {
    const classes = FAILURE_CLASSES;
    const retries = [
      'renew-token',
      'find-profile',
      'changed-request',
      'same-account',
      'other-account',
      'never',
    ] as const;
    for (const failureClass of classes) {
      for (const retry of retries) {
        const given: Failure = { ...failure(retry, failureClass), change: 'reduced-schemas' };
        expect(callsOf(given)).toBeLessThanOrEqual(first.maxAccounts * 3);
      }
    }
  });
});

/** Calls until a request is given up that fails in the same way each time. */
function callsOf(given: Failure): number {
  const changes = new Set<RequestChange>();
  const tried = { ...first, changes };
  for (let calls = 1; ; calls++) {
    const next = nextStep(given, tried, 0.999);
    switch (next.step) {
      case 'renew-token':
        tried.renewedToken = true;
        break;
      case 'find-profile':
        tried.soughtProfile = true;
        break;
      case 'changed-request':
        changes.add(next.change);
        break;
      case 'same-account':
        tried.repeats++;
        break;
      case 'other-account':
        Object.assign(tried, { renewedToken: false, soughtProfile: false, repeats: 0 });
        tried.accounts++;
        break;
      case 'give-up':
        return calls;
    }
    if (calls > 1_000) return calls;
  }
}
