import { PriceList } from '../../../src/core/models/price-list.js';
import { costAt } from '../../../src/core/models/prices.js';
import type { Fate, PlannedRequest } from './planned-request.js';
import type { Visit } from './visit.js';

/** A request of the ledger, as the admin API tells it. */
export interface LedgerRow {
  requestId: string;
  apiKey: string;
  account: string | null;
  protocol: string;
  model: string | null;
  upstreamModel: string | null;
  status: number;
  outcome: string;
  errorClass: string | null;
  stream: boolean;
  attempts: number;
  inputTokens: number;
  outputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  estimated: boolean;
  credits: number | null;
  cost: number;
}

const OUTCOMES: Readonly<Record<Fate, string>> = {
  answered: 'success',
  'failed over': 'success',
  failed: 'error',
  cut: 'error',
  'left early': 'cancelled',
  'left midway': 'cancelled',
  malformed: 'error',
  forbidden: 'error',
};
const CLASSES: Readonly<Partial<Record<Fate, string>>> = {
  failed: 'transient',
  cut: 'transient',
  malformed: 'invalid_request',
  forbidden: 'permission',
};
const ATTEMPTS: Readonly<Record<Fate, number>> = {
  answered: 1,
  'failed over': 2,
  failed: 3,
  cut: 1,
  'left early': 1,
  'left midway': 1,
  malformed: 0,
  forbidden: 0,
};
const WHOLE: readonly Fate[] = ['answered', 'failed over'];
const PRICES = new PriceList({});

/**
 * Holds one row against what was planned and seen.
 * @param keyIds by number of the key
 * @returns what is not as it should be
 */
export function compareRow(row: LedgerRow, plan: PlannedRequest, visit: Visit, keyIds: readonly string[]): string[] {
  const isWhole = WHOLE.includes(plan.fate);
  const isAsked = ATTEMPTS[plan.fate] > 0;
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, credits } = plan.served;
  const expected: Partial<Record<keyof LedgerRow, unknown>> = {
    protocol: plan.protocol,
    status: visit.status ?? row.status,
    outcome: OUTCOMES[plan.fate],
    errorClass: CLASSES[plan.fate] ?? null,
    attempts: ATTEMPTS[plan.fate],
    upstreamModel: isAsked ? plan.model : null,
    credits: isWhole ? credits : null,
    ...(isAsked && { model: plan.model, stream: plan.isStream }),
    ...(isWhole && { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, estimated: false }),
    ...(!isAsked && { inputTokens: 0, outputTokens: 0, cost: 0 }),
  };
  const problems = Object.entries(expected)
    .filter(([field, value]) => row[field as keyof LedgerRow] !== value)
    .map(([field, value]) => `${field} is ${row[field as keyof LedgerRow]}, not ${value}`);
  if (row.apiKey !== keyIds[plan.key]) problems.push(`its key is ${row.apiKey}`);
  const account = isAsked ? (visit.accountId ?? row.account) : null;
  if (row.account !== account) problems.push(`its account is ${row.account}, not ${account}`);
  if (isWhole) {
    const use = { input: inputTokens, output: outputTokens, cacheRead: cacheReadTokens, cacheWrite: cacheWriteTokens };
    const cost = costAt(PRICES.pricingOf(plan.model), use);
    if (Math.abs(row.cost - cost) > 1e-9) problems.push(`its cost is ${row.cost}, not ${cost}`);
  }
  const broke = plan.fate === 'cut' || (plan.fate === 'left midway' && row.outputTokens > 0);
  if (broke && !row.estimated) problems.push('its tokens are told as if upstream had counted them');
  return problems.map((problem) => `request ${plan.number} (${plan.fate}, ${row.requestId}): ${problem}`);
}

/** Whether a row may be that of a request whose client left before it knew its id. */
export function mayBe(row: LedgerRow, plan: PlannedRequest, keyIds: readonly string[]): boolean {
  return (
    row.protocol === plan.protocol &&
    row.outcome === OUTCOMES[plan.fate] &&
    row.stream === plan.isStream &&
    row.model === plan.model &&
    row.apiKey === keyIds[plan.key]
  );
}
