import type { RequestFilter } from './request-filter.js';

/** Part of a WHERE. @param bind gives a value its place in the statement */
export type Condition = (bind: (value: unknown) => string) => string;

/** A walk along an index, the newest row first. */
export interface Branch {
  /** Undefined: that of the primary key. */
  readonly index?: string;
  readonly conditions: readonly Condition[];
}

/** Walks that lead to every row one field of a filter is true of, and to none twice. */
export type Way = readonly Branch[];

/** All rows, in the order of time. */
export const ALL_ROWS: Way = [{ conditions: [] }];

/** Every way to the rows of a filter; none: it has no field with an index. */
export function waysTo(filter: RequestFilter): readonly Way[] {
  const { apiKey, account, model, status, outcome, errorClass } = filter;
  const ways: Way[] = [];
  if (apiKey !== undefined) ways.push([{ index: 'usage_records_by_key', conditions: [equals('key_id', apiKey)] }]);
  if (account !== undefined)
    ways.push([{ index: 'usage_records_by_account', conditions: [equals('account_id', account)] }]);
  if (model !== undefined) ways.push(byModel(model));
  // Their indexes are partial: a database must be told that they have what is looked for.
  if (status !== undefined && status >= 400)
    ways.push([{ index: 'usage_records_by_status', conditions: [equals('status', status), () => 'status >= 400'] }]);
  if (errorClass !== undefined) {
    const conditions = [equals('error_class', errorClass), () => 'error_class IS NOT NULL'];
    ways.push([{ index: 'usage_records_by_error', conditions }]);
  }
  if (outcome !== undefined && outcome !== 'success') {
    const conditions = [equals('outcome', outcome), () => `outcome <> 'success'`];
    ways.push([{ index: 'usage_records_by_outcome', conditions }]);
  }
  return ways;
}

/** Everything a row must have, its time left out. */
export function conditionsOf(filter: RequestFilter): readonly Condition[] {
  const { model } = filter;
  const exact: readonly (readonly [column: string, value: unknown])[] = [
    ['request_id', filter.requestId],
    ['key_id', filter.apiKey],
    ['account_id', filter.account],
    ['protocol', filter.protocol],
    ['status', filter.status],
    ['outcome', filter.outcome],
    ['error_class', filter.errorClass],
    ['client', filter.client],
    ['is_stream', filter.stream],
  ];
  const conditions = exact.filter(([, value]) => value !== undefined).map(([column, value]) => equals(column, value));
  if (model === undefined) return conditions;
  return [...conditions, (bind) => `(model = ${bind(model)} OR upstream_model = ${bind(model)})`];
}

function byModel(model: string): Way {
  const otherName: Condition = (bind) => `model IS DISTINCT FROM ${bind(model)}`;
  return [
    { index: 'usage_records_by_model', conditions: [equals('model', model)] },
    { index: 'usage_records_by_upstream_model', conditions: [equals('upstream_model', model), otherName] },
  ];
}

function equals(column: string, value: unknown): Condition {
  return (bind) => `${column} = ${bind(value)}`;
}
