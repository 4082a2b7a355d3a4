import { describe, expect, it } from '@jest/globals';
import type { Account } from './account.js';
import { isShownUsable, shownStatus } from './shown-status.js';

const at = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));
const NOW = at(12).getTime();

const account = (fields: Partial<Account>): Account => ({
  id: 'one',
  label: 'One',
  provider: 'amazonq',
  enabled: true,
  status: 'active',
  statusSince: at(9),
  weight: 1,
  priority: 0,
  requestCount: 0,
  errorCount: 0,
  revision: 1,
  createdAt: at(8),
  updatedAt: at(8),
  ...fields,
});

describe('the status an account is shown with', () => {
  it('is what was learnt of it, with the reason and the times', () => {
    const spent = { status: 'quota_exhausted', statusReason: 'Spent', statusUntil: at(13) } as const;
    expect(shownStatus(account(spent), NOW, false)).toEqual({
      status: 'quota_exhausted',
      reason: 'Spent',
      since: at(9),
      until: at(13),
    });
  });

  it('is disabled when an administrator said so, whatever was learnt', () => {
    const locked = { enabled: false, status: 'suspended', statusReason: 'Locked' } as const;
    expect(shownStatus(account({ ...locked, enabledSince: at(10) }), NOW, true)).toEqual({
      status: 'disabled',
      reason: 'Disabled by an administrator',
      since: at(10),
    });
    expect(shownStatus(account(locked), NOW, false).since).toEqual(at(8));
  });

  it('is refreshing while the token of a good account is renewed', () => {
    expect(shownStatus(account({}), NOW, true)).toMatchObject({ status: 'refreshing', since: at(9) });
    expect(shownStatus(account({ status: 'needs_login' }), NOW, true).status).toBe('needs_login');
  });

  it('is active again once the window of a spent quota is over', () => {
    const spent = { status: 'quota_exhausted', statusReason: 'Spent', statusUntil: at(11) } as const;
    expect(shownStatus(account(spent), NOW, false)).toEqual({ status: 'active', since: at(11) });
    expect(shownStatus(account({ status: 'quota_exhausted' }), NOW, false).status).toBe('quota_exhausted');
  });

  it('says whether the pool may choose it', () => {
    expect((['active', 'refreshing', 'suspended', 'disabled'] as const).map(isShownUsable)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
