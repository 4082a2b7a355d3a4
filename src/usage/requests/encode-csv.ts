import { encodeUsageRequest, type UsageRequestDto } from './dto/usage-request.dto.js';
import type { LoggedRequest } from './logged-request.js';

/** The fields of the admin API, in its order. */
const COLUMNS = [
  'requestId',
  'at',
  'apiKey',
  'account',
  'protocol',
  'model',
  'upstreamModel',
  'status',
  'outcome',
  'errorClass',
  'stream',
  'attempts',
  'inputTokens',
  'outputTokens',
  'cacheReadTokens',
  'cacheWriteTokens',
  'reasoningTokens',
  'estimated',
  'credits',
  'cost',
  'priceVersion',
  'timeToFirstTokenMs',
  'durationMs',
  'stopReason',
  'client',
] as const satisfies readonly (keyof UsageRequestDto)[];

/** Spreadsheets run a cell that begins so, and clients choose the names of models. */
const FORMULA = /^[=+\-@\t\r\n]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** The first line (RFC 4180). */
export const CSV_HEADER = line(COLUMNS);

/** A line for each. What is null is empty. */
export function encodeCsv(requests: readonly LoggedRequest[]): string {
  return requests.map((request) => encodeLine(encodeUsageRequest(request))).join('');
}

function encodeLine(request: UsageRequestDto): string {
  return line(COLUMNS.map((column) => cell(request[column])));
}

function line(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}

function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
