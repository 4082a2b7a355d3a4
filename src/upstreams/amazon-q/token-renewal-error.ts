import type { OidcError } from './oidc-error.js';

/** The service's codes after which the same credentials will never work again (amazon-q.md §9.2). */
const PERMANENT_CODES = new Set([
  'invalid_grant',
  'invalid_client',
  'invalid_request',
  'invalid_scope',
  'access_denied',
  'expired_token',
  'unauthorized_client',
  'unsupported_grant_type',
  'InvalidRequestRegionException',
]);

export interface TokenRenewalDetails {
  /** Default: what the code says. */
  permanent?: boolean;
  retryAfter?: number;
  region?: string;
  cause?: unknown;
}

/** The token endpoint's refusal, or that it did not answer. The message names no secret. */
export class TokenRenewalError extends Error {
  /** True: only a new sign-in helps. False: worth trying again later. */
  readonly permanent: boolean;
  /** Seconds, as the service asked. */
  readonly retryAfter?: number;
  /** Where these credentials are known instead; with InvalidRequestRegionException. */
  readonly region?: string;

  /** @param code the service's own, or `no_answer`, `bad_answer`, `http_<status>` */
  constructor(
    readonly code: string,
    message: string,
    { permanent = PERMANENT_CODES.has(code), retryAfter, region, cause }: TokenRenewalDetails = {},
  ) {
    super(message, { cause });
    this.name = 'TokenRenewalError';
    this.permanent = permanent;
    this.retryAfter = retryAfter;
    this.region = region;
  }
}

/** @param isDead a refusal that only a new sign-in helps against, whatever its code */
export function renewalErrorOf(error: OidcError, isDead = false): TokenRenewalError {
  const { retryAfter, region } = error.hints;
  return new TokenRenewalError(error.code, error.message, {
    ...(isDead && { permanent: true }),
    retryAfter,
    ...(error.code === 'InvalidRequestRegionException' && { region }),
    cause: error.cause,
  });
}
