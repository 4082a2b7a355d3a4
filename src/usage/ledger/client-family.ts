/** Which program asks, by its user agent: a closed list, as it is a column that people group by. */
export type ClientFamily = 'other';

export function clientFamilyOf(_userAgent: string | undefined): ClientFamily {
  return 'other';
}
