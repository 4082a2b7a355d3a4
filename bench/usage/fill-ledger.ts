import type { DataSource } from 'typeorm';

/** How the ledger is filled. */
export interface LedgerSize {
  rows: number;
  days: number;
  /** Of the last row, epoch milliseconds. */
  until: number;
}

const DAY_MS = 86_400_000;
/** Rows of one statement. */
const CHUNK = 250_000;

/** What the ledger's rows are made of, worked out by the server: of `n`, the row's number, and `h`, its number shuffled. */
const COLUMNS: readonly (readonly [name: string, of: string])[] = [
  ['request_id', `'req_' || n`],
  ['key_id', `'key-' || h % 50`],
  ['account_id', `CASE WHEN h % 97 = 0 THEN NULL ELSE 'account-' || (h / 7) % 20 END`],
  ['protocol', `CASE h % 3 WHEN 0 THEN 'anthropic' WHEN 1 THEN 'openai_chat' ELSE 'openai_responses' END`],
  ['model', `'name-of-model-' || (h / 11) % 6`],
  ['upstream_model', `CASE WHEN h % 97 = 0 THEN NULL ELSE 'model-' || (h / 11) % 6 END`],
  ['status', `CASE WHEN h % 97 = 0 THEN 429 WHEN h % 31 = 0 THEN 503 ELSE 200 END`],
  ['outcome', `CASE WHEN h % 97 = 0 OR h % 31 = 0 THEN 'error' WHEN h % 53 = 0 THEN 'cancelled' ELSE 'success' END`],
  ['error_class', `CASE WHEN h % 97 = 0 THEN 'rate_limit' WHEN h % 31 = 0 THEN 'unavailable' ELSE NULL END`],
  ['is_stream', `h % 5 <> 0`],
  ['attempts', `1 + (CASE WHEN h % 41 = 0 THEN 1 ELSE 0 END)`],
  ['input_tokens', `(h * 13) % 40000`],
  ['output_tokens', `(h * 17) % 3000`],
  ['cache_read_tokens', `(h * 19) % 90000`],
  ['cache_write_tokens', `(h * 23) % 4000`],
  ['reasoning_tokens', `(h * 29) % 500`],
  ['is_estimated', `h % 53 = 0`],
  ['credits', `CASE WHEN h % 2 = 0 THEN (h % 100) / 64.0 ELSE NULL END`],
  ['cost', `(h % 1000) / 4096.0`],
  ['price_version', `'2026-11-21'`],
  ['first_token_ms', `CASE WHEN h % 97 = 0 THEN NULL ELSE first_ms END`],
  ['duration_ms', 'first_ms + rest_ms'],
  ['duration_step', 'CAST(ceil(ln(first_ms + rest_ms) / ln(1.05)) AS integer)'],
  ['first_token_step', `CASE WHEN h % 97 = 0 THEN NULL ELSE CAST(ceil(ln(first_ms) / ln(1.05)) AS integer) END`],
  ['stop_reason', `'end_turn'`],
  ['client', `CASE h % 4 WHEN 0 THEN 'claude-code' WHEN 1 THEN 'codex' ELSE 'other' END`],
];

/** Makes the rows on the server, spread evenly over the days. Indexes are made afterwards, as that takes less. */
export async function fillLedger(
  dataSource: DataSource,
  size: LedgerSize,
  tell: (step: string) => void,
): Promise<void> {
  const isPostgres = dataSource.options.type === 'postgres';
  const indexes: { name: string; sql: string }[] = await dataSource.query(
    isPostgres
      ? `SELECT indexname AS name, indexdef AS sql FROM pg_indexes
          WHERE schemaname = current_schema() AND tablename = 'usage_records' AND indexname NOT LIKE 'PK%'`
      : `SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'usage_records' AND sql IS NOT NULL`,
  );
  for (const { name } of indexes) await dataSource.query(`DROP INDEX ${name}`);
  const from = size.until - size.days * DAY_MS;
  for (let first = 1; first <= size.rows; first += CHUNK) {
    const last = Math.min(size.rows, first + CHUNK - 1);
    await dataSource.query(insertOf(first, last, from, (size.days * DAY_MS) / size.rows, isPostgres));
    tell(`${last} rows`);
  }
  for (const { name, sql } of indexes) {
    tell(`Index ${name}`);
    await dataSource.query(sql);
  }
  await dataSource.query(isPostgres ? 'VACUUM ANALYZE usage_records' : 'PRAGMA wal_checkpoint(TRUNCATE)');
}

function insertOf(first: number, last: number, from: number, everyMs: number, isPostgres: boolean): string {
  const numbers = isPostgres
    ? `SELECT generate_series(${first}::bigint, ${last}::bigint) AS n`
    : `WITH RECURSIVE counting(n) AS (SELECT ${first} UNION ALL SELECT n + 1 FROM counting WHERE n < ${last})
        SELECT n FROM counting`;
  const shuffled = `SELECT n, (n * 7919) % 999983 AS h FROM (${numbers}) AS numbers`;
  const timed = `SELECT n, h, 150 + ((h % 991) * (h % 991)) / 200 AS first_ms,
    100 + ((h % 1999) * (h % 1999)) / 60 AS rest_ms FROM (${shuffled}) AS shuffled`;
  const names = COLUMNS.map(([name]) => name).join(', ');
  const values = COLUMNS.map(([, of]) => of).join(', ');
  return `INSERT INTO usage_records (at, ${names})
    SELECT CAST(${from} + n * ${everyMs} AS bigint), ${values} FROM (${timed}) AS timed`;
}
