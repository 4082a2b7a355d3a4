import type { AccountDto } from './dto/account.dto.js';
import type { AccountCountersDto, AccountStatsDto } from './dto/account-stats.dto.js';
import { isAvailable } from './is-available.js';

export function encodeStats(accounts: readonly AccountDto[]): AccountStatsDto {
  const stats: AccountStatsDto = {
    total: accounts.length,
    enabled: 0,
    usable: 0,
    byStatus: { active: 0, refreshing: 0, needs_login: 0, suspended: 0, quota_exhausted: 0, disabled: 0 },
    byProvider: { amazonq: 0, anthropic: 0 },
    inFlight: 0,
    requestCount: 0,
    errorCount: 0,
    quota: { accounts: 0, used: 0, limit: 0 },
    accounts: accounts.map(encodeCounters),
  };
  for (const account of accounts) {
    if (account.enabled) stats.enabled++;
    if (isAvailable(account)) stats.usable++;
    stats.byStatus[account.status]++;
    stats.byProvider[account.provider]++;
    stats.inFlight += account.inFlight;
    stats.requestCount += account.requestCount;
    stats.errorCount += account.errorCount;
    if (!account.quota) continue;
    stats.quota.accounts++;
    stats.quota.used += account.quota.used;
    stats.quota.limit += account.quota.limit;
  }
  return stats;
}

function encodeCounters(account: AccountDto): AccountCountersDto {
  const { id, label, provider, status, inFlight, requestCount, errorCount, lastUsedAt, quota } = account;
  return { id, label, provider, status, inFlight, requestCount, errorCount, lastUsedAt, quota };
}
