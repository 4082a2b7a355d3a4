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

/** `amazonq`: Amazon Q and Kiro; `anthropic`: any endpoint that speaks the Anthropic API. */
export const PROVIDERS = ['amazonq', 'anthropic'] as const;
export type Provider = (typeof PROVIDERS)[number];

/** What an operator decides about an account. */
export interface AccountSettings {
  label: string;
  enabled: boolean;
  weight: number;
  /** Lower goes first. */
  priority: number;
  requestsPerMinute?: number;
  maxConcurrent?: number;
  /** Of the API, or of everything where `ssoRegion` is not given. */
  region?: string;
  ssoRegion?: string;
  profileArn?: string;
  apiEndpoint?: string;
  tokenEndpoint?: string;
  binding?: Binding;
  origin?: string;
  /** Of an `anthropic` account. */
  baseUrl?: string;
  /** Of IAM Identity Center; absent: Builder ID, or nobody knows. */
  startUrl?: string;
}

/** What GetUsageLimits said last (amazon-q.md §8.2). */
export interface Quota {
  used: number;
  limit: number;
  resetsAt?: Date;
  readAt: Date;
}

/** An upstream account without its secrets: those are reachable through the repository and the token keeper only. */
export interface Account extends AccountSettings {
  id: string;
  provider: Provider;
  /** What was learnt of it; an account that is not enabled is shown as `disabled` whatever this says. */
  status: AccountStatus;
  statusReason?: string;
  statusSince: Date;
  /** When the status ends by itself. */
  statusUntil?: Date;
  enabledSince?: Date;
  tokenExpiresAt?: Date;
  lastRefreshAt?: Date;
  lastUsedAt?: Date;
  /** When the credentials were last replaced by anything but a renewal; undefined: never. */
  credentialsSince?: Date;
  /** When the client registration its tokens belong to ends. */
  registrationExpiresAt?: Date;
  quota?: Quota;
  /** Attempts at upstream, and how many of them failed; of all replicas, some seconds old. */
  requestCount: number;
  errorCount: number;
  /** Counts changes of the settings and credentials: the entity tag. */
  revision: number;
  createdAt: Date;
  updatedAt: Date;
}

/** Whether the pool may choose it. `now` in epoch milliseconds: a quota comes back by itself. */
export function isUsable({ enabled, status, statusUntil }: Account, now: number): boolean {
  if (!enabled) return false;
  if (status === 'quota_exhausted') return statusUntil !== undefined && statusUntil.getTime() <= now;
  return status === 'active' || status === 'refreshing';
}
