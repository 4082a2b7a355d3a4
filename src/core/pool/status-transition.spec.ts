import { describe, expect, it } from '@jest/globals';
import { isTransition, type StatusCause, type StoredStatus } from './status-transition.js';

const STATUSES: readonly StoredStatus[] = ['active', 'quota_exhausted', 'needs_login', 'suspended', 'disabled'];

describe('isTransition', () => {
  it.each<[StatusCause, StoredStatus, StoredStatus[]]>([
    ['refusal', 'active', ['quota_exhausted', 'needs_login', 'suspended', 'disabled']],
    ['refusal', 'quota_exhausted', ['quota_exhausted', 'needs_login', 'suspended', 'disabled']],
    ['refusal', 'needs_login', ['suspended', 'disabled']],
    ['refusal', 'suspended', []],
    ['refusal', 'disabled', []],
    ['quota-read', 'active', []],
    ['quota-read', 'quota_exhausted', ['active', 'quota_exhausted']],
    ['quota-read', 'needs_login', []],
    ['quota-read', 'suspended', []],
    ['quota-read', 'disabled', []],
    ['time', 'active', []],
    ['time', 'quota_exhausted', ['active']],
    ['time', 'needs_login', []],
    ['time', 'suspended', []],
    ['time', 'disabled', []],
    ...(['success', 'operator'] as const).flatMap((cause): [StatusCause, StoredStatus, StoredStatus[]][] => [
      [cause, 'active', []],
      [cause, 'quota_exhausted', ['active']],
      [cause, 'needs_login', ['active']],
      [cause, 'suspended', ['active']],
      [cause, 'disabled', ['active']],
    ]),
  ])('by a %s, %s becomes %j', (cause, from, expected) => {
    const reachable = STATUSES.filter((to) => isTransition(from, to, cause));
    expect(reachable.toSorted()).toEqual(expected.toSorted());
  });
});
