/** The calendar month (UTC) of a time in epoch milliseconds, such as `2026-11`. */
export function monthOf(at: number): string {
  // On the path of every request: `toISOString` takes ten times as long.
  const date = new Date(at);
  const month = date.getUTCMonth() + 1;
  return `${date.getUTCFullYear()}-${month < 10 ? '0' : ''}${month}`;
}

/** The month so many months before this one. */
export function monthBefore(month: string, months: number): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return monthOf(Date.UTC(year, number - 1 - months));
}
