import type { UsageRecord } from '../ledger/usage-record.js';

/** A row of the ledger as the request log has it. */
export type LoggedRequest = { readonly [Field in keyof UsageRecord]: UsageRecord[Field] };

/** A column, and how its value is read: Postgres hands a bigint back as text, SQLite a boolean as a number. */
const COLUMNS = {
  at: ['at', Number],
  requestId: ['request_id'],
  keyId: ['key_id'],
  accountId: ['account_id'],
  protocol: ['protocol'],
  model: ['model'],
  upstreamModel: ['upstream_model'],
  status: ['status'],
  outcome: ['outcome'],
  errorClass: ['error_class'],
  isStream: ['is_stream', Boolean],
  attempts: ['attempts'],
  inputTokens: ['input_tokens', Number],
  outputTokens: ['output_tokens', Number],
  cacheReadTokens: ['cache_read_tokens', Number],
  cacheWriteTokens: ['cache_write_tokens', Number],
  reasoningTokens: ['reasoning_tokens', Number],
  isEstimated: ['is_estimated', Boolean],
  credits: ['credits'],
  cost: ['cost'],
  priceVersion: ['price_version'],
  firstTokenMs: ['first_token_ms'],
  durationMs: ['duration_ms'],
  stopReason: ['stop_reason'],
  client: ['client'],
} as const satisfies Record<keyof LoggedRequest, readonly [column: string, read?: (stored: unknown) => unknown]>;

const READERS: readonly (readonly [field: string, column: string, read: (stored: unknown) => unknown])[] =
  Object.entries(COLUMNS).map(([field, [column, read = itself]]) => [field, column, read]);

/** For a SELECT. */
export const LOGGED_COLUMNS = READERS.map(([, column]) => column).join(', ');

/** @param row as a database hands it back, by column */
export function readLoggedRequest(row: Readonly<Record<string, unknown>>): LoggedRequest {
  return Object.fromEntries(READERS.map(([field, column, read]) => [field, read(row[column])])) as LoggedRequest;
}

function itself(stored: unknown): unknown {
  return stored;
}
