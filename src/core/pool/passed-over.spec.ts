import { beforeEach, describe, expect, it } from '@jest/globals';
import { pooledAccount } from '../../../test/support/pooled-account.js';
import { UsageWindow } from '../limits/usage-window.js';
import type { PooledAccount } from './availability.js';
import { Breaker } from './breaker.js';
import { type Choice, endOf, type PassedOver, passedOver, type Unfitness } from './passed-over.js';

const now = Date.parse('2026-11-20T12:00:00Z');
const later = now + 60_000;

const account = (fields: Partial<PooledAccount> = {}) => pooledAccount('one', fields);

function broken(trialUntil?: number): Breaker {
  const breaker = new Breaker();
  breaker.failed({ isEnabled: true, threshold: 1, recoveryMs: 60_000 }, now, 0.5);
  if (trialUntil !== undefined) breaker.beginTrial(trialUntil);
  return breaker;
}

function asked(times: number): UsageWindow {
  const window = new UsageWindow();
  for (let time = 0; time < times; time++) window.add(now);
  return window;
}

const by = (by: Choice['by'], fields: Partial<PooledAccount> = {}): Choice => ({
  chosen: account({ id: 'chosen', ...fields }),
  by,
});

describe('passedOver', () => {
  it.each<[PassedOver, Partial<PooledAccount>, Unfitness | undefined, Choice | undefined]>([
    ['disabled', { isEnabled: false }, undefined, by('turn')],
    ['suspended', { status: 'suspended' }, undefined, by('turn')],
    ['needs_login', { status: 'needs_login' }, undefined, undefined],
    ['quota_exhausted', { status: 'quota_exhausted', statusUntil: later }, undefined, by('turn')],
    ['not_its_turn', { status: 'quota_exhausted', statusUntil: now }, undefined, by('turn')],
    ['in_doubt', { isInDoubt: true }, undefined, by('turn')],
    ['breaker_open', { breaker: broken() }, undefined, by('turn')],
    ['breaker_trial', { breaker: broken(later) }, undefined, by('turn')],
    ['model_not_listed', {}, 'model_not_listed', by('turn')],
    ['pattern_only', {}, 'pattern_only', by('binding')],
    ['list_unknown', {}, 'list_unknown', undefined],
    ['left_by_request', {}, 'left_by_request', by('turn')],
    ['other_provider', {}, 'other_provider', by('turn')],
    ['rate_limited', { coolingUntil: later }, undefined, by('turn')],
    ['max_concurrent', { maxConcurrent: 2, inFlight: 2 }, undefined, undefined],
    ['requests_per_minute', { requestsPerMinute: 2, window: asked(2) }, undefined, by('turn')],
    ['named_elsewhere', {}, undefined, by('name')],
    ['bound_elsewhere', {}, undefined, by('binding')],
    ['last_resort', { isLastResort: true }, undefined, by('turn')],
    ['not_its_turn', { isLastResort: true }, undefined, by('turn', { isLastResort: true })],
    ['lower_priority', { priority: 1 }, undefined, by('turn')],
    ['not_its_turn', { priority: 1 }, undefined, by('turn', { priority: 1 })],
    ['not_its_turn', {}, undefined, by('turn')],
    ['not_its_turn', {}, undefined, undefined],
  ])('%s', (reason, fields, unfitness, choice) => {
    expect(passedOver(account(fields), unfitness, choice, now)).toBe(reason);
  });

  it('tells what is wrong with an account before what is wrong with it for the request, and that before its limits', () => {
    const full = { maxConcurrent: 1, inFlight: 1, isLastResort: true };
    expect(passedOver(account({ ...full, isEnabled: false }), 'model_not_listed', by('turn'), now)).toBe('disabled');
    expect(passedOver(account(full), 'model_not_listed', by('turn'), now)).toBe('model_not_listed');
    expect(passedOver(account(full), undefined, by('binding'), now)).toBe('max_concurrent');
  });
});

describe('endOf', () => {
  let full: PooledAccount;
  beforeEach(() => {
    full = account({
      coolingUntil: later,
      statusUntil: later,
      requestsPerMinute: 2,
      window: asked(2),
      breaker: broken(later + 1),
    });
  });

  it.each<[PassedOver, number | undefined]>([
    ['quota_exhausted', later],
    ['breaker_open', later],
    ['breaker_trial', later + 1],
    ['disabled', undefined],
    ['model_not_listed', undefined],
    ['not_its_turn', undefined],
  ])('%s ends at %s', (reason, end) => {
    expect(endOf(reason, full, now)).toBe(end);
  });

  it('is when both a rate limit and the minute are over', () => {
    const until = full.window.freeAt(2, now);
    expect(until).toBeGreaterThan(later);
    for (const reason of ['rate_limited', 'requests_per_minute'] as const) expect(endOf(reason, full, now)).toBe(until);
  });

  it('of a rate limit is not known where the account is busy beside it', () => {
    expect(endOf('rate_limited', account({ coolingUntil: later, maxConcurrent: 1, inFlight: 1 }), now)).toBeUndefined();
  });
});
