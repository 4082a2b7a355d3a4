// Whether an object is what an API server would take, by the schemas that Kubernetes and the Prometheus operator publish
// (scripts/helm-tools.sh fetches them). Strict: a field that is not in the schema is a mistake, as `kubectl
// --validate=strict` has it.
import { readFileSync } from 'node:fs';
import { dereference, validate } from '@cfworker/json-schema';
import { parse } from 'yaml';

const INT_OR_STRING = { type: ['integer', 'string'] };
/** A Quantity is described as text, but `cpu: 1` is fine. */
const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity';
const CUSTOM = ['servicemonitors', 'prometheusrules'];

/**
 * @param folder with the schemas, a URL that ends in a slash
 * @returns what is wrong with an object, a line each; none when it is right
 */
export function schemaChecker(folder) {
  const { definitions } = JSON.parse(readFileSync(new URL('kubernetes.json', folder), 'utf8'));
  const kinds = new Map();
  const root = { definitions: {} };
  for (const [name, definition] of Object.entries(definitions)) {
    root.definitions[name] = name === QUANTITY ? { type: ['string', 'number'] } : strict(definition);
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? [])
      kinds.set(`${group ? `${group}/` : ''}${version} ${kind}`, { $ref: `#/definitions/${name}` });
  }
  for (const file of CUSTOM) {
    const { group, names, versions } = parse(readFileSync(new URL(`${file}.yaml`, folder), 'utf8')).spec;
    for (const { name, schema } of versions) {
      const definition = `${group}.${name}.${names.kind}`;
      root.definitions[definition] = strict(schema.openAPIV3Schema);
      kinds.set(`${group}/${name} ${names.kind}`, { $ref: `#/definitions/${definition}` });
    }
  }
  const lookup = dereference(root);
  return (object) => {
    const kind = `${object?.apiVersion} ${object?.kind}`;
    const schema = kinds.get(kind);
    if (!schema) return [`there is no ${kind}`];
    const { errors } = validate(object, lookup[absoluteUri(lookup, schema.$ref)], '7', lookup, false);
    // Those of the way there say only that something below is wrong.
    const deepest = errors.filter(
      ({ keyword }) => !['properties', 'additionalProperties', 'items', '$ref', 'anyOf', 'allOf'].includes(keyword),
    );
    return deepest.map(
      ({ instanceLocation, keyword, error }) =>
        `${instanceLocation}: ${keyword === 'false' ? 'there is no such field' : error}`,
    );
  };
}

function absoluteUri(lookup, reference) {
  const found = Object.keys(lookup).find((uri) => uri.endsWith(reference));
  if (!found) throw new Error(`no ${reference}`);
  return found;
}

/** The schema, where nothing else is allowed than what it names. */
function strict(schema) {
  if (schema['x-kubernetes-int-or-string'] || schema.format === 'int-or-string') return INT_OR_STRING;
  const { properties, items, additionalProperties, description, default: _default, ...rest } = schema;
  const made = Object.fromEntries(Object.entries(rest).filter(([key]) => !key.startsWith('x-kubernetes')));
  if (items) made.items = strict(items);
  if (additionalProperties) made.additionalProperties = additionalProperties === true || strict(additionalProperties);
  if (properties) {
    made.properties = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, strict(each)]));
    if (!schema['x-kubernetes-preserve-unknown-fields']) made.additionalProperties ??= false;
  }
  for (const list of ['allOf', 'anyOf', 'oneOf']) if (made[list]) made[list] = made[list].map(strict);
  return made;
}
