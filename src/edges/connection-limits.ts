/** What one connection may cost, set on purpose instead of taken as Node has it (docs/access.md, "Edges"). */
export const CONNECTION_LIMITS = {
  /** Bytes of a request's line and headers together, as the gateway counts and refuses them in the caller's protocol. */
  headBytes: 16 * 1024,
  /** Where Node stops reading a head: an error then knows its path only if that came in the same packet. */
  unreadHeadBytes: 32 * 1024,
  headers: 100,
  /** From the first byte of a connection, or of a further request on it, to the end of its headers. */
  headMs: 15_000,
  /** Longer than clients and load balancers keep a connection, so that it is never reused half dead (anthropic.md §11). */
  keepAliveMs: 75_000,
  /** Requests sent on one connection before the first of them was answered. */
  pipelined: 16,
  /** What may still come of a body that nobody wanted, after the answer. */
  unwantedBodyMs: 30_000,
  /** The same on a connection that ends with its answer, without a byte; after nonsense: altogether. */
  farewellMs: 2_000,
  /** Behind everything else: a request that is not complete by then is cut off. Longer than `BodyTimes.whole`. */
  requestMs: 330_000,
  /** How exact those times are. */
  checkMs: 1_000,
} as const;
