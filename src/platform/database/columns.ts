import type { ColumnOptions } from 'typeorm';

/**
 * An instant, kept as epoch milliseconds: no time zone creeps in and both databases order and divide it alike.
 * Postgres hands a bigint back as text, SQLite as a number.
 */
export const instant: ColumnOptions = {
  type: 'bigint',
  transformer: {
    to: (date: Date | null | undefined) => (date == null ? date : date.getTime()),
    from: (stored: string | number | null) => (stored == null ? null : new Date(Number(stored))),
  },
};

/** A whole number beyond 32 bits, exact up to 2^53. */
export const wholeNumber: ColumnOptions = {
  type: 'bigint',
  transformer: {
    to: (value: number | null | undefined) => value,
    from: (stored: string | number | null) => (stored == null ? null : Number(stored)),
  },
};
