/** How much of a limit of the caller's is left. */
export interface RateLimit {
  limit: number;
  remaining: number;
  /** Milliseconds until all of it is there again. */
  resetMs: number;
}

/** What an answer tells its caller of its limits; undefined where there is none. */
export interface RateLimits {
  requests?: RateLimit;
  tokens?: RateLimit;
}
