import { BINDINGS } from '../upstreams/amazon-q/surface.js';
import type { AccountEntity } from './account.entity.js';
import { ACCOUNT_STATUSES, type Account, PROVIDERS, type Quota } from './account.js';

/** A row as the rest of the room knows it: no secrets, no nulls. */
export function toAccount(row: AccountEntity): Account {
  const provider = PROVIDERS.find((known) => known === row.provider);
  // A status or provider of a later version of the service: whatever it means, the account is not to be used.
  const status = provider && ACCOUNT_STATUSES.find((known) => known === row.status);
  return {
    id: row.id,
    label: row.label,
    provider: provider ?? 'amazonq',
    enabled: row.enabled,
    status: status ?? 'disabled',
    statusReason: row.statusReason ?? undefined,
    statusSince: row.statusSince,
    statusUntil: row.statusUntil ?? undefined,
    enabledSince: row.enabledSince ?? undefined,
    weight: row.weight,
    priority: row.priority,
    requestsPerMinute: row.requestsPerMinute ?? undefined,
    maxConcurrent: row.maxConcurrent ?? undefined,
    region: row.region ?? undefined,
    ssoRegion: row.ssoRegion ?? undefined,
    profileArn: row.profileArn ?? undefined,
    apiEndpoint: row.apiEndpoint ?? undefined,
    tokenEndpoint: row.tokenEndpoint ?? undefined,
    binding: BINDINGS.find((binding) => binding === row.binding),
    origin: row.origin ?? undefined,
    baseUrl: row.baseUrl ?? undefined,
    startUrl: row.startUrl ?? undefined,
    tokenExpiresAt: row.tokenExpiresAt ?? undefined,
    lastRefreshAt: row.lastRefreshAt ?? undefined,
    lastUsedAt: row.lastUsedAt ?? undefined,
    credentialsSince: row.credentialsSince ?? undefined,
    registrationExpiresAt: row.registrationExpiresAt ?? undefined,
    quota: quotaOf(row),
    requestCount: row.requestCount,
    errorCount: row.errorCount,
    revision: row.revision,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}

function quotaOf({ quotaUsed, quotaLimit, quotaResetsAt, quotaReadAt }: AccountEntity): Quota | undefined {
  if (quotaUsed === null || quotaLimit === null || quotaReadAt === null) return undefined;
  return { used: quotaUsed, limit: quotaLimit, resetsAt: quotaResetsAt ?? undefined, readAt: quotaReadAt };
}
