import type { Dispatcher } from 'undici';
import { OidcError } from './oidc-error.js';
import { askOidc } from './oidc-request.js';
import { expiryOf, renewalAnswerSchema, rotatedToken } from './renewal-answer.js';
import type { Credentials, RenewedToken, Surface } from './surface.js';
import { renewalErrorOf } from './token-renewal-error.js';

/**
 * CreateToken with a refresh token (amazon-q.md §9.1).
 * @param now epoch milliseconds
 * @throws TokenRenewalError
 */
export async function renewToken(
  { tokenEndpoint }: Pick<Surface, 'tokenEndpoint'>,
  { clientId, clientSecret, refreshToken }: Credentials,
  http: Dispatcher,
  now: number,
): Promise<RenewedToken> {
  const body = { clientId, clientSecret, grantType: 'refresh_token', refreshToken };
  const secrets = [clientId, clientSecret, refreshToken];
  try {
    const answer = await askOidc(http, new URL(tokenEndpoint), body, renewalAnswerSchema, secrets);
    return {
      accessToken: answer.accessToken,
      expiresAt: expiryOf(answer, now),
      ...rotatedToken(answer, refreshToken),
    };
  } catch (error) {
    throw error instanceof OidcError ? renewalErrorOf(error) : error;
  }
}
