import { describe, expect, it } from '@jest/globals';
import { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';
import { signInReason } from './sign-in-reason.js';

const NOW = Date.UTC(2026, 10, 20);
const refusal = (code: string) => new TokenRenewalError(code, `It refused (${code})`);

describe('signInReason', () => {
  it.each([
    ['invalid_grant', undefined, 'It refused (invalid_grant)'],
    ['invalid_grant', new Date(NOW + 1), 'It refused (invalid_grant)'],
    [
      'invalid_grant',
      new Date(NOW),
      'The client registration of this sign-in ended on 2026-11-20T00:00:00.000Z. It refused (invalid_grant)',
    ],
    [
      'invalid_client',
      undefined,
      'The client registration of this sign-in is gone: it ended, or the client id and secret are not its own. It refused (invalid_client)',
    ],
    [
      'invalid_client',
      new Date(NOW - 1000),
      'The client registration of this sign-in ended on 2026-11-19T23:59:59.000Z. It refused (invalid_client)',
    ],
  ])('%s with a registration until %p', (code, registrationExpiresAt, reason) => {
    expect(signInReason(refusal(code), registrationExpiresAt, NOW)).toBe(reason);
  });
});
