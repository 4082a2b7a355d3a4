import { isISO8601, ValidateBy } from 'class-validator';

/** Of ISO 8601, what `Date` reads as well. */
const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** A query's field that is a time, such as `2027-01-31T00:00:00Z`. */
export function IsTime(): PropertyDecorator {
  const message = '$property must be an ISO 8601 time with its zone, such as 2027-01-31T00:00:00Z';
  return ValidateBy({ name: 'isTime', validator: { validate: isTime } }, { message });
}

function isTime(value: unknown): boolean {
  if (typeof value !== 'string' || !TIME.test(value)) return false;
  return isISO8601(value, { strict: true }) && !Number.isNaN(Date.parse(value));
}
