import { describe, expect, it } from '@jest/globals';
import { DAY_MS, HOUR_MS } from './periods.js';
import { inParts, sourcesOf } from './sources.js';

const known = (knownUntil: number, more: { openHours?: number[]; goodDays?: number[] } = {}) => ({
  knownUntil,
  openHours: new Set(more.openHours),
  goodDays: new Set(more.goodDays),
});
const told = (...[range, finest, state]: Parameters<typeof sourcesOf>) =>
  sourcesOf(range, finest, state).map(({ from, to, source }) => `${from / HOUR_MS}-${to / HOUR_MS} ${source}`);

describe('what a range is read from', () => {
  const range = { from: 22 * HOUR_MS, to: 3 * DAY_MS };

  it('is its requests, where nothing is summed up', () => {
    expect(told(range, 'day', known(0))).toEqual(['22-72 rows']);
  });

  it('is whole days, hours at their sides, and requests at its end', () => {
    const state = known(50 * HOUR_MS, { goodDays: [0, DAY_MS] });
    expect(told(range, 'day', state)).toEqual(['22-24 hour', '24-48 day', '48-50 hour', '50-72 rows']);
  });

  it('is hours only, where those are asked for', () => {
    const state = known(50 * HOUR_MS, { goodDays: [0, DAY_MS] });
    expect(told(range, 'hour', state)).toEqual(['22-50 hour', '50-72 rows']);
  });

  it('is the requests of an hour to which something came late', () => {
    const state = known(50 * HOUR_MS, { openHours: [30 * HOUR_MS] });
    expect(told(range, 'day', state)).toEqual(['22-30 hour', '30-31 rows', '31-50 hour', '50-72 rows']);
  });

  it('is the days alone, when hours of that time are kept no more', () => {
    expect(told(range, 'day', known(0, { goodDays: [DAY_MS] }))).toEqual(['22-24 rows', '24-48 day', '48-72 rows']);
  });
});

it('a range is cut at multiples of a length', () => {
  expect(inParts({ from: 5, to: 31 }, 10)).toEqual([
    { from: 5, to: 10 },
    { from: 10, to: 20 },
    { from: 20, to: 30 },
    { from: 30, to: 31 },
  ]);
});
