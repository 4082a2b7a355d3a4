import { isObject } from '../checks/require-value.js';

type Schema = Record<string, unknown>;

// Values that make a demonstration readable, by words in the property's name.
const telling: readonly (readonly [RegExp, string])[] = [
  [/city|location|place/i, 'Oslo'],
  [/command/i, 'echo hello'],
  [/url|uri|link/i, 'https://example.com/'],
  [/path|file/i, 'README.md'],
  [/country/i, 'Norway'],
  [/date/i, '2026-11-20'],
  [/query|question|pattern/i, 'hello'],
];

const depthLimit = 8;

/** An input that a tool's schema allows: its required properties with sample values, and nothing else. */
export function sampleInput(schema: Schema): Record<string, unknown> {
  const value = sampleValue(schema, 'input', schema, 0);
  return isObject(value) ? value : {};
}

function sampleValue(schema: unknown, name: string, root: Schema, depth: number): unknown {
  if (!isObject(schema) || depth > depthLimit) {
    return 'sample';
  }
  const given = givenValue(schema);
  if (given !== undefined) {
    return given;
  }
  const referred = alternative(schema, root);
  if (referred) {
    return sampleValue(referred, name, root, depth + 1);
  }
  const type = Array.isArray(schema.type) ? schema.type.find((candidate) => candidate !== 'null') : schema.type;
  switch (type ?? (isObject(schema.properties) ? 'object' : 'string')) {
    case 'object':
      return sampleObject(schema, root, depth);
    case 'array':
      return Array.from({ length: Math.min(asNumber(schema.minItems) ?? 1, 10) }, () =>
        sampleValue(schema.items, name, root, depth + 1),
      );
    case 'integer':
      return Math.ceil(asNumber(schema.minimum) ?? Math.min(1, asNumber(schema.maximum) ?? 1));
    case 'number':
      return asNumber(schema.minimum) ?? Math.min(1, asNumber(schema.maximum) ?? 1);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return sampleText(schema, name);
  }
}

function givenValue(schema: Schema): unknown {
  for (const list of [schema.examples, schema.enum]) {
    if (Array.isArray(list) && list.length > 0) {
      return list[0];
    }
  }
  return schema.const ?? schema.default;
}

function alternative(schema: Schema, root: Schema): unknown {
  if (typeof schema.$ref === 'string' && schema.$ref.startsWith('#/')) {
    const steps = schema.$ref.slice(2).split('/');
    return steps.reduce<unknown>((at, step) => (isObject(at) ? at[step] : undefined), root);
  }
  return [schema.anyOf, schema.oneOf, schema.allOf].find(Array.isArray)?.[0];
}

function sampleObject(schema: Schema, root: Schema, depth: number): Record<string, unknown> {
  const required = Array.isArray(schema.required) ? schema.required.map(String) : [];
  const properties = isObject(schema.properties) ? schema.properties : {};
  return Object.fromEntries(required.map((name) => [name, sampleValue(properties[name] ?? {}, name, root, depth + 1)]));
}

function sampleText(schema: Schema, name: string): string {
  const value = telling.find(([pattern]) => pattern.test(name))?.[1] ?? 'sample';
  const least = Math.min(asNumber(schema.minLength) ?? 0, 1000);
  return value.padEnd(least, '.').slice(0, asNumber(schema.maxLength));
}

function asNumber(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}
