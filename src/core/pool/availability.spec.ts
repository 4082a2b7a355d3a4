import { describe, expect, it } from '@jest/globals';
import { pooledAccount } from '../../../test/support/pooled-account.js';
import { UsageWindow } from '../limits/usage-window.js';
import { freeAt, freeAtSoonest, fullnessOf, outageOf, type PooledAccount } from './availability.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const LATER = NOW + 7_000;

const account = (fields: Partial<PooledAccount> = {}) => pooledAccount('one', fields);

function windowOf(requests: number): UsageWindow {
  const window = new UsageWindow();
  for (let request = 0; request < requests; request++) window.add(NOW);
  return window;
}

describe('what keeps an account from being asked', () => {
  it.each<[string, Partial<PooledAccount>, ReturnType<typeof outageOf>]>([
    ['nothing', {}, undefined],
    ['nothing, while its token is renewed', { status: 'refreshing' }, undefined],
    ['that it is switched off', { isEnabled: false, status: 'suspended' }, 'disabled'],
    ['its status', { status: 'suspended' }, 'suspended'],
    ['a spent quota', { status: 'quota_exhausted', statusUntil: LATER }, 'quota_exhausted'],
    ['a spent quota of which nobody knows the end', { status: 'quota_exhausted' }, 'quota_exhausted'],
    ['nothing, once its quota is back', { status: 'quota_exhausted', statusUntil: NOW }, undefined],
    ['a suspension, even when its time is over', { status: 'suspended', statusUntil: NOW }, 'suspended'],
    ['a doubt', { isInDoubt: true }, 'in_doubt'],
  ])('is %s', (_, fields, outage) => {
    expect(outageOf(account(fields), NOW)).toBe(outage);
  });
});

describe('an account at its limits', () => {
  const NEVER = Number.POSITIVE_INFINITY;
  const elsewhere = (limit: 'max_concurrent' | 'requests_per_minute') => ({ limit, until: LATER });

  it.each<[string, Partial<PooledAccount>, ReturnType<typeof fullnessOf>, number, number]>([
    ['no limits', { inFlight: 500, window: windowOf(500) }, undefined, NOW, NOW],
    [
      'room below both',
      { maxConcurrent: 2, inFlight: 1, requestsPerMinute: 2, window: windowOf(1) },
      undefined,
      NOW,
      NOW,
    ],
    ['as many requests as it may have', { maxConcurrent: 1, inFlight: 1 }, 'max_concurrent', NEVER, NOW],
    ['more than it may have by now', { maxConcurrent: 1, inFlight: 3 }, 'max_concurrent', NEVER, NOW],
    [
      'a minute’s requests',
      { requestsPerMinute: 3, window: windowOf(3) },
      'requests_per_minute',
      NOW + 61_000,
      NOW + 61_000,
    ],
    ['a pause the service asked for', { coolingUntil: LATER }, 'rate_limited', LATER, LATER],
    ['a pause that is over', { coolingUntil: NOW }, undefined, NOW, NOW],
    [
      'a pause and as many requests as it may have',
      { coolingUntil: LATER, maxConcurrent: 1, inFlight: 1 },
      'rate_limited',
      NEVER,
      LATER,
    ],
    [
      'a pause within a full minute',
      { coolingUntil: LATER, requestsPerMinute: 1, window: windowOf(1) },
      'rate_limited',
      NOW + 61_000,
      NOW + 61_000,
    ],
    [
      'places that other replicas filled',
      { maxConcurrent: 5, filledElsewhere: elsewhere('max_concurrent') },
      'max_concurrent',
      LATER,
      NOW,
    ],
    [
      'a minute that other replicas filled',
      { requestsPerMinute: 5, filledElsewhere: elsewhere('requests_per_minute') },
      'requests_per_minute',
      LATER,
      LATER,
    ],
    ['a limit that was lifted', { filledElsewhere: elsewhere('max_concurrent') }, undefined, NOW, NOW],
    [
      'what others filled a while ago',
      { maxConcurrent: 5, filledElsewhere: { limit: 'max_concurrent', until: NOW } },
      undefined,
      NOW,
      NOW,
    ],
  ])('with %s', (_, fields, fullness, free, soonest) => {
    const full = account(fields);
    expect(fullnessOf(full, NOW)).toBe(fullness);
    expect(freeAt(full, NOW)).toBe(free);
    expect(freeAtSoonest(full, NOW)).toBe(soonest);
  });
});
