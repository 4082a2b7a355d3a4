import { describe, expect, it } from '@jest/globals';
import { endOfWindow, type QuotaWindow } from './quota-window.js';

describe('endOfWindow', () => {
  it.each<[QuotaWindow, string, string]>([
    ['hour', '2026-11-20T12:34:56.789Z', '2026-11-20T13:00:00.000Z'],
    ['hour', '2026-12-31T23:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['day', '2026-11-20T12:34:56.789Z', '2026-11-21T00:00:00.000Z'],
    ['day', '2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'],
    ['week', '2026-11-20T12:00:00.000Z', '2026-11-23T00:00:00.000Z'],
    ['week', '2026-11-22T23:59:59.999Z', '2026-11-23T00:00:00.000Z'],
    ['week', '2026-11-23T00:00:00.000Z', '2026-11-30T00:00:00.000Z'],
    ['month', '2026-11-20T12:00:00.000Z', '2026-12-01T00:00:00.000Z'],
    ['month', '2026-12-31T23:59:59.999Z', '2027-01-01T00:00:00.000Z'],
    ['month', '2027-02-01T00:00:00.000Z', '2027-03-01T00:00:00.000Z'],
    ['month', '2028-02-29T12:00:00.000Z', '2028-03-01T00:00:00.000Z'],
  ])('the %s of %s ends at %s', (window, now, end) => {
    expect(new Date(endOfWindow(window, Date.parse(now))).toISOString()).toBe(end);
  });

  it('knows the months of four hundred years', () => {
    const wrong: string[] = [];
    for (let day = Date.UTC(1999, 0, 1); day < Date.UTC(2401, 0, 1); day += 86_400_000) {
      const date = new Date(day);
      const end = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
      if (endOfWindow('month', day + 5_000) !== end) wrong.push(date.toISOString());
    }
    expect(wrong).toEqual([]);
  });
});
