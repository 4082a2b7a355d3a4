import { integerOf, isAbsent, stringOf } from '../../core/protocols/openai/check-fields.js';
import { invalidInput } from '../../core/protocols/openai/invalid-input.js';

/** Which part of a list is asked for. */
export interface ListQuery {
  limit: number;
  order: 'asc' | 'desc';
  /** The id that the page before ended with. */
  after: string | undefined;
}

const DEFAULT_LIMIT = 20;
const HIGHEST_LIMIT = 100;

/**
 * The query of a list; an empty value is none.
 * @throws GatewayError `invalid_request`
 */
export function decodeListQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const { limit, order, after } = query;
  return {
    limit: isGiven(limit) ? limitOf(limit) : DEFAULT_LIMIT,
    order: isGiven(order) ? orderOf(order) : 'desc',
    after: isGiven(after) ? stringOf(after, 'after') : undefined,
  };
}

function isGiven(value: unknown): boolean {
  return !isAbsent(value) && value !== '';
}

function limitOf(value: unknown): number {
  const limit = integerOf(value, 'limit');
  if (limit >= 1 && limit <= HIGHEST_LIMIT) return limit;
  throw invalidInput('invalid_value', 'limit', `Invalid 'limit': expected 1 to ${HIGHEST_LIMIT}, but got ${limit}.`);
}

function orderOf(value: unknown): 'asc' | 'desc' {
  if (value === 'asc' || value === 'desc') return value;
  throw invalidInput('invalid_value', 'order', "Invalid 'order': expected 'asc' or 'desc'.");
}
