/** By code of the driver or of Postgres (appendix A of its manual). */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens there: is Postgres running, and DATABASE_URL right?',
  ENOTFOUND: 'There is no host of that name: DATABASE_URL',
  ETIMEDOUT: 'Nobody answers: a firewall, or a wrong address in DATABASE_URL',
  '28P01': 'The user name or the password in DATABASE_URL is wrong',
  '28000': 'Postgres does not let this user in from here: pg_hba.conf',
  '3D000': 'Create the database, or correct its name in DATABASE_URL',
  '42501': 'The role may not read its tables: grant it its schema',
  '53300': 'Postgres has no connection left: max_connections',
  SQLITE_CANTOPEN: 'The file can not be opened: its owner, and that of its folder',
  SQLITE_NOTADB: 'The file is no database: DATABASE_PATH',
  SQLITE_CORRUPT: 'The file is damaged: go back to a copy',
  SQLITE_BUSY: 'Somebody else holds the file',
};

export function databaseAdvice(error: unknown): string | undefined {
  const { code = '' } = error as { code?: string };
  return ADVICE[code];
}
