import type { Dispatcher } from 'undici';
import { OidcError } from './oidc-error.js';
import { askOidc } from './oidc-request.js';
import { expiryOf, renewalAnswerSchema, rotatedToken } from './renewal-answer.js';
import type { RenewedToken } from './surface.js';
import { renewalErrorOf } from './token-renewal-error.js';

/**
 * RefreshToken of Kiro's own sign-in, with Google or GitHub (amazon-q.md §9.5): no client, and the profile comes with
 * the token. 401 means a dead refresh token whatever its body says.
 * @param endpoint the whole URL
 * @param now epoch milliseconds
 * @throws TokenRenewalError
 */
export async function renewSocialToken(
  endpoint: string,
  refreshToken: string,
  http: Dispatcher,
  now: number,
): Promise<RenewedToken> {
  try {
    const answer = await askOidc(http, new URL(endpoint), { refreshToken }, renewalAnswerSchema, [refreshToken]);
    return {
      accessToken: answer.accessToken,
      expiresAt: expiryOf(answer, now),
      ...rotatedToken(answer, refreshToken),
      ...(answer.profileArn && { profileArn: answer.profileArn }),
    };
  } catch (error) {
    throw error instanceof OidcError ? renewalErrorOf(error, error.hints.status === 401) : error;
  }
}
