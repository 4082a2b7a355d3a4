import { randomUUID } from 'node:crypto';

const TIME_DIGITS = 12;

/**
 * An id such as `req_019a…`, the time first and 74 bits of chance after it. An index of ids in the order of time grows at
 * its end; of random ones each row would touch another page, which costs more than all else that is written of it.
 * @param now epoch milliseconds
 */
export function newRequestId(now: number): string {
  const time = Math.max(0, Math.trunc(now)).toString(16).padStart(TIME_DIGITS, '0').slice(-TIME_DIGITS);
  return `req_${time}${randomUUID().replaceAll('-', '').slice(TIME_DIGITS)}`;
}
