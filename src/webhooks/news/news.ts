import { createHash } from 'node:crypto';
import type { Account, AccountStatus } from '../../accounts/account.js';
import type { WebhookEvent, WebhookEventType } from '../webhook-event.js';
import { POOL_SUBJECT, type Subject, subjectOf } from './subject.js';

/** Of one kind and subject at most one event in so long: what happens meanwhile is told as it stands then. */
export const QUIET_MS = 60_000;

const EVENT_OF: Record<AccountStatus, WebhookEventType> = {
  active: 'account.recovered',
  refreshing: 'account.recovered',
  suspended: 'account.suspended',
  needs_login: 'account.needs_login',
  quota_exhausted: 'account.quota_exhausted',
  disabled: 'account.disabled',
};

/** Accounts as they are stored, and how many of them could serve a request. */
export interface Standings {
  accounts: ReadonlyMap<string, Account>;
  usable: number;
}

/** An event, and what is known of its subject once it is told. */
export interface News {
  event: WebhookEvent;
  subject: Subject;
}

/**
 * What webhooks are to be told: where accounts and the pool stand otherwise than they were last told. Whoever looks finds
 * the same events with the same ids, so that several replicas may.
 * @param told by id; who is not in it stood well
 * @param now epoch milliseconds
 */
export function newsOf({ accounts, usable }: Standings, told: ReadonlyMap<string, Subject>, now: number): News[] {
  const news: News[] = [];
  const add = (before: Subject, standing: string, type: WebhookEventType, mark: string, data: WebhookEvent['data']) => {
    // A clock that was set back must not silence a subject.
    const silence = now - (before.toldAt[type] ?? Number.NEGATIVE_INFINITY);
    if (silence >= 0 && silence < QUIET_MS) return;
    const subject = { id: before.id, standing, version: before.version + 1, toldAt: { ...before.toldAt, [type]: now } };
    const id = eventId(before.id, type, mark);
    news.push({ event: { id, type, createdAt: new Date(now), data }, subject });
  };
  for (const account of accounts.values()) {
    const before = told.get(subjectOf(account.id)) ?? unknown(subjectOf(account.id), 'active');
    const status = account.status === 'refreshing' ? 'active' : account.status;
    if (status === before.standing) continue;
    add(before, status, EVENT_OF[status], `${account.statusSince.getTime()}`, {
      account: toldAccount(account, status),
    });
  }
  // Without any account there is no pool: what was told of it stands.
  if (accounts.size > 0) {
    const before = told.get(POOL_SUBJECT) ?? unknown(POOL_SUBJECT, 'usable');
    const standing = usable === 0 ? 'empty' : 'usable';
    const data = { pool: { accounts: accounts.size, usable } };
    if (standing !== before.standing)
      add(before, standing, usable === 0 ? 'pool.empty' : 'pool.recovered', `${before.version}`, data);
  }
  return news;
}

/** Accounts that were told of and are gone. */
export function goneOf({ accounts }: Pick<Standings, 'accounts'>, told: ReadonlyMap<string, Subject>): string[] {
  const known = new Set(Array.from(accounts.keys(), subjectOf));
  return Array.from(told.keys()).filter((id) => id !== POOL_SUBJECT && !known.has(id));
}

function unknown(id: string, standing: string): Subject {
  return { id, standing, version: 0, toldAt: {} };
}

function toldAccount({ id, label, statusReason, statusSince }: Account, status: AccountStatus) {
  return { id, label, status, reason: statusReason ?? null, since: statusSince.toISOString() };
}

function eventId(subject: string, type: WebhookEventType, mark: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([subject, type, mark]))
    .digest('base64url');
  return `evt_${digest.slice(0, 24)}`;
}
