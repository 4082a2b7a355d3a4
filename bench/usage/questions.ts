import type { RequestFilter } from '../../src/usage/requests/request-filter.js';
import { DIMENSIONS } from '../../src/usage/rollups/usage-sum.js';
import type { UsageSummaryQueryDto } from '../../src/usage/summary/dto/usage-summary-query.dto.js';

const DAY_MS = 86_400_000;

/** Every kind of summary over 30 days that has no more points than an answer may have. */
export function summaryQuestions(now: number): { name: string; query: UsageSummaryQueryDto }[] {
  // In the middle of an hour: its days are read from hours at both ends.
  const from = new Date(now - 30 * DAY_MS).toISOString();
  const intervals = [undefined, 'hour', 'day'] as const;
  const split = intervals.flatMap((interval) =>
    [undefined, ...DIMENSIONS]
      .filter((groupBy) => interval !== 'hour' || (groupBy !== 'apiKey' && groupBy !== 'account'))
      .map((groupBy) => ({ interval, groupBy })),
  );
  const one = intervals.flatMap((interval) => [
    { interval, apiKey: 'key-7' },
    { interval, account: 'account-7' },
  ]);
  // As many points as there can be.
  const most = {
    interval: 'hour' as const,
    groupBy: 'account' as const,
    from: new Date(now - 19 * DAY_MS).toISOString(),
  };
  return [
    ...[...split, ...one].map((query) => ({ name: `summary ${nameOf(query)}`, query: { from, ...query } })),
    { name: 'most points: 19 days interval=hour groupBy=account', query: most },
  ];
}

/** Of the request log, a first page each. */
export const pageQuestions: { name: string; filter: RequestFilter }[] = [
  { name: 'newest', filter: {} },
  { name: 'one key', filter: { apiKey: 'key-7' } },
  { name: 'one account and protocol', filter: { account: 'account-7', protocol: 'openai_chat' } },
  { name: 'one key, its errors', filter: { apiKey: 'key-7', outcome: 'error' } },
  { name: 'a status nobody got', filter: { status: 418 } },
  { name: 'a key nobody has', filter: { apiKey: 'nobody', model: 'model-1' } },
];

function nameOf(query: Record<string, string | undefined>): string {
  const parts = Object.entries(query).filter(([, value]) => value !== undefined);
  return parts.map(([name, value]) => `${name}=${value}`).join(' ') || 'totals';
}
