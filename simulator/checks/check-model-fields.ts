import type { SimulatedModel } from '../model-list.js';
import { validationError } from '../service-error.js';
import { isObject } from './require-value.js';

type Schema = Record<string, unknown>;

/** `additionalModelRequestFields` against the schema its model lists (sheet §2.9, §7.1). */
export function checkModelFields(fields: unknown, model: SimulatedModel): void {
  if (fields === undefined || (isObject(fields) && Object.keys(fields).length === 0)) {
    return;
  }
  const schema = model.additionalModelRequestFieldsSchema ?? { type: 'object', additionalProperties: false };
  const problem = findProblem(fields, schema, 'additionalModelRequestFields');
  if (problem !== undefined) {
    throw validationError('REQUEST_BODY_INVALID', `The model ${model.modelId} does not take this: ${problem}`, problem);
  }
}

/** The first thing wrong with a value, by the few keywords such schemas use. */
function findProblem(value: unknown, schema: Schema, path: string): string | undefined {
  if (typeof schema.type === 'string' && !isOfType(value, schema.type)) {
    return `${path} must be of type ${schema.type}`;
  }
  if (Array.isArray(schema.enum) && !schema.enum.includes(value)) {
    return `${path} must be one of ${schema.enum.join(', ')}`;
  }
  if (typeof value === 'number') {
    if (value < (asNumber(schema.minimum) ?? value) || value > (asNumber(schema.maximum) ?? value)) {
      return `${path} must be between ${schema.minimum} and ${schema.maximum}`;
    }
  }
  return isObject(value) ? findProblemInside(value, schema, path) : undefined;
}

function findProblemInside(value: Record<string, unknown>, schema: Schema, path: string): string | undefined {
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (value[name] === undefined) {
      return `${path}.${name} is missing`;
    }
  }
  const properties = isObject(schema.properties) ? schema.properties : {};
  for (const [name, member] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (isObject(inner)) {
      const problem = findProblem(member, inner, `${path}.${name}`);
      if (problem !== undefined) {
        return problem;
      }
    } else if (schema.additionalProperties === false) {
      return `${path}.${name} is not known`;
    }
  }
  return undefined;
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
