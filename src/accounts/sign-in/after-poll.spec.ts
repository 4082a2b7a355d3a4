import { describe, expect, it } from '@jest/globals';
import { OidcError } from '../../upstreams/amazon-q/oidc-error.js';
import { afterPoll } from './after-poll.js';

const refused = (code: string, retryAfter?: number) =>
  new OidcError(code, `refused (${code})`, undefined, undefined, { retryAfter });

describe('afterPoll', () => {
  it('goes on at the same pace while the user has not decided', () => {
    expect(afterPoll(refused('authorization_pending'), { interval: 5, failures: 3 })).toEqual({
      kind: 'again',
      pause: 5,
      interval: 5,
      failures: 0,
    });
  });

  it('adds five seconds for good with each slow_down', () => {
    expect(afterPoll(refused('slow_down'), { interval: 6, failures: 1 })).toEqual({
      kind: 'again',
      pause: 11,
      interval: 11,
      failures: 0,
    });
  });

  it.each([
    ['access_denied', 'denied', 'The sign-in was refused: refused (access_denied)'],
    ['expired_token', 'expired', 'The code was not confirmed in time'],
    ['invalid_grant', 'expired', 'The code is no good any more: refused (invalid_grant)'],
    ['invalid_client', 'expired', 'The code is no good any more: refused (invalid_client)'],
    ['invalid_request', 'expired', 'The code is no good any more: refused (invalid_request)'],
    ['invalid_scope', 'expired', 'The code is no good any more: refused (invalid_scope)'],
    ['unauthorized_client', 'expired', 'The code is no good any more: refused (unauthorized_client)'],
    ['unsupported_grant_type', 'expired', 'The code is no good any more: refused (unsupported_grant_type)'],
    ['InvalidRequestRegionException', 'expired', expect.stringContaining('Region')],
  ])('ends on %s as %s', (code, status, reason) => {
    expect(afterPoll(refused(code), { interval: 5, failures: 0 })).toEqual({ kind: 'end', status, reason });
  });

  it.each(['no_answer', 'bad_answer', 'http_500', 'http_429', 'something_new'])('asks again after %s', (code) => {
    const pauses = [0, 1, 2, 3, 4, 5, 1000].map((failures) => {
      const next = afterPoll(refused(code), { interval: 5, failures });
      expect(next).toMatchObject({
        kind: 'again',
        interval: 5,
        failures: failures + 1,
        reason: `refused (${code})`,
      });
      return next.kind === 'again' && next.pause;
    });
    expect(pauses).toEqual([5, 10, 20, 40, 60, 60, 60]);
  });

  it('is never quicker than the interval, and waits as long as it is asked to, within reason', () => {
    expect(afterPoll(refused('http_503'), { interval: 100, failures: 5 })).toMatchObject({ pause: 100 });
    expect(afterPoll(refused('http_503', 17), { interval: 5, failures: 0 })).toMatchObject({ pause: 17 });
    expect(afterPoll(refused('http_503', 86_400), { interval: 5, failures: 0 })).toMatchObject({ pause: 60 });
  });
});
