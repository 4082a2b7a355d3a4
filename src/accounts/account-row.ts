import { BINDINGS } from '../upstreams/amazon-q/surface.js';
import type { AccountEntity } from './account.entity.js';
import { ACCOUNT_STATUSES, type Account } from './account.js';

/** A row as the rest of the room knows it: no secrets, no nulls. */
export function toAccount(row: AccountEntity): Account {
  return {
    id: row.id,
    label: row.label,
    provider: 'amazonq',
    enabled: row.enabled,
    // A status of a later version of the service: whatever it means, the account is not to be used.
    status: ACCOUNT_STATUSES.find((status) => status === row.status) ?? 'disabled',
    statusReason: row.statusReason ?? undefined,
    statusSince: row.statusSince,
    weight: row.weight,
    region: row.region ?? undefined,
    ssoRegion: row.ssoRegion ?? undefined,
    profileArn: row.profileArn ?? undefined,
    apiEndpoint: row.apiEndpoint ?? undefined,
    tokenEndpoint: row.tokenEndpoint ?? undefined,
    binding: BINDINGS.find((binding) => binding === row.binding),
    origin: row.origin ?? undefined,
    tokenExpiresAt: row.tokenExpiresAt ?? undefined,
    lastRefreshAt: row.lastRefreshAt ?? undefined,
    lastUsedAt: row.lastUsedAt ?? undefined,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
