/** The database can't take what was to be written: waiting does not help. */
export class RefusedRow extends Error {
  override readonly name = 'RefusedRow';
}

/** Classes of SQLSTATE: a value that can't be, a constraint that is not met. */
const POSTGRES = /^2[23]...$/;
const SQLITE: readonly unknown[] = ['SQLITE_CONSTRAINT', 'SQLITE_MISMATCH', 'SQLITE_TOOBIG'];

/** Whether a statement failed for a value in it, by its driver's code. */
export function isForItsValues(code: unknown): boolean {
  return SQLITE.includes(code) || (typeof code === 'string' && POSTGRES.test(code));
}
