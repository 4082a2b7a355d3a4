import { describe, expect, it } from '@jest/globals';
import { pooledAccount } from '../../../test/support/pooled-account.js';
import { type BoundFacts, bindingOf } from './binding.js';

const NOW = Date.UTC(2026, 10, 20, 12);

const other = pooledAccount('other');
const facts = (more: Partial<BoundFacts> = {}): BoundFacts => ({
  isLeft: false,
  isOtherKind: false,
  candidates: [other],
  ...more,
});

describe('bindingOf', () => {
  it.each([
    ['has room', {}, 'kept'],
    ['goes after others by its priority', { priority: 9 }, 'kept'],
    ['is at its concurrency', { maxConcurrent: 2, inFlight: 2 }, 'spill'],
    ['was asked too often, for seconds', { coolingUntil: NOW + 32_000 }, 'spill'],
    ['was asked too often, for a minute', { coolingUntil: NOW + 60_000 }, 'spill'],
    ['was asked too often, for longer', { coolingUntil: NOW + 60_001 }, 'none'],
    ['is the last resort while there are others', { isLastResort: true }, 'none'],
  ] as const)('when its account %s: %s is %s', (_what, fields, expected) => {
    expect(bindingOf(pooledAccount('bound', fields), facts(), NOW)).toBe(expected);
  });

  it('spills when its account had its requests of a minute', () => {
    const bound = pooledAccount('bound', { requestsPerMinute: 1 });
    bound.window.add(NOW);
    expect(bindingOf(bound, facts(), NOW)).toBe('spill');
    expect(bindingOf(bound, facts(), NOW + 61_000)).toBe('kept');
  });

  it('is kept where everybody is the last resort', () => {
    const candidates = [pooledAccount('other', { isLastResort: true })];
    expect(bindingOf(pooledAccount('bound', { isLastResort: true }), facts({ candidates }), NOW)).toBe('kept');
  });

  it('ends when the account failed for this very request, unless it is only full', () => {
    expect(bindingOf(pooledAccount('bound'), facts({ isLeft: true }), NOW)).toBe('none');
    const full = pooledAccount('bound', { coolingUntil: NOW + 1_000 });
    expect(bindingOf(full, facts({ isLeft: true }), NOW)).toBe('spill');
  });

  it('spills when the request can only go to another kind of account, even after a failure', () => {
    expect(bindingOf(pooledAccount('bound'), facts({ isOtherKind: true }), NOW)).toBe('spill');
    expect(bindingOf(pooledAccount('bound'), facts({ isOtherKind: true, isLeft: true }), NOW)).toBe('spill');
  });
});
