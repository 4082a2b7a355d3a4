import { QueryFailedError } from 'typeorm';
import { GatewayError } from '../../core/errors.js';

/** Of pg and its pool, for which neither has a code. */
const WORDS =
  /^(?:Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error|The database (?:has not answered|was given up))/;
const CODES = [
  // No connection: a statement that was under way may not say so itself.
  /^(?:ECONN(?:REFUSED|RESET|ABORTED)|ETIMEDOUT|E(?:HOST|NET)UNREACH|ENOTFOUND|EAI_AGAIN|EPIPE|ENOENT)$/,
  // Postgres: connection exceptions, insufficient resources, operator intervention (appendix A of its manual).
  /^(?:08|53|57)[0-9A-Z]{3}$/,
  // SQLite: somebody else writes for too long, or the disk is full or broken.
  /^SQLITE_(?:BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY)$/,
];

/** What a statement failed with, in words for who asked; anything but a database that is away as it is. */
export function tellDatabaseAway(thrown: unknown): unknown {
  if (!isDatabaseAway(thrown)) return thrown;
  const message = 'The database is not available at the moment.';
  return new GatewayError('unavailable', message, { shouldRetry: true, cause: thrown });
}

function isDatabaseAway(thrown: unknown): boolean {
  const fault: unknown = thrown instanceof QueryFailedError ? thrown.driverError : thrown;
  if (!Error.isError(fault)) return false;
  const { code } = fault as { code?: unknown };
  if (typeof code !== 'string') return WORDS.test(fault.message);
  // A connection that can't be made is no failed query: it says itself what it wanted.
  const isOfDatabase = thrown instanceof QueryFailedError || (fault as { syscall?: unknown }).syscall === 'connect';
  return isOfDatabase && CODES.some((known) => known.test(code));
}
