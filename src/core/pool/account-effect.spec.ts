import { describe, expect, it } from '@jest/globals';
import { type AccountEffect, type AccountFacts, accountEffect } from './account-effect.js';
import { ACCOUNT_FINDINGS, type AccountFinding, type Failure } from './failure.js';

const now = Date.parse('2026-11-20T12:30:00Z');
const facts: AccountFacts = { now, isRenewed: false, soughtProfile: false };
const failure = (account?: AccountFinding, retryAfter?: number): Failure => ({
  class: 'unknown',
  retry: 'never',
  account,
  retryAfter,
});
const park = (until: string, isMonth: boolean, askedUntil = '2026-11-20T12:30:00Z'): AccountEffect => ({
  effect: 'park',
  until: Date.parse(until),
  isMonth,
  askedUntil: Date.parse(askedUntil),
});

describe('accountEffect', () => {
  it.each<[string, Failure, Partial<AccountFacts>, AccountEffect]>([
    ['what says nothing of the account', failure(), {}, { effect: 'none' }],
    ['a suspension', failure('suspended'), {}, { effect: 'take-out', status: 'suspended' }],
    ['a gate', failure('unsupported'), {}, { effect: 'take-out', status: 'disabled' }],
    ['a profile that is not there', failure('misconfigured'), {}, { effect: 'take-out', status: 'disabled' }],
    ['a lock without a word', failure('locked'), {}, { effect: 'verify', status: 'suspended' }],
    ['an ambiguous refusal', failure('denied'), {}, { effect: 'verify', status: 'disabled' }],
    ['an answer from elsewhere', failure('maybe-misconfigured'), {}, { effect: 'verify', status: 'disabled' }],
    ['a refused key', failure('key-refused'), {}, { effect: 'verify', status: 'needs_login' }],
    ['a refused token', failure('token-refused'), {}, { effect: 'renew-token' }],
    ['a refused fresh token', failure('token-refused'), { isRenewed: true }, { effect: 'check-sign-in' }],
    ['a missing profile nobody looked for', failure('profile-missing'), {}, { effect: 'none' }],
    [
      'a missing profile that is not to be had',
      failure('profile-missing'),
      { soughtProfile: true },
      { effect: 'take-out', status: 'disabled' },
    ],
    ['an unknown model', failure('model-unknown'), {}, { effect: 'forget-models' }],
    ['a spent hour', failure('hour-spent'), {}, park('2026-11-20T13:00:00Z', false)],
    ['a spent day', failure('day-spent'), {}, park('2026-11-21T00:00:00Z', false)],
    ['a spent week', failure('week-spent'), {}, park('2026-11-23T00:00:00Z', false)],
    ['a spent month nobody knows the end of', failure('month-spent'), {}, park('2026-12-01T00:00:00Z', true)],
    [
      'a spent month whose end is known',
      failure('month-spent'),
      { quotaResetsAt: Date.parse('2026-11-28T09:00:00Z') },
      park('2026-11-28T09:00:00Z', true),
    ],
    [
      'a spent month whose known end is over',
      failure('month-spent'),
      { quotaResetsAt: Date.parse('2026-11-20T12:30:00Z') },
      park('2026-12-01T00:00:00Z', true),
    ],
    [
      'a day whose end the month does not decide',
      failure('day-spent'),
      { quotaResetsAt: Date.parse('2026-11-28T09:00:00Z') },
      park('2026-11-21T00:00:00Z', false),
    ],
    [
      'a spent hour and a longer wait',
      failure('hour-spent', 7200),
      {},
      park('2026-11-20T14:30:00Z', false, '2026-11-20T14:30:00Z'),
    ],
    [
      'a spent day and a shorter wait',
      failure('day-spent', 60),
      {},
      park('2026-11-21T00:00:00Z', false, '2026-11-20T12:31:00Z'),
    ],
    [
      'a wait without end',
      failure('hour-spent', 1e15),
      {},
      park('2026-12-30T12:30:00Z', false, '2026-12-30T12:30:00Z'),
    ],
  ])('of %s', (_what, given, learnt, effect) => {
    expect(accountEffect(given, { ...facts, ...learnt })).toEqual(effect);
  });

  it('takes an account out at once for nothing but what is certain', () => {
    const certain = ACCOUNT_FINDINGS.filter((finding) => accountEffect(failure(finding), facts).effect === 'take-out');
    expect(certain).toEqual(['suspended', 'unsupported', 'misconfigured']);
  });
});
