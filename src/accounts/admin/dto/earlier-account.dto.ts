/** An account in the words of the earlier systems (contract §4). */
export class EarlierAccountDto {
  /** @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44' */
  id: string;

  /** @example 'Team seat 1' */
  label: string;

  /** @example true */
  enabled: boolean;

  /**
   * Whether it can be chosen now.
   * @example true
   */
  available: boolean;

  /** @example 1532 */
  request_count: number;

  /** @example 3 */
  error_count: number;

  /** @example false */
  circuit_breaker_open: boolean;

  /** @example null */
  circuit_breaker_open_until: string | null;

  /** @example 1 */
  weight: number;

  /** @example '2026-11-20T12:34:56.000Z' */
  last_used_at: string | null;
}

export class EarlierStatsDto {
  /** @example 10 */
  total_accounts: number;

  /** @example 9 */
  enabled_accounts: number;

  /** @example 7 */
  available_accounts: number;

  /** @example 15320 */
  total_requests: number;

  /** @example 31 */
  total_errors: number;

  accounts: EarlierAccountDto[];
}
