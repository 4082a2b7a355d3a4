import { formatNetwork } from './allowed-networks.js';
import type { KeyLimits } from './key-limits.js';

/** The largest of each limit: far beyond what anybody means, and exact in every place it is kept. */
const LARGEST = {
  requestsPerMinute: 1_000_000,
  tokensPerMinute: 1_000_000_000,
  maxConcurrent: 100_000,
  monthlyTokenBudget: 1_000_000_000_000_000,
  monthlyCostBudget: 1_000_000_000,
} as const satisfies Record<keyof KeyLimits, number>;

export type LimitField = keyof KeyLimits;
export const LIMIT_FIELDS = Object.keys(LARGEST) as readonly LimitField[];

/** The one limit that may have a fraction. */
const COST_FIELD = 'monthlyCostBudget';

export const LONGEST_NAME = 100;
export const MOST_MODELS = 100;
export const LONGEST_MODEL = 256;
export const MOST_NETWORKS = 100;
const LONGEST_NETWORK = 50;
/** How long the secret before may be good after a rotation, in seconds: a month at most. */
export const LONGEST_OVERLAP = 2_592_000;

const ONE_LINE = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u;

/** The numbers a limit may be. */
export function rangeOf(field: LimitField): { isWhole: boolean; max: number } {
  return { isWhole: field !== COST_FIELD, max: LARGEST[field] };
}

/** @returns what is wrong with the number of a limit; undefined: nothing */
export function limitProblem(field: LimitField, value: unknown): string | undefined {
  const { isWhole, max } = rangeOf(field);
  const isRight =
    typeof value === 'number' && value <= max && (isWhole ? Number.isInteger(value) && value >= 1 : value > 0);
  if (isRight) return undefined;
  return `${field} must be ${isWhole ? 'a whole number from 1 to' : 'a number above 0, at most'} ${max}; null: no limit`;
}

/** @returns what is wrong with the name of a key; undefined: nothing */
export function nameProblem(value: unknown): string | undefined {
  return isLine(value, LONGEST_NAME) ? undefined : `name must be one line of 1 to ${LONGEST_NAME} characters`;
}

/** @returns what is wrong with a list of models; undefined: nothing */
export function modelsProblem(value: unknown): string | undefined {
  const problem = listProblem(value, MOST_MODELS);
  if (problem !== undefined) return `allowedModels ${problem}: all models`;
  const isRight = (value as unknown[]).every((model) => isLine(model, LONGEST_MODEL));
  return isRight
    ? undefined
    : `allowedModels must be names or patterns with *, each one line of 1 to ${LONGEST_MODEL} characters`;
}

/** @returns what is wrong with a list of networks; undefined: nothing */
export function networksProblem(value: unknown): string | undefined {
  const problem = listProblem(value, MOST_NETWORKS);
  if (problem !== undefined) return `allowedCidrs ${problem}: every address`;
  const isRight = (value as unknown[]).every(
    (network) =>
      typeof network === 'string' && network.length <= LONGEST_NETWORK && formatNetwork(network) !== undefined,
  );
  return isRight ? undefined : 'allowedCidrs must be addresses or networks such as 10.0.0.0/8 or 2001:db8::/32';
}

/** An empty list would be read as "all" by some and as "none" by others. */
function listProblem(value: unknown, most: number): string | undefined {
  const isList = Array.isArray(value) && value.length >= 1 && value.length <= most;
  return isList ? undefined : `must be a list of 1 to ${most} entries; null`;
}

function isLine(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length <= longest && ONE_LINE.test(value);
}
