const SECONDS_PER_DAY = 86_400;
const DAYS_PER_ERA = 146_097;
const EPOCH_DAY = 719_468;

/** The beginning of a day, `2026-10-07` or a longer RFC 3339 time in UTC, in seconds since 1970. */
export function unixSeconds(day: string): number {
  const [year = 1970, month = 1, date = 1] = day.slice(0, 10).split('-').map(Number);
  // The calendar repeats every 400 years; a year that begins in March has its odd day at the end.
  const shiftedYear = month > 2 ? year : year - 1;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + date - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return (era * DAYS_PER_ERA + dayOfEra - EPOCH_DAY) * SECONDS_PER_DAY;
}
