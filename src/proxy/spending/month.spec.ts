import { describe, expect, it } from '@jest/globals';
import { monthBefore, monthOf } from './month.js';

describe('monthOf', () => {
  it.each([
    ['2026-11-30T23:59:59.999Z', '2026-11'],
    ['2026-12-01T00:00:00.000Z', '2026-12'],
    ['2027-01-01T00:00:00+01:00', '2026-12'],
  ])('of %s is %s', (at, month) => {
    expect(monthOf(Date.parse(at))).toBe(month);
  });
});

describe('monthBefore', () => {
  it.each([
    ['2026-11', 0, '2026-11'],
    ['2026-11', 10, '2026-01'],
    ['2026-11', 13, '2025-10'],
    ['2026-01', 1, '2025-12'],
  ])('of %s by %i is %s', (month, months, before) => {
    expect(monthBefore(month, months)).toBe(before);
  });
});
