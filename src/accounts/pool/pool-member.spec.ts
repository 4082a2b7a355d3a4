import { describe, expect, it } from '@jest/globals';
import { NOON } from '../../../test/support/candidates.js';
import { accountOf, memberOf } from '../../../test/support/pool-members.js';
import type { Quota } from '../account.js';

const HOUR_MS = 3_600_000;
const RESET = new Date(NOON + 24 * HOUR_MS);
const quota = (used: number, fields: Partial<Quota> = {}): Quota => ({
  ...{ used, limit: 100, resetsAt: RESET, readAt: new Date(NOON) },
  ...fields,
});

describe('what is left of an account’s quota', () => {
  it('is nobody’s guess where it was never read', () => {
    expect(memberOf('one').credits).toBeUndefined();
    expect(memberOf('one').isLastResort).toBe(false);
  });

  it('is what was read, less what answers cost since', () => {
    const member = memberOf('one', { quota: quota(40) });
    member.spend(10, NOON);
    member.spend(0.5, NOON);
    expect(member.credits).toEqual({ left: 49.5, resetsAt: RESET.getTime() });
  });

  it('is read anew with what was spent until then in it', () => {
    const member = memberOf('one', { quota: quota(40) });
    member.spend(10, NOON);
    // Another field was changed: the same reading.
    member.show(accountOf('one', { quota: quota(40), weight: 3 }), NOON);
    expect(member.credits?.left).toBe(50);
    member.show(accountOf('one', { quota: quota(51, { readAt: new Date(NOON + HOUR_MS) }) }), NOON + HOUR_MS);
    expect(member.credits?.left).toBe(49);
  });

  it('is the whole of it once it began anew, though nobody read that yet', () => {
    const account = accountOf('one', { quota: quota(100) });
    const member = memberOf('one', account);
    expect(member.isLastResort).toBe(true);
    member.show({ ...account }, RESET.getTime());
    expect(member.credits).toEqual({ left: 100, resetsAt: undefined });
    expect(member.isLastResort).toBe(false);
  });
});

describe('an account that is a last resort', () => {
  it.each([
    ['weighs nothing', { weight: 0 }, true],
    ['is over its plan, which its owner pays for', { quota: quota(120) }, true],
    ['has used its plan up', { quota: quota(100) }, true],
    ['has something left', { quota: quota(99) }, false],
  ])('%s', (_what, fields, isLastResort) => {
    expect(memberOf('one', fields).isLastResort).toBe(isLastResort);
  });

  it('becomes one by what its answers cost', () => {
    const member = memberOf('one', { quota: quota(99) });
    member.spend(1, NOON);
    expect(member.isLastResort).toBe(true);
  });
});

describe('an account that other replicas filled', () => {
  it('is asked again when its limits change, and not for anything else', () => {
    const member = memberOf('one', { requestsPerMinute: 5 });
    member.filledElsewhere = { limit: 'requests_per_minute', until: NOON + 50_000 };
    member.show(accountOf('one', { requestsPerMinute: 5, weight: 3 }), NOON);
    expect(member.filledElsewhere).toBeDefined();
    member.show(accountOf('one', { requestsPerMinute: 50 }), NOON);
    expect(member.filledElsewhere).toBeUndefined();
  });
});
