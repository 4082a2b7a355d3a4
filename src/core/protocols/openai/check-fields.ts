import { isNestedWithin } from '../../messages/nesting.js';
import { invalidInput } from './invalid-input.js';

/** What is known to be a JSON object, and no more. */
export type JsonObject = Record<string, unknown>;

/** As on Anthropic's paths: recursion over a request stays far from the end of the stack. */
const DEEPEST_NESTING = 200;
/** Messages, parts and tools; no client is known to send a hundredth of it. */
const MOST_ITEMS = 100_000;
/** Numbers as text are normal input (openai.md §15). */
const NUMBER = /^-?\d{1,20}(\.\d{1,20})?$/;
const LONGEST_QUOTE = 100;

export interface Range {
  readonly min?: number;
  readonly max?: number;
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** What clients write for a field they leave out (openai.md §15). */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/**
 * The body of a request: an object, nested no deeper than is safe.
 * @throws GatewayError `invalid_request`
 */
export function bodyOf(body: unknown): JsonObject {
  if (!isObject(body)) {
    throw invalidInput('invalid_type', undefined, `The request body should be a JSON object, but is ${kindOf(body)}.`);
  }
  for (const field of Object.keys(body)) {
    if (isNestedWithin(body[field], DEEPEST_NESTING)) continue;
    const name = shorten(field);
    throw invalidInput('invalid_value', name, `Invalid '${name}': nested more than ${DEEPEST_NESTING} levels deep.`);
  }
  return body;
}

/** @throws GatewayError `invalid_request`, as all that follow */
export function objectOf(value: unknown, param: string): JsonObject {
  if (isObject(value)) return value;
  throw wrongType(value, param, 'an object');
}

export function stringOf(value: unknown, param: string): string {
  if (typeof value === 'string') return value;
  throw wrongType(value, param, 'a string');
}

/** @param longest in characters; a text of none is refused */
export function nameOf(value: unknown, param: string, longest: number): string {
  const name = stringOf(value, param);
  if (name.length >= 1 && name.length <= longest) return name;
  throw invalidInput(
    'invalid_value',
    param,
    `Invalid '${param}': expected a string of 1 to ${longest} characters, but got one of ${name.length}.`,
  );
}

export function numberOf(value: unknown, param: string, range: Range = {}): number {
  return within(asNumber(value) ?? fail(wrongType(value, param, 'a number')), param, range);
}

export function integerOf(value: unknown, param: string, min?: number): number {
  const number = asNumber(value);
  if (number === undefined || !Number.isInteger(number)) throw wrongType(value, param, 'an integer');
  return within(number, param, { min });
}

export function booleanOf(value: unknown, param: string): boolean {
  if (typeof value === 'boolean') return value;
  throw wrongType(value, param, 'a boolean');
}

export function listOf(value: unknown, param: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, param, 'an array');
  if (value.length <= MOST_ITEMS) return value;
  throw invalidInput(
    'invalid_value',
    param,
    `Invalid '${param}': array too long. Expected at most ${MOST_ITEMS} items, but got ${value.length}.`,
  );
}

export function oneOf<T extends string>(value: unknown, param: string, known: readonly T[]): T {
  const text = stringOf(value, param);
  const found = known.find((each) => each === text);
  if (found !== undefined) return found;
  throw unknownValue(text, param, known);
}

export function unknownValue(value: string, param: string, known: readonly string[]) {
  const supported = known.map((each) => `'${each}'`).join(', ');
  return invalidInput(
    'invalid_value',
    param,
    `Invalid value for '${param}': '${shorten(value)}'. Supported values are: ${supported}.`,
  );
}

/** The same for fields that may be left out: null and undefined are undefined. */
export function optionalObject(value: unknown, param: string): JsonObject | undefined {
  return isAbsent(value) ? undefined : objectOf(value, param);
}

export function optionalString(value: unknown, param: string): string | undefined {
  return isAbsent(value) ? undefined : stringOf(value, param);
}

export function optionalNumber(value: unknown, param: string, range?: Range): number | undefined {
  return isAbsent(value) ? undefined : numberOf(value, param, range);
}

export function optionalInteger(value: unknown, param: string, min?: number): number | undefined {
  return isAbsent(value) ? undefined : integerOf(value, param, min);
}

export function optionalBoolean(value: unknown, param: string): boolean | undefined {
  return isAbsent(value) ? undefined : booleanOf(value, param);
}

export function optionalList(value: unknown, param: string): readonly unknown[] | undefined {
  return isAbsent(value) ? undefined : listOf(value, param);
}

export function missing(param: string) {
  return invalidInput('missing_required_parameter', param, `Missing required parameter: '${param}'.`);
}

/** A client's own words, short enough for a message. */
export function shorten(value: string): string {
  return value.length > LONGEST_QUOTE ? `${value.slice(0, LONGEST_QUOTE)}…` : value;
}

function wrongType(value: unknown, param: string, expected: string) {
  if (value === undefined) return missing(param);
  return invalidInput(
    'invalid_type',
    param,
    `Invalid type for '${param}': expected ${expected}, but got ${kindOf(value)} instead.`,
  );
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'string':
      return 'a string';
    case 'boolean':
      return 'a boolean';
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a decimal number';
    default:
      return 'an object';
  }
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

function within(value: number, param: string, { min, max }: Range): number {
  const limit =
    min !== undefined && value < min ? `>= ${min}` : max !== undefined && value > max ? `<= ${max}` : undefined;
  if (limit === undefined) return value;
  throw invalidInput(
    'invalid_value',
    param,
    `Invalid '${param}': expected a value ${limit}, but got ${value} instead.`,
  );
}

function fail(error: Error): never {
  throw error;
}
