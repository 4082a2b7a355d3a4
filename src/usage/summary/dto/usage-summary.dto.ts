/** In milliseconds, within 2.5 %; null: no request has such a time. */
export class PercentilesDto {
  /** @example 2140.3 */
  p50: number | null;

  /** @example 6800.1 */
  p90: number | null;

  /** @example 9102.7 */
  p95: number | null;

  /** @example 15210.4 */
  p99: number | null;
}

/** What requests took together. */
export class UsageFiguresDto {
  /** @example 1204 */
  requests: number;

  /**
   * Those that ended as an error, refused ones too.
   * @example 31
   */
  errors: number;

  /**
   * Those whose client left before the end.
   * @example 12
   */
  cancelled: number;

  /**
   * Without those of the cache.
   * @example 1830200
   */
  inputTokens: number;

  /** @example 410300 */
  outputTokens: number;

  /** @example 920100 */
  cacheReadTokens: number;

  /** @example 81000 */
  cacheWriteTokens: number;

  /**
   * Part of the output.
   * @example 90400
   */
  reasoningTokens: number;

  /**
   * As upstream reports them.
   * @example 310.5
   */
  credits: number;

  /**
   * At the prices of their time.
   * @example 12.481
   */
  cost: number;

  /** From the request's beginning to its end, of requests that succeeded. */
  latencyMs: PercentilesDto;

  /** From the request's beginning to the first token of its answer. */
  timeToFirstTokenMs: PercentilesDto;
}

/** The account, key, model or protocol that requests have in common. */
export class UsageGroupDto {
  /**
   * Null: of requests that have none, such as those no account was asked for, and of the groups after the hundredth together.
   * @example '5d0c7f9e-4f7e-4f0b-9a55-0f1f5f2a9b1d'
   */
  id: string | null;

  /**
   * Label of the account, name of the key; null where it is gone, or there is none; `other` of groups together.
   * @example 'laptop'
   */
  name: string | null;
}

/** One group in one interval. */
export class UsagePointDto extends UsageFiguresDto {
  /**
   * Of its interval; without `interval`, of the summary.
   * @example '2026-11-20T00:00:00.000Z'
   */
  start: string;

  /** Null without `groupBy`. */
  group: UsageGroupDto | null;
}

/** What requests took within a time. */
export class UsageSummaryDto {
  /** @example '2026-11-19T12:00:00.000Z' */
  from: string;

  /** @example '2026-11-20T13:00:00.000Z' */
  to: string;

  /** @example 'day' */
  interval: 'hour' | 'day' | null;

  /** @example 'model' */
  groupBy: 'account' | 'apiKey' | 'model' | 'protocol' | null;

  /** @example 'USD' */
  currency: 'USD';

  totals: UsageFiguresDto;

  /** By time, then by requests. Intervals in which a group had no request are left out. */
  data: UsagePointDto[];
}
