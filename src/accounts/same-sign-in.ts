import { endpointOf } from '../upstreams/anthropic/endpoint.js';

/**
 * What sign-ins are compared by: two with the same one are one account. A key may be good at several places, each an
 * account of its own, and a place may be spelt in several ways.
 * @param token the refresh token, or the key; or a digest of it
 * @param baseUrl of an `anthropic` account
 */
export function signInKey(token: string, baseUrl: string | undefined): string {
  if (baseUrl === undefined) return token;
  if (!URL.canParse(baseUrl)) return `${baseUrl} ${token}`;
  const { origin, prefix } = endpointOf(baseUrl);
  return `${origin}${prefix} ${token}`;
}

/** The id of an account made from these credentials: given twice at the same time, they meet in one row. */
export function idOfSignIn(token: string, baseUrl: string | undefined, digest: (text: string) => string): string {
  return `acc_${digest(signInKey(token, baseUrl)).slice(0, 24)}`;
}
