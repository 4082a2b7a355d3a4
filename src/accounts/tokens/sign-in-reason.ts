import type { TokenRenewalError } from '../../upstreams/amazon-q/token-renewal-error.js';

/**
 * Why an account needs a new sign-in, for its operator: the service's words, and before them what they mean where that
 * is known.
 * @param registrationExpiresAt end of the client registration its tokens belong to
 */
export function signInReason(
  { code, message }: TokenRenewalError,
  registrationExpiresAt: Date | undefined,
  now: number,
): string {
  if (registrationExpiresAt && registrationExpiresAt.getTime() <= now) {
    return `The client registration of this sign-in ended on ${registrationExpiresAt.toISOString()}. ${message}`;
  }
  return code === 'invalid_client'
    ? `The client registration of this sign-in is gone: it ended, or the client id and secret are not its own. ${message}`
    : message;
}
