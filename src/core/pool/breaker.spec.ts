import { beforeEach, describe, expect, it } from '@jest/globals';
import { Breaker, type BreakerRules } from './breaker.js';

const NOON = Date.UTC(2026, 10, 20, 12);
const RULES: BreakerRules = { isEnabled: true, threshold: 3, recoveryMs: 100_000 };
/** Chance that adds no jitter. */
const NO_JITTER = 0.5;

describe('Breaker', () => {
  let breaker: Breaker;
  let now: number;

  beforeEach(() => {
    breaker = new Breaker();
    now = NOON;
  });

  const fail = (times = 1, rules = RULES) => {
    for (let time = 0; time < times; time++) breaker.failed(rules, now, NO_JITTER);
  };
  const open = () => fail(RULES.threshold);
  const openSeconds = () => (breaker.snapshot.openUntil - now) / 1000;
  /** Its time passes, and the one trial begins. */
  const toTrial = () => {
    now = breaker.snapshot.openUntil;
    breaker.beginTrial(now + 60_000);
  };

  describe('closed', () => {
    it('opens at its threshold and not before', () => {
      fail(2);
      expect(breaker.standing(now)).toBe('closed');
      fail();
      expect(breaker.standing(now)).toBe('open');
      expect(breaker.snapshot).toMatchObject({ state: 'open', failures: 3, openings: 1 });
      expect(openSeconds()).toBe(100);
    });

    it('counts failures in a row only', () => {
      for (let round = 0; round < 5; round++) {
        fail(2);
        breaker.succeeded(now);
      }
      expect(breaker.snapshot).toMatchObject({ state: 'closed', failures: 0 });
    });

    it('does not count the first failure that may be a passing one, but each after it', () => {
      const falter = () => breaker.failed(RULES, now, NO_JITTER, 'repeated');
      falter();
      expect(breaker.snapshot.failures).toBe(0);
      falter();
      falter();
      expect(breaker.snapshot).toMatchObject({ state: 'closed', failures: 2 });
      breaker.succeeded(now);
      falter();
      expect(breaker.snapshot.failures).toBe(0);
      fail(2);
      falter();
      expect(breaker.standing(now)).toBe('open');
    });

    it('never opens where it is off, and counts all the same', () => {
      fail(50, { ...RULES, isEnabled: false });
      expect(breaker.standing(now)).toBe('closed');
      expect(breaker.snapshot.failures).toBe(50);
    });
  });

  describe('open', () => {
    beforeEach(open);

    it('lets nobody through until its time is over', () => {
      now = breaker.snapshot.openUntil - 1;
      expect(breaker.standing(now)).toBe('open');
      expect(breaker.shownState(now)).toBe('open');
      now++;
      expect(breaker.standing(now)).toBe('trial-due');
      expect(breaker.shownState(now)).toBe('half_open');
    });

    it('stays open as long as it was to, whatever fails meanwhile', () => {
      const before = breaker.snapshot;
      now += 50_000;
      fail(10);
      expect(breaker.snapshot).toEqual(before);
    });

    it('hears only of attempts that began since', () => {
      expect(breaker.hears(NOON - 1)).toBe(false);
      expect(breaker.hears(NOON)).toBe(true);
    });

    it('is spread by a tenth either way, so that accounts that failed together are not tried together', () => {
      const secondsAt = (chance: number) => {
        breaker = new Breaker();
        for (let time = 0; time < 3; time++) breaker.failed(RULES, now, chance);
        return Math.round(openSeconds());
      };
      expect([0, 0.5, 0.999999].map(secondsAt)).toEqual([90, 100, 110]);
    });

    it('closes when a probe is answered before its time', () => {
      now += 50_000;
      breaker.succeeded(now);
      expect(breaker.snapshot).toMatchObject({ state: 'closed', failures: 0, openUntil: 0 });
    });
  });

  describe('half open', () => {
    beforeEach(() => {
      open();
      toTrial();
    });

    it('lets one request through', () => {
      expect(breaker.standing(now)).toBe('trial-running');
      expect(breaker.standing(now + 59_999)).toBe('trial-running');
    });

    it('lets another one try when the first does not end', () => {
      expect(breaker.standing(now + 60_000)).toBe('trial-due');
    });

    it('lets the next one try when the first said nothing of the account', () => {
      breaker.trialSaidNothing();
      expect(breaker.standing(now)).toBe('trial-due');
    });

    it('closes when it is answered', () => {
      breaker.succeeded(now);
      expect(breaker.standing(now)).toBe('closed');
      expect(breaker.snapshot.failures).toBe(0);
    });

    it('opens with the first failure, of whatever kind', () => {
      breaker.failed(RULES, now, NO_JITTER, 'repeated');
      expect(breaker.standing(now)).toBe('open');
    });
  });

  describe('growing', () => {
    it('stays open for twice as long with every trial that fails, sixteen times at most', () => {
      open();
      const seconds = [openSeconds()];
      for (let trial = 0; trial < 6; trial++) {
        toTrial();
        fail();
        seconds.push(openSeconds());
      }
      expect(seconds).toEqual([100, 200, 400, 800, 1600, 1600, 1600]);
    });

    it('goes on where it soon opens again', () => {
      open();
      toTrial();
      breaker.succeeded(now);
      now += 99_000;
      open();
      expect(openSeconds()).toBe(200);
    });

    it('begins anew after it was closed for as long as it had been open', () => {
      open();
      toTrial();
      breaker.succeeded(now);
      now += 100_000;
      open();
      expect(openSeconds()).toBe(100);
    });

    it('begins anew after a reset', () => {
      open();
      toTrial();
      fail();
      breaker.reset(now);
      expect(breaker.standing(now)).toBe('closed');
      open();
      expect(openSeconds()).toBe(100);
    });
  });

  it('goes on from what another replica says', () => {
    open();
    const other = new Breaker();
    other.restore(breaker.snapshot);
    expect(other.standing(now)).toBe('open');
    expect(other.standing(breaker.snapshot.openUntil)).toBe('trial-due');
  });

  it('dates each change after the one before, also where a clock is behind', () => {
    open();
    const opened = breaker.snapshot.since;
    breaker.succeeded(opened - 5_000);
    expect(breaker.snapshot.since).toBe(opened + 1);
  });
});
