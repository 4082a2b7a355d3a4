import type { AccountStatus, Provider } from '../../account.js';
import { QuotaDto } from './account.dto.js';

/** Accounts by status as it is shown. */
export class AccountsByStatusDto implements Record<AccountStatus, number> {
  /** @example 7 */
  active: number;

  /** @example 0 */
  refreshing: number;

  /** @example 1 */
  needs_login: number;

  /** @example 0 */
  suspended: number;

  /** @example 1 */
  quota_exhausted: number;

  /** @example 1 */
  disabled: number;
}

export class AccountsByProviderDto implements Record<Provider, number> {
  /** @example 9 */
  amazonq: number;

  /** @example 1 */
  anthropic: number;
}

/** Sums over the accounts whose quota is known. */
export class QuotaTotalDto {
  /** @example 9 */
  accounts: number;

  /** @example 4120.5 */
  used: number;

  /** @example 9000 */
  limit: number;
}

/** What one account did. */
export class AccountCountersDto {
  /** @example '3f1c9a52-6f0e-4d5b-9b57-0c1f7a2d8e44' */
  id: string;

  /** @example 'Team seat 1' */
  label: string;

  /** @example 'amazonq' */
  provider: Provider;

  /** @example 'active' */
  status: AccountStatus;

  /** @example 2 */
  inFlight: number;

  /** @example 1532 */
  requestCount: number;

  /** @example 3 */
  errorCount: number;

  /** @example '2026-11-20T12:34:56.000Z' */
  lastUsedAt: string | null;

  quota: QuotaDto | null;
}

/** Totals, and each account's counters. */
export class AccountStatsDto {
  /** @example 10 */
  total: number;

  /** @example 9 */
  enabled: number;

  /**
   * Those the pool may choose.
   * @example 7
   */
  usable: number;

  byStatus: AccountsByStatusDto;

  byProvider: AccountsByProviderDto;

  /**
   * Requests running now, in the process that answers.
   * @example 2
   */
  inFlight: number;

  /** @example 15320 */
  requestCount: number;

  /** @example 31 */
  errorCount: number;

  quota: QuotaTotalDto;

  accounts: AccountCountersDto[];
}
