import type { AccountDto } from './dto/account.dto.js';
import type { EarlierAccountDto, EarlierStatsDto } from './dto/earlier-account.dto.js';
import { isAvailable } from './is-available.js';

export function encodeEarlierAccount(account: AccountDto): EarlierAccountDto {
  return {
    id: account.id,
    label: account.label,
    enabled: account.enabled,
    available: isAvailable(account),
    request_count: account.requestCount,
    error_count: account.errorCount,
    circuit_breaker_open: account.breaker.state === 'open',
    circuit_breaker_open_until: account.breaker.openUntil,
    weight: account.weight,
    last_used_at: account.lastUsedAt,
  };
}

export function encodeEarlierStats(accounts: EarlierAccountDto[]): EarlierStatsDto {
  const stats: EarlierStatsDto = {
    total_accounts: accounts.length,
    enabled_accounts: 0,
    available_accounts: 0,
    total_requests: 0,
    total_errors: 0,
    accounts,
  };
  for (const account of accounts) {
    if (account.enabled) stats.enabled_accounts++;
    if (account.available) stats.available_accounts++;
    stats.total_requests += account.request_count;
    stats.total_errors += account.error_count;
  }
  return stats;
}
