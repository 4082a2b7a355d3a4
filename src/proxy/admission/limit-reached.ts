import { GatewayError } from '../../core/errors.js';
import type { AllowanceLimits, Amount, NoAllowance } from '../../platform/state/allowance.js';

/** Until somebody ends; clients ignore less. */
const SHORT_WAIT_MS = 1_000;

/** A request that a limit of its key refuses. */
export interface Refusal {
  refused: NoAllowance;
  limits: AllowanceLimits;
  /** What it was expected to use. */
  expected: Amount;
  /** Epoch milliseconds. */
  now: number;
}

/** What the client is told: its own key's limit, and when to come again, if ever (contract §10.4). */
export function limitReached({ refused, limits, expected, now }: Refusal): GatewayError {
  const { limit, neverFits } = refused;
  const most = spelled(limits[limit] ?? 0);
  if (neverFits) return new GatewayError(KINDS[limit], tooLarge(limit, most, expected), { shouldRetry: false });
  if (KINDS[limit] === 'quota') {
    const message = `${spent(limit, most)} It begins anew on ${nextMonth(now)} (UTC).`;
    return new GatewayError('quota', message, { shouldRetry: false });
  }
  const retryAfter = Math.ceil((refused.freeInMs ?? SHORT_WAIT_MS) / 1000) || 1;
  const message = `${limited(limit, most, expected)} Please try again in ${retryAfter}s.`;
  return new GatewayError('rate_limit', message, { retryAfter });
}

const KINDS: Readonly<Record<keyof AllowanceLimits, 'rate_limit' | 'quota'>> = {
  requestsPerMinute: 'rate_limit',
  tokensPerMinute: 'rate_limit',
  maxConcurrent: 'rate_limit',
  monthlyTokenBudget: 'quota',
  monthlyCostBudget: 'quota',
};

function limited(limit: keyof AllowanceLimits, most: string, { tokens }: Amount): string {
  switch (limit) {
    case 'maxConcurrent':
      return `This API key is limited to ${most} requests at the same time.`;
    case 'tokensPerMinute':
      return `This API key is limited to ${most} tokens per minute, and this request may need ${spelled(tokens)}.`;
    default:
      return `This API key is limited to ${most} requests per minute.`;
  }
}

function spent(limit: keyof AllowanceLimits, most: string): string {
  return limit === 'monthlyCostBudget'
    ? `This API key's monthly budget of ${most} USD has no room for this request.`
    : `This API key's monthly budget of ${most} tokens has no room for this request.`;
}

function tooLarge(limit: keyof AllowanceLimits, most: string, { tokens, cost }: Amount): string {
  switch (limit) {
    case 'monthlyCostBudget':
      return `This request may cost ${spelled(cost)} USD, more than this API key's monthly budget of ${most} USD.`;
    case 'monthlyTokenBudget':
      return `This request may need ${spelled(tokens)} tokens, more than this API key's monthly budget of ${most} tokens.`;
    default:
      return `This request may need ${spelled(tokens)} tokens, more than this API key's limit of ${most} tokens per minute.`;
  }
}

function spelled(amount: number): string {
  return amount.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function nextMonth(now: number): string {
  const date = new Date(now);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1)).toISOString().slice(0, 10);
}
