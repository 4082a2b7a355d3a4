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

/** The token endpoint's refusal, or that it did not answer. The message names no secret. */
export class TokenRenewalError extends Error {
  /** True: only a new sign-in helps. False: worth trying again later. */
  readonly permanent: boolean;

  /** @param code the service's own, or `no_answer`, `bad_answer`, `http_<status>` */
  constructor(
    readonly code: string,
    message: string,
    cause?: unknown,
  ) {
    super(message, { cause });
    this.name = 'TokenRenewalError';
    this.permanent = PERMANENT_CODES.has(code);
  }
}
