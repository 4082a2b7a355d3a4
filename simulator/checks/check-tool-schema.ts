import type { Binding } from '../answer.js';
import { type ServiceError, validationError } from '../service-error.js';
import { isObject } from './require-value.js';

const unionKeywords = ['anyOf', 'oneOf', 'allOf'];

// Keywords that came with or after draft 2019-09, which the CLI's surface stumbles over (sheet §2.6).
const newerKeywords = [
  '$schema',
  '$defs',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$vocabulary',
  'prefixItems',
  'unevaluatedProperties',
  'unevaluatedItems',
  'dependentSchemas',
  'dependentRequired',
  'minContains',
  'maxContains',
];

const boundKeywords = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'multipleOf'];
const schemaMapKeywords = ['properties', 'patternProperties', 'definitions'];
const depthLimit = 200;
const int32Limit = 2 ** 31;

/** A tool's input schema: lenient under restJson1, strict under awsJson1.0 (sheet §2.6). */
export function checkToolSchema(schema: Record<string, unknown>, path: string, binding: Binding): void {
  if (schema.type !== 'object') {
    throw invalidSchema(`${path}: the root's type must be object`);
  }
  for (const keyword of unionKeywords) {
    if (keyword in schema) {
      throw invalidSchema(`${path}: ${keyword} at the root`);
    }
  }
  for (const keyword of ['properties', 'required']) {
    if (schema[keyword] === null) {
      throw invalidSchema(`${path}: ${keyword} is null`);
    }
  }
  if (binding === 'awsJson1.0') {
    checkStrictly(schema, path, 0);
  }
}

function checkStrictly(schema: Record<string, unknown>, path: string, depth: number): void {
  if (depth > depthLimit) {
    throw invalidSchema(`${path}: nested too deeply`);
  }
  for (const [keyword, value] of Object.entries(schema)) {
    if (newerKeywords.includes(keyword)) {
      throw invalidSchema(`${path}: ${keyword} is not known`);
    }
    if ((keyword === 'exclusiveMinimum' || keyword === 'exclusiveMaximum') && typeof value === 'number') {
      throw invalidSchema(`${path}: ${keyword} must not be a number`);
    }
    if (boundKeywords.includes(keyword) && typeof value === 'number' && Math.abs(value) >= int32Limit) {
      throw invalidSchema(`${path}: ${keyword} does not fit into 32 bits`);
    }
    for (const [name, inner] of schemasUnder(keyword, value)) {
      checkStrictly(inner, `${path}.${name}`, depth + 1);
    }
  }
}

/** The schemas below a keyword. Names of properties are no keywords, values of enum and the like no schemas. */
function schemasUnder(keyword: string, value: unknown): [string, Record<string, unknown>][] {
  const found = schemaMapKeywords.includes(keyword) && isObject(value) ? Object.entries(value) : [];
  const list = [...unionKeywords, 'items', 'additionalProperties', 'not', 'if', 'then', 'else'].includes(keyword)
    ? [value].flat().map((entry): [string, unknown] => [keyword, entry])
    : [];
  return [...found, ...list].filter((entry): entry is [string, Record<string, unknown>] => isObject(entry[1]));
}

function invalidSchema(detail: string): ServiceError {
  return validationError('TOOL_SCHEMA_INVALID', 'Invalid tool input schema.', detail);
}
