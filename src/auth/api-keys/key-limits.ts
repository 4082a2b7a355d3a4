/** What a key may use, over all replicas; null: as much as there is. All of them are at least 1, the cost more than 0. */
export interface KeyLimits {
  /** Requests begun within any minute. */
  readonly requestsPerMinute: number | null;
  /** Tokens in and out within any minute. */
  readonly tokensPerMinute: number | null;
  /** Requests at the same time. */
  readonly maxConcurrent: number | null;
  /** Tokens in and out within a calendar month (UTC). */
  readonly monthlyTokenBudget: number | null;
  /** What they cost within a calendar month (UTC), in the currency of the price table. */
  readonly monthlyCostBudget: number | null;
}
