import { HOUR_MS } from './periods.js';
import type { SumDimension } from './usage-sum.js';

/** What the statements differ in between the databases. */
export interface Dialect {
  /** A table function: `key` and `value` of each entry of a JSON text. */
  eachEntry: (json: string) => string;
}

export const POSTGRES: Dialect = { eachEntry: (json) => `json_each_text(${json}::json)` };
export const SQLITE: Dialect = { eachEntry: (json) => `json_each(${json})` };

/** Of a request's row, which member of the dimension it belongs to. */
const MEMBER_OF: Record<SumDimension, string> = {
  all: `''`,
  account: `coalesce(account_id, '')`,
  apiKey: 'key_id',
  model: `coalesce(upstream_model, '')`,
  protocol: 'protocol',
};

export const SUMMED_COLUMNS = `requests, errors, cancelled, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens,
    reasoning_tokens, credits, cost`;

const TOTALS_OF_ROWS = `count(*) AS requests,
    sum(CASE WHEN outcome = 'error' THEN 1 ELSE 0 END) AS errors,
    sum(CASE WHEN outcome = 'cancelled' THEN 1 ELSE 0 END) AS cancelled,
    sum(input_tokens) AS input_tokens, sum(output_tokens) AS output_tokens,
    sum(cache_read_tokens) AS cache_read_tokens, sum(cache_write_tokens) AS cache_write_tokens,
    sum(reasoning_tokens) AS reasoning_tokens, coalesce(sum(credits), 0) AS credits, sum(cost) AS cost`;

const TOTALS_OF_SUMS = SUMMED_COLUMNS.split(/,\s*/)
  .map((column) => `sum(${column}) AS ${column}`)
  .join(', ');

/** The one way requests are added up: what is not summed up yet is read by it, too. `$1` and `$2`: from, and before. */
export function sumsOfRows(dimension: SumDimension): string {
  return `WITH picked AS MATERIALIZED (
    SELECT at - at % ${HOUR_MS} AS start, ${MEMBER_OF[dimension]} AS member, outcome, input_tokens, output_tokens,
      cache_read_tokens, cache_write_tokens, reasoning_tokens, credits, cost, duration_step, first_token_step
    FROM usage_records WHERE at >= $1 AND at < $2
  ), totals AS (
    SELECT start, member, ${TOTALS_OF_ROWS} FROM picked GROUP BY start, member
  ), durations AS (${packed(`SELECT start, member, duration_step AS step, count(*) AS n FROM picked
    WHERE outcome = 'success' GROUP BY start, member, duration_step`)}
  ), first_tokens AS (${packed(`SELECT start, member, first_token_step AS step, count(*) AS n FROM picked
    WHERE first_token_step IS NOT NULL GROUP BY start, member, first_token_step`)}
  ) ${WITH_COUNTS}`;
}

/** The hours of a day, or of several, added up to one; the same columns. `$1` and `$2`: from, and before. */
export function sumsOfHours(dimension: SumDimension, { eachEntry }: Dialect): string {
  const entries = (
    column: string,
  ) => `SELECT 0 AS start, member, entry.key AS step, sum(CAST(entry.value AS bigint)) AS n
    FROM picked, ${eachEntry(column)} AS entry GROUP BY member, entry.key`;
  return `WITH picked AS MATERIALIZED (
    SELECT * FROM usage_sums WHERE period = 'hour' AND dimension = '${dimension}' AND start >= $1 AND start < $2
  ), totals AS (
    SELECT 0 AS start, member, ${TOTALS_OF_SUMS} FROM picked GROUP BY member
  ), durations AS (${packed(entries('picked.durations'))}
  ), first_tokens AS (${packed(entries('picked.first_tokens'))}
  ) ${WITH_COUNTS}`;
}

/**
 * Replaces sums, unless they are of a later revision, or of an hour whose requests may be going.
 * `$1`, `$2`: as `sums` has them; `$3` start, `$4` revision.
 */
export function replaceSums(period: 'hour' | 'day', dimension: SumDimension, sums: string): string {
  const columns = [...SUMMED_COLUMNS.split(/,\s*/), 'durations', 'first_tokens', 'revision'];
  // SQLite numbers parameters in the order they come in.
  return `INSERT INTO usage_sums (period, dimension, member, ${SUMMED_COLUMNS}, durations, first_tokens, start, revision)
    WITH summed AS (${sums})
    SELECT '${period}', '${dimension}', member, ${SUMMED_COLUMNS}, durations, first_tokens,
      CAST($3 AS bigint), CAST($4 AS integer)
    FROM summed WHERE NOT EXISTS (
      SELECT 1 FROM usage_periods WHERE period = '${period}' AND start = $3 AND is_pruned
    )
    ON CONFLICT (period, dimension, start, member) DO UPDATE SET
      ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}
      WHERE usage_sums.revision <= excluded.revision`;
}

/** Counts of steps as JSON, one text for each start and member. */
function packed(counts: string): string {
  return `SELECT start, member, '{' || string_agg('"' || step || '":' || n, ',') || '}' AS counts
    FROM (${counts}) AS counted GROUP BY start, member`;
}

const WITH_COUNTS = `SELECT totals.*, coalesce(durations.counts, '{}') AS durations,
    coalesce(first_tokens.counts, '{}') AS first_tokens
  FROM totals
  LEFT JOIN durations ON durations.start = totals.start AND durations.member = totals.member
  LEFT JOIN first_tokens ON first_tokens.start = totals.start AND first_tokens.member = totals.member`;
