/** What one name (an API key) may use, over all replicas; undefined: any amount. */
export interface AllowanceLimits {
  /** Begun within any minute. */
  requestsPerMinute?: number;
  /** Within any minute. */
  tokensPerMinute?: number;
  /** At the same time. */
  maxConcurrent?: number;
  /** Within the month. */
  monthlyTokenBudget?: number;
  monthlyCostBudget?: number;
}

export interface Amount {
  tokens: number;
  /** In the currency of the price table. */
  cost: number;
}

/** What is known to be spent within the month, by those of whom it is stored: the shared state may know of less, or of more. */
export interface Spent extends Amount {
  /** Such as `2026-11`: a budget begins anew with another. */
  month: string;
}

/** How much of a limit is left. */
export interface Standing {
  limit: number;
  remaining: number;
  /** Milliseconds until all of it is there again. */
  resetMs: number;
}

/** For the headers of the answer, given or refused; undefined where there is no such limit. */
export interface Standings {
  requests?: Standing;
  tokens?: Standing;
}

/** A request that was let in. */
export interface Allowance {
  readonly standings: Standings;
  /**
   * Ends it: gives its place back, and books what it used in place of what was estimated. What was used beyond that counts
   * from now on; what was not used is given back to the minute and the month it was taken from. Counts once; never rejects.
   */
  settle(used: Amount): Promise<void>;
}

/** Why it was not. */
export interface NoAllowance {
  limit: keyof AllowanceLimits;
  /** When this limit has room for it, milliseconds from now; undefined: when somebody ends, or not within the month. */
  freeInMs?: number;
  /** It is more than the limit has when nothing of it is used: waiting does not help. */
  neverFits: boolean;
  standings: Standings;
}

export type AllowanceAnswer = { allowance: Allowance } | { refused: NoAllowance };
