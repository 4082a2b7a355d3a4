/** What sums are kept of. Both are of UTC, so that they begin at multiples of their length. */
export type Period = 'hour' | 'day';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const LENGTH_OF = { hour: HOUR_MS, day: DAY_MS } as const satisfies Record<Period, number>;

/** Sums of hours are kept so long, or as long as their requests. */
export const HOURS_KEPT_DAYS = 400;
/** Ten years. */
export const DAYS_KEPT_DAYS = 3_653;

/** From `from` until before `to`, in epoch milliseconds. */
export interface TimeRange {
  from: number;
  to: number;
}

/** When the period began that a time is in; all in epoch milliseconds. */
export function startOf(period: Period, at: number): number {
  return Math.floor(at / LENGTH_OF[period]) * LENGTH_OF[period];
}

/** The first beginning of a period at this time or after it. */
export function startFrom(period: Period, at: number): number {
  return Math.ceil(at / LENGTH_OF[period]) * LENGTH_OF[period];
}

/** A period is summed up so long after it ended: until then its last rows are written. */
const GRACE_MS = 2 * 60_000;

/** Whether all is written, as far as it is not late, of what ended at `end`. */
export function isOver(end: number, now: number): boolean {
  return end + GRACE_MS <= now;
}

/** The first hour that is not over. */
export function firstOpenHour(now: number): number {
  return startOf('hour', now - GRACE_MS);
}
