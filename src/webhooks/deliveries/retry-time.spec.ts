import { describe, expect, it } from '@jest/globals';
import { retryTime } from './retry-time.js';

const HOUR = 3_600_000;
const pauseAfter = (attempts: number, chance = 0.5, retryAfter?: number) =>
  retryTime({ attempts, createdAt: 0, retryAfter }, 0, chance);

describe('retryTime', () => {
  it.each([
    [1, 5_000],
    [2, 10_000],
    [3, 20_000],
    [10, 2_560_000],
    [11, HOUR],
    [5_000, HOUR],
  ])('after attempt %i is %i ms away', (attempts, pause) => {
    expect(pauseAfter(attempts)).toBe(pause);
  });

  it('varies by a fifth', () => {
    expect([pauseAfter(1, 0), pauseAfter(1, 1), pauseAfter(12, 0), pauseAfter(12, 1)]).toEqual([
      4_000,
      6_000,
      0.8 * HOUR,
      1.2 * HOUR,
    ]);
  });

  it.each([
    [1, 5_000],
    [300, 300_000],
    [0, 5_000],
    [86_400, 24 * HOUR],
  ])('is not before the receiver wants it, %i s', (retryAfter, at) => {
    expect(pauseAfter(1, 0.5, retryAfter)).toBe(at);
  });

  it.each([
    ['the receiver wants it later than a day', 86_401, 0],
    ['it wants it never', 1e300, 0],
    ['its day is over', undefined, 24 * HOUR - 4_000],
  ])('is none when %s', (_when, retryAfter, now) => {
    expect(retryTime({ attempts: 1, createdAt: 0, retryAfter }, now, 0.5)).toBeUndefined();
  });

  it('leads through a day in some thirty attempts', () => {
    let now = 0;
    let attempts = 0;
    for (let at: number | undefined = 0; at !== undefined; at = retryTime({ attempts, createdAt: 0 }, now, 0.5)) {
      now = at;
      attempts++;
    }
    expect([attempts, now > 23 * HOUR, now <= 24 * HOUR]).toEqual([33, true, true]);
  });
});
