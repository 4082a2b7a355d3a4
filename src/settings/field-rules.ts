import { STRATEGY_NAMES } from '../core/pool/strategies/strategies.js';
import { settingsSchema } from '../platform/config/settings.js';
import { LOG_LEVELS } from '../platform/logging/log-levels.js';
import type { ChangedFields, LiveField, LiveFields } from './live-fields.js';

export type NumberField = { [Field in LiveField]: LiveFields[Field] extends number ? Field : never }[LiveField];

export const MOST_ALIASES = 500;
const LONGEST_ALIAS = 100;
const LONGEST_MODEL = 200;
const MOST_PRICES = 500;
/** US dollars for a million tokens, or for a credit. */
const HIGHEST_PRICE = 100_000;
const TOKENS_PRICED = ['input', 'output', 'cacheRead', 'cacheWrite'];
const PRICED = [...TOKENS_PRICED, 'credit'];
/** Of a price that has any of the tokens', and of one that has nothing else. */
const PRICED_TOGETHER = ['input', 'output'];
const ONE_LINE = /^(?=.*\S)[^\p{Cc}\p{Zl}\p{Zp}\p{Cs}]+$/u;

const { shape } = settingsSchema;

/** The environment's own: a number is right in both places or in neither. */
export const NUMBER_RANGES: Readonly<Record<NumberField, { min: number; max: number }>> = {
  'breaker.errorThreshold': rangeOf(shape.CIRCUIT_BREAKER_ERROR_THRESHOLD),
  'breaker.recoveryTimeout': rangeOf(shape.CIRCUIT_BREAKER_RECOVERY_TIMEOUT),
  'affinity.ttl': rangeOf(shape.SESSION_AFFINITY_TTL),
  maxAttempts: rangeOf(shape.MAX_ATTEMPTS),
};

const RULES: { readonly [Field in LiveField]: (value: unknown) => string | undefined } = {
  strategy: oneOf(STRATEGY_NAMES),
  'breaker.enabled': (value) => (typeof value === 'boolean' ? undefined : 'must be true or false'),
  'breaker.errorThreshold': wholeNumber('breaker.errorThreshold'),
  'breaker.recoveryTimeout': wholeNumber('breaker.recoveryTimeout'),
  'affinity.ttl': wholeNumber('affinity.ttl'),
  maxAttempts: wholeNumber('maxAttempts'),
  aliases: aliasesProblem,
  prices: pricesProblem,
  logLevel: oneOf(LOG_LEVELS),
};

export const LIVE_FIELDS = Object.keys(RULES) as readonly LiveField[];

/** @returns what is wrong with the value of a setting; undefined: nothing */
export function fieldProblem(field: LiveField, value: unknown): string | undefined {
  const problem = RULES[field](value);
  return problem && `${field} ${problem}`;
}

/** Those of stored values that are right. Another version of the service may know other settings, and other values. */
export function rightFields(stored: Readonly<Record<string, unknown>>): ChangedFields {
  const right = LIVE_FIELDS.filter((field) => Object.hasOwn(stored, field)).filter(
    (field) => fieldProblem(field, stored[field]) === undefined,
  );
  return Object.fromEntries(right.map((field) => [field, stored[field]]));
}

interface LimitedSchema {
  unwrap(): { minValue: number | null; maxValue: number | null };
}

function rangeOf(schema: LimitedSchema): { min: number; max: number } {
  const { minValue, maxValue } = schema.unwrap();
  if (minValue === null || maxValue === null) throw new Error('A setting that is changed at run time has limits');
  return { min: minValue, max: maxValue };
}

function oneOf(names: readonly string[]): (value: unknown) => string | undefined {
  return (value) => (names.some((name) => name === value) ? undefined : `must be one of ${names.join(', ')}`);
}

function wholeNumber(field: NumberField): (value: unknown) => string | undefined {
  const { min, max } = NUMBER_RANGES[field];
  return (value) =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}`;
}

function aliasesProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be an object: client model name → upstream model id';
  const entries = Object.entries(value);
  if (entries.length > MOST_ALIASES) return `must be at most ${MOST_ALIASES} names`;
  for (const [name, model] of entries) {
    if (!isText(name, LONGEST_ALIAS)) return `has a name that is not one line of 1 to ${LONGEST_ALIAS} characters`;
    if (!isText(model, LONGEST_MODEL))
      return `has a model for '${name}' that is not one line of 1 to ${LONGEST_MODEL} characters`;
  }
  return undefined;
}

function pricesProblem(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be an object: model name → its price';
  const entries = Object.entries(value);
  if (entries.length > MOST_PRICES) return `must be at most ${MOST_PRICES} names`;
  for (const [name, price] of entries) {
    if (!isText(name, LONGEST_MODEL)) return `has a name that is not one line of 1 to ${LONGEST_MODEL} characters`;
    const problem = priceProblem(price);
    if (problem) return `has a price for '${name}' ${problem}`;
  }
  return undefined;
}

function priceProblem(price: unknown): string | undefined {
  if (!isObject(price)) return `that is not an object of ${PRICED.join(', ')}`;
  const parts = new Map(Object.entries(price));
  const isOfTokens = !parts.has('credit') || TOKENS_PRICED.some((part) => parts.has(part));
  const missing = isOfTokens && PRICED_TOGETHER.find((part) => !parts.has(part));
  if (missing) return `without ${missing}`;
  for (const [part, dollars] of parts) {
    if (!PRICED.includes(part)) return `with something other than ${PRICED.join(', ')}`;
    if (typeof dollars !== 'number' || !(dollars >= 0 && dollars <= HIGHEST_PRICE))
      return `whose ${part} is not a number from 0 to ${HIGHEST_PRICE}`;
  }
  return undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown, longest: number): boolean {
  return typeof value === 'string' && value.length <= longest && ONE_LINE.test(value);
}
