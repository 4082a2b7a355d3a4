import { describe, expect, it } from '@jest/globals';
import { Cooldown } from './cooldown.js';
import type { Failure } from './failure.js';

const NOW = Date.UTC(2026, 10, 20, 12);
const MIDDLE = 0.5;
const tooOften = (retryAfter?: number): Failure => ({ class: 'rate_limit', retry: 'other-account', retryAfter });

describe('Cooldown', () => {
  it('lasts as long as the service says', () => {
    const cooldown = new Cooldown();
    expect(cooldown.failed(tooOften(17), NOW, NOW, MIDDLE)).toBe(17_000);
    expect(cooldown.until).toBe(NOW + 17_000);
  });

  it('lasts 1, 2, 4 s and so on, 32 s at most, while the service does not say', () => {
    const cooldown = new Cooldown();
    let now = NOW;
    const pauses = Array.from({ length: 8 }, () => {
      const pause = cooldown.failed(tooOften(), now, now, MIDDLE);
      now += pause;
      return pause / 1000;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 32, 32]);
  });

  it.each([
    [0, 750],
    [0.999, 1249.5],
  ])('by chance %d lasts %d ms', (chance, expected) => {
    expect(new Cooldown().failed(tooOften(), NOW, NOW, chance)).toBeCloseTo(expected, 0);
  });

  it('ends some day, whatever the service says', () => {
    expect(new Cooldown().failed(tooOften(1e9), NOW, NOW, MIDDLE)).toBe(24 * 3_600_000);
  });

  it('counts what requests side by side were told once', () => {
    const cooldown = new Cooldown();
    for (let request = 0; request < 50; request++) cooldown.failed(tooOften(), NOW - request, NOW + request, MIDDLE);
    expect(cooldown.until).toBe(NOW + 49 + 1_000);
    expect(cooldown.failed(tooOften(), NOW + 2_000, NOW + 2_000, MIDDLE)).toBe(2_000);
  });

  it('begins small again after a request that was answered, unless that was sent before', () => {
    const cooldown = new Cooldown();
    cooldown.failed(tooOften(), NOW, NOW, MIDDLE);
    cooldown.succeeded(NOW - 1);
    expect(cooldown.failed(tooOften(), NOW + 5_000, NOW + 5_000, MIDDLE)).toBe(2_000);
    cooldown.succeeded(NOW + 10_000);
    expect(cooldown.failed(tooOften(), NOW + 20_000, NOW + 20_000, MIDDLE)).toBe(1_000);
  });

  it('is never cut short by what came later, but by an operator', () => {
    const cooldown = new Cooldown();
    cooldown.failed(tooOften(60), NOW, NOW, MIDDLE);
    cooldown.failed(tooOften(1), NOW, NOW, MIDDLE);
    cooldown.heard(NOW + 2_000);
    expect(cooldown.until).toBe(NOW + 60_000);
    cooldown.reset();
    expect(cooldown.until).toBe(0);
    expect(cooldown.failed(tooOften(), NOW, NOW, MIDDLE)).toBe(1_000);
  });

  it('is prolonged by what another replica was told', () => {
    const cooldown = new Cooldown();
    cooldown.heard(NOW + 9_000);
    expect(cooldown.until).toBe(NOW + 9_000);
  });

  it.each(['transient', 'quota', 'auth', 'suspended', 'capacity', 'invalid_request', 'unknown'] as const)(
    'is no matter of %s, not even with a retry-after',
    (failureClass) => {
      const cooldown = new Cooldown();
      expect(cooldown.failed({ class: failureClass, retry: 'never', retryAfter: 9 }, NOW, NOW, MIDDLE)).toBe(0);
      expect(cooldown.until).toBe(0);
    },
  );
});
