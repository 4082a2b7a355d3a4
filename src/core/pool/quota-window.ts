/** For how long a quota counts. */
export type QuotaWindow = 'hour' | 'day' | 'week' | 'month';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The epoch was a Thursday. */
const MONDAY_BEFORE_EPOCH = -3;

/** When the window that `now` lies in ends, in UTC; weeks begin on Monday. Epoch milliseconds. */
export function endOfWindow(window: QuotaWindow, now: number): number {
  const day = Math.floor(now / DAY_MS);
  switch (window) {
    case 'hour':
      return (Math.floor(now / HOUR_MS) + 1) * HOUR_MS;
    case 'day':
      return (day + 1) * DAY_MS;
    case 'week':
      return (day + 7 - ((day - MONDAY_BEFORE_EPOCH) % 7)) * DAY_MS;
    case 'month':
      return (day + daysToNextMonth(day)) * DAY_MS;
  }
}

const DAYS_BEFORE_EPOCH = 719_468; // since March 1st of the year 0
const DAYS_IN_ERA = 146_097; // 400 years
const DAYS_IN_FIVE_MONTHS = 153; // 31 + 30 + 31 + 30 + 31, as from March and from August

/** Counts years from March, so that the leap day is a year's last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms"). */
function daysToNextMonth(day: number): number {
  const dayOfEra = (day + DAYS_BEFORE_EPOCH) % DAYS_IN_ERA;
  const year = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const daysBefore = (years: number) => 365 * years + Math.floor(years / 4) - Math.floor(years / 100);
  const dayOfYear = dayOfEra - daysBefore(year);
  const month = Math.floor((5 * dayOfYear + 2) / DAYS_IN_FIVE_MONTHS);
  const firstOf = (months: number) => Math.floor((DAYS_IN_FIVE_MONTHS * months + 2) / 5);
  // The last month of such a year is February, and the next begins with the next year.
  const isLast = month === 11;
  const isLeapEnd = year === 399; // the era's own leap day
  const end = isLast ? daysBefore(year + 1) - daysBefore(year) + (isLeapEnd ? 1 : 0) : firstOf(month + 1);
  return end - dayOfYear;
}
