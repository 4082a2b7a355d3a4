import { improperlyFormed } from '../service-error.js';

/** Members that are null count as absent, as everywhere in AWS's JSON. */
export function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function requireObject(value: unknown, path: string): Record<string, unknown> {
  if (!isObject(value)) {
    throw improperlyFormed(`${path} must be an object`);
  }
  return value;
}

/** A list; an absent one is empty. */
export function requireList(value: unknown, path: string, most = Number.POSITIVE_INFINITY): unknown[] {
  if (!isPresent(value)) {
    return [];
  }
  if (!Array.isArray(value)) {
    throw improperlyFormed(`${path} must be a list`);
  }
  if (value.length > most) {
    throw improperlyFormed(`${path} has ${value.length} entries, at most ${most} are allowed`);
  }
  return value;
}

export interface TextRule {
  least?: number;
  most?: number;
  pattern?: RegExp;
}

export function requireText(value: unknown, path: string, rule: TextRule = {}): string {
  if (typeof value !== 'string') {
    throw improperlyFormed(`${path} must be a string`);
  }
  if (value.length < (rule.least ?? 0) || value.length > (rule.most ?? Number.POSITIVE_INFINITY)) {
    throw improperlyFormed(`${path} has ${value.length} characters, allowed are ${rule.least ?? 0} to ${rule.most}`);
  }
  if (rule.pattern && !rule.pattern.test(value)) {
    throw improperlyFormed(`${path} must match ${rule.pattern}`);
  }
  return value;
}

export function checkOptionalText(value: unknown, path: string, rule: TextRule = {}): void {
  if (isPresent(value)) {
    requireText(value, path, rule);
  }
}

export function checkOptionalChoice(value: unknown, path: string, choices: readonly string[]): void {
  if (isPresent(value) && !choices.includes(value as string)) {
    throw improperlyFormed(`${path} must be one of ${choices.join(', ')}`);
  }
}

/** The one member of a union that is present. */
export function requireUnion<Name extends string>(
  value: unknown,
  path: string,
  names: readonly Name[],
): [Name, unknown] {
  const union = requireObject(value, path);
  const present = names.filter((name) => isPresent(union[name]));
  const [name] = present;
  if (name === undefined || present.length > 1) {
    throw improperlyFormed(`${path} must have exactly one of ${names.join(', ')}`);
  }
  return [name, union[name]];
}
