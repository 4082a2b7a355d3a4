import type { Binding } from '../upstreams/amazon-q/surface.js';

/** Where an account stands (contract §4). Only `active` and `refreshing` ones are chosen. */
export const ACCOUNT_STATUSES = [
  'active',
  'refreshing',
  'needs_login',
  'suspended',
  'quota_exhausted',
  'disabled',
] as const;
export type AccountStatus = (typeof ACCOUNT_STATUSES)[number];

/** An upstream account without its secrets: those are reachable through the repository and the token keeper only. */
export interface Account {
  id: string;
  label: string;
  provider: 'amazonq';
  enabled: boolean;
  status: AccountStatus;
  statusReason?: string;
  statusSince: Date;
  weight: number;
  region?: string;
  ssoRegion?: string;
  profileArn?: string;
  apiEndpoint?: string;
  tokenEndpoint?: string;
  binding?: Binding;
  origin?: string;
  tokenExpiresAt?: Date;
  lastRefreshAt?: Date;
  lastUsedAt?: Date;
  createdAt: Date;
  updatedAt: Date;
}

/** Whether the pool may choose it. */
export function isUsable(account: Account): boolean {
  return account.enabled && (account.status === 'active' || account.status === 'refreshing');
}
