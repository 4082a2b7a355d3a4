import { describe, expect, it } from '@jest/globals';
import { UsageWindow } from './usage-window.js';

const NOW = Date.UTC(2026, 10, 20, 12);

describe('UsageWindow', () => {
  it('has room until the limit is reached', () => {
    const window = new UsageWindow();
    expect(window.freeAt(2, NOW)).toBe(NOW);
    window.add(NOW);
    expect(window.freeAt(2, NOW)).toBe(NOW);
    window.add(NOW);
    expect(window.freeAt(2, NOW)).toBeGreaterThan(NOW);
  });

  it('has room again when enough of it is over a minute old, at the end of a second', () => {
    const window = new UsageWindow();
    window.add(NOW + 300);
    window.add(NOW + 10_000);
    expect(window.freeAt(2, NOW + 10_000)).toBe(NOW + 61_000);
    expect(window.freeAt(1, NOW + 10_000)).toBe(NOW + 71_000);
    expect(window.freeAt(2, NOW + 60_999)).toBe(NOW + 61_000);
    expect(window.freeAt(2, NOW + 61_000)).toBe(NOW + 61_000);
  });

  it('never lets more than the limit through within any minute, however they come', () => {
    const limit = 7;
    const window = new UsageWindow();
    const passed: number[] = [];
    let now = NOW;
    let state = 1;
    for (let step = 0; step < 5_000; step++) {
      state = (state * 48_271) % 2_147_483_647;
      now += state % 3_000;
      if (window.freeAt(limit, now) > now) continue;
      window.add(now);
      passed.push(now);
    }
    expect(passed.length).toBeGreaterThan(500);
    for (let index = limit; index < passed.length; index++) {
      expect((passed[index] as number) - (passed[index - limit] as number)).toBeGreaterThanOrEqual(60_000);
    }
  });

  it('follows a limit that is changed', () => {
    const window = new UsageWindow();
    for (let request = 0; request < 10; request++) window.add(NOW + request * 1000);
    const now = NOW + 10_000;
    expect(window.freeAt(20, now)).toBe(now);
    expect(window.freeAt(10, now)).toBe(NOW + 61_000);
    expect(window.freeAt(5, now)).toBe(NOW + 66_000);
  });

  it('starts anew after a long silence', () => {
    const window = new UsageWindow();
    window.add(NOW);
    expect(window.isIdle(NOW + 60_000)).toBe(false);
    expect(window.isIdle(NOW + 3_600_000)).toBe(true);
    expect(window.freeAt(1, NOW + 3_600_000)).toBe(NOW + 3_600_000);
  });

  it.each([
    ['a little', 5_000],
    ['an hour', 3_600_000],
    ['ten years', 3_650 * 24 * 3_600_000],
  ])('keeps nobody away for over two minutes when the clock is set back %s', (_, back) => {
    const window = new UsageWindow();
    window.add(NOW);
    window.add(NOW);
    const now = NOW - back;
    expect(window.freeAt(2, now)).toBeGreaterThan(now);
    expect(window.freeAt(2, now)).toBeLessThanOrEqual(now + 122_000);
    window.add(now);
    expect(window.freeAt(3, now + 130_000)).toBe(now + 130_000);
  });

  it('counts amounts, and has room for one when enough of them are over a minute old', () => {
    const window = new UsageWindow();
    window.add(NOW, 50);
    window.add(NOW + 10_000, 30);
    const now = NOW + 20_000;
    expect(window.usedAt(now)).toBe(80);
    expect(window.freeAt(100, now, 20)).toBe(now);
    expect(window.freeAt(100, now, 21)).toBe(NOW + 61_000);
    expect(window.freeAt(100, now, 71)).toBe(NOW + 71_000);
    expect(window.freeAt(100, now, 20)).toBe(now);
    expect(window.resetAt(now)).toBe(NOW + 71_000);
    expect(window.resetAt(NOW + 71_000)).toBe(NOW + 71_000);
  });

  it('takes back what was not used, to where it was taken and no more than there was', () => {
    const window = new UsageWindow();
    window.add(NOW, 50);
    window.add(NOW + 10_000, 30);
    expect(window.freeAt(100, NOW + 10_000, 60)).toBe(NOW + 61_000);
    window.giveBack(NOW + 500, 40, NOW + 20_000);
    expect(window.freeAt(100, NOW + 20_000, 60)).toBe(NOW + 20_000);
    window.giveBack(NOW + 10_000, 900, NOW + 20_000);
    expect(window.usedAt(NOW + 20_000)).toBe(10);
    expect(window.resetAt(NOW + 20_000)).toBe(NOW + 61_000);
    window.giveBack(NOW, 10, NOW + 61_000);
    window.add(NOW + 61_000, 5);
    window.giveBack(NOW, 10, NOW + 61_000);
    expect(window.usedAt(NOW + 61_000)).toBe(5);
  });
});
