type JsonSchema = Record<string, unknown>;

const UNIONS = ['anyOf', 'oneOf', 'allOf'] as const;

/** Keywords of newer drafts that the CLI's surface answers with a 400 (amazon-q.md §2.6). */
const REFUSED_BY_AWS_JSON = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$vocabulary',
  'prefixItems',
  'unevaluatedProperties',
  'unevaluatedItems',
  'dependentSchemas',
  'dependentRequired',
  'minContains',
  'maxContains',
  'propertyNames',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
]);
const NUMERIC_BOUNDS = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf']);
const COUNTS = new Set(['minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties']);
const LARGEST_INT32 = 2 ** 31 - 1;

/**
 * A tool's input schema in the form the service takes, nearly untouched: root of type object without union keywords,
 * no `$schema`, no nulls, no empty `required` (amazon-q.md §2.6). `awsJson1.0` knows fewer keywords.
 */
export function encodeToolSchema(schema: JsonSchema, binding: 'restJson1' | 'awsJson1.0'): JsonSchema {
  const root = withoutRootUnion({ ...schema, type: 'object' });
  return clean(root, binding === 'awsJson1.0') as JsonSchema;
}

/** A union at the root is a 400: its branches' properties are offered together, none of them required. */
function withoutRootUnion(schema: JsonSchema): JsonSchema {
  const branches = UNIONS.flatMap((keyword) =>
    Array.isArray(schema[keyword]) ? (schema[keyword] as JsonSchema[]) : [],
  );
  if (branches.length === 0) return schema;
  const rest = Object.fromEntries(Object.entries(schema).filter(([key]) => !UNIONS.includes(key as never)));
  const properties = Object.assign({}, ...branches.map((branch) => branch?.properties ?? {}), schema.properties ?? {});
  const inAll = Array.isArray(schema.allOf)
    ? (schema.allOf as JsonSchema[]).flatMap((branch) => branch?.required ?? [])
    : [];
  return { ...rest, properties, required: [...((schema.required as unknown[]) ?? []), ...inAll] };
}

function clean(node: unknown, strict: boolean): unknown {
  if (Array.isArray(node)) return node.filter((item) => item !== null).map((item) => clean(item, strict));
  if (node === null || typeof node !== 'object') return node;
  const result: JsonSchema = {};
  for (const [key, value] of Object.entries(node)) {
    if (isMap(key, value)) {
      // Keys of these are names the tool's author chose, not keywords.
      result[key] = Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, clean(schema, strict)]));
    } else if (key === 'enum' || key === 'const' || key === 'default' || key === 'examples') {
      result[key] = value;
    } else if (!isRefused(key, value, strict)) {
      result[key] = clean(value, strict);
    }
  }
  return result;
}

function isMap(key: string, value: unknown): value is Record<string, unknown> {
  return (
    ['properties', '$defs', 'definitions', 'patternProperties'].includes(key) &&
    value !== null &&
    typeof value === 'object'
  );
}

function isRefused(key: string, value: unknown, strict: boolean): boolean {
  if (key === '$schema' || value === null || value === undefined) return true;
  if (key === 'required' && (!Array.isArray(value) || value.length === 0)) return true;
  if (!strict) return false;
  if (REFUSED_BY_AWS_JSON.has(key)) return true;
  if (key.startsWith('exclusive') && typeof value === 'number') return true;
  return (NUMERIC_BOUNDS.has(key) || COUNTS.has(key)) && typeof value === 'number' && Math.abs(value) > LARGEST_INT32;
}
