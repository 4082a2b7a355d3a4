import type { Account } from '../../src/accounts/account.js';
import { PoolMember } from '../../src/accounts/pool/pool-member.js';
import type { Listing } from '../../src/accounts/pool/roster.service.js';
import { Breaker } from '../../src/core/pool/breaker.js';
import { NOON } from './candidates.js';

export function accountOf(id: string, fields: Partial<Account> = {}): Account {
  const date = new Date(NOON);
  return {
    id,
    label: id,
    provider: 'amazonq',
    enabled: true,
    weight: 1,
    priority: 0,
    status: 'active',
    statusSince: date,
    requestCount: 0,
    errorCount: 0,
    revision: 1,
    createdAt: date,
    updatedAt: date,
    ...fields,
  };
}

export function memberOf(id: string, fields: Partial<Account> = {}): PoolMember {
  return new PoolMember(accountOf(id, fields), new Breaker(), NOON);
}

/** Accounts that list a model, by its own name or by a pattern only. */
export function listingOf(byName: readonly PoolMember[], byPattern: readonly PoolMember[] = []): Listing {
  const all = [...byName, ...byPattern];
  return {
    byName,
    listed: new Set(byName),
    byPattern,
    unasked: [],
    modelAt: new Map(all.map((member) => [member, { id: 'claude-sonnet-5' }])),
    members: new Map(all.map((member) => [member.id, member])),
  };
}
