import { setTimeout as delay } from 'node:timers/promises';
import type { AdminApi, Totals } from './admin-api.js';
import { compareRow, type LedgerRow, mayBe } from './compare.js';
import type { PlannedRequest } from './planned-request.js';
import type { Visit } from './visit.js';

export interface Expected {
  visits: readonly Visit[];
  planOf: (number: number) => PlannedRequest;
  keyIds: readonly string[];
  /** Requests that ended after this may be missing, in epoch milliseconds; undefined: none may. */
  lostAfter?: number;
}

/** What the ledger has, and what is not as it should be. */
export interface LedgerCheck {
  rows: number;
  /** Of those that a kill may lose, as many were lost. */
  lost: number;
  totals: Totals;
  problems: string[];
}

const PATIENCE_MS = 20_000;
/** The ledger writes more often. */
const SETTLED_MS = 1_500;
const MOST_TOLD = 20;
const SUMMED = [
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'credits',
  'cost',
] as const satisfies readonly (keyof LedgerRow)[];

/** Holds the ledger against what clients saw and the service served: row by row, then its sums and its export. */
export async function checkLedger(api: AdminApi, expected: Expected): Promise<LedgerCheck> {
  const { visits, planOf, keyIds, lostAfter = Number.POSITIVE_INFINITY } = expected;
  const certain = visits.filter(({ endedAt }) => endedAt <= lostAfter);
  const rows = await rowsOnce(api, certain.length);
  const byId = new Map(rows.map((row) => [row.requestId, row]));
  const problems: string[] = byId.size === rows.length ? [] : ['a request is in the ledger twice'];
  let lost = 0;
  for (const visit of visits.filter(({ requestId }) => requestId !== undefined)) {
    const plan = planOf(visit.number);
    const row = byId.get(visit.requestId ?? '');
    byId.delete(visit.requestId ?? '');
    if (row && !visit.isBroken) problems.push(...compareRow(row, plan, visit, keyIds));
    else if (!row && visit.endedAt <= lostAfter) problems.push(`request ${plan.number} (${plan.fate}) is missing`);
    else if (!row) lost++;
  }
  // Their clients never knew their ids: each row is one of them, each of them has one.
  for (const visit of visits.filter(({ requestId }) => requestId === undefined)) {
    const plan = planOf(visit.number);
    const row = [...byId.values()].find((each) => mayBe(each, plan, keyIds));
    if (row) byId.delete(row.requestId);
    else if (visit.endedAt <= lostAfter) problems.push(`request ${plan.number} (${plan.fate}) is missing`);
    else lost++;
  }
  problems.push(...[...byId.keys()].map((id) => `nobody sent ${id}`));
  const totals = await api.totals();
  problems.push(...wrongSums(rows, totals));
  const exported = await api.exported();
  if (exported !== rows.length) problems.push(`${exported} rows are exported, of ${rows.length}`);
  return { rows: rows.length, lost, totals, problems: problems.slice(0, MOST_TOLD) };
}

/** Once there are so many, and no more have come for a while: what ended last may still be on its way into the database. */
async function rowsOnce(api: AdminApi, count: number): Promise<LedgerRow[]> {
  const end = Date.now() + PATIENCE_MS;
  let rows = await api.rows();
  for (let before = -1; (rows.length < count || rows.length > before) && Date.now() < end; ) {
    before = rows.length;
    await delay(SETTLED_MS);
    rows = await api.rows();
  }
  return rows;
}

function wrongSums(rows: readonly LedgerRow[], totals: Totals): string[] {
  const counted = {
    requests: rows.length,
    errors: rows.filter(({ outcome }) => outcome === 'error').length,
    cancelled: rows.filter(({ outcome }) => outcome === 'cancelled').length,
    ...Object.fromEntries(SUMMED.map((field) => [field, rows.reduce((sum, row) => sum + (row[field] ?? 0), 0)])),
  };
  return Object.entries(counted)
    .filter(([field, sum]) => !(Math.abs((totals[field] ?? Number.NaN) - sum) <= Math.abs(sum) * 1e-9))
    .map(([field, sum]) => `the summary's ${field} are ${totals[field]}, not ${sum}`);
}
