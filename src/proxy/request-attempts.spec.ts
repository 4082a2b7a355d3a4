import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../core/errors.js';
import type { FailureClass } from '../core/pool/failure.js';
import { RequestAttempts } from './request-attempts.js';

const MINUTE = 60_000;
const failed = (failureClass: FailureClass, message: string) =>
  new GatewayError('upstream', message, { failure: { class: failureClass, retry: 'other-account' } });

describe('RequestAttempts', () => {
  it('has all the time before the first attempt, and so much from its beginning on', () => {
    const attempts = new RequestAttempts();
    expect(attempts.timeLeft(MINUTE, 5_000)).toBe(Number.POSITIVE_INFINITY);
    attempts.enter('one', 10_000);
    expect(attempts.timeLeft(MINUTE, 30_000)).toBe(40_000);
    attempts.enter('two', 30_000);
    expect(attempts.timeLeft(MINUTE, 71_000)).toBe(-1_000);
  });

  it('forgets with each account what was tried on the one before, but not what upstream refused', () => {
    const attempts = new RequestAttempts();
    attempts.enter('one', 0);
    Object.assign(attempts, { renewedToken: true, soughtProfile: true, repeats: 2 });
    attempts.changes.add('without-thinking');
    attempts.enter('two', 0);
    expect(attempts).toMatchObject({ renewedToken: false, soughtProfile: false, repeats: 0 });
    expect(attempts.changes.has('without-thinking')).toBe(true);
    expect(Array.from(attempts.accounts)).toEqual(['one', 'two']);
  });

  it('lets the account that was asked last be asked again, changed, and counts it once', () => {
    const attempts = new RequestAttempts();
    attempts.enter('one', 0);
    attempts.enter('two', 0);
    attempts.askAgain('without-thinking');
    expect(attempts.preferred).toBe('two');
    expect(Array.from(attempts.accounts)).toEqual(['one']);
    attempts.enter('two', 0);
    expect(attempts.accounts.size).toBe(2);
    expect(attempts.changes.has('without-thinking')).toBe(true);
  });

  it('tells of all that failed what tells most', () => {
    const attempts = new RequestAttempts();
    expect(attempts.note(failed('transient', 'one')).message).toBe('one');
    expect(attempts.note(failed('suspended', 'two')).message).toBe('one');
    expect(attempts.note(failed('rate_limit', 'three')).message).toBe('three');
  });
});
