/** What a refusal tells beside its code. */
export interface OidcHints {
  /** HTTP status. */
  status?: number;
  /** The region whose host has to be asked instead. */
  region?: string;
  /** Seconds, as the service asked. */
  retryAfter?: number;
}

/** A refusal of AWS SSO OIDC, or that it did not answer. The message names no secret. */
export class OidcError extends Error {
  /**
   * @param code the service's own (amazon-q.md §9.2), or `no_answer`, `bad_answer`, `http_<status>`
   * @param said the service's own words, where it said any
   */
  constructor(
    readonly code: string,
    message: string,
    readonly said?: string,
    cause?: unknown,
    readonly hints: OidcHints = {},
  ) {
    super(message, { cause });
    this.name = 'OidcError';
  }
}
