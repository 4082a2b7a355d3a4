import { isDeepStrictEqual } from 'node:util';
import { LIVE_FIELDS } from './field-rules.js';
import type { ChangedFields, LiveField, LiveFields } from './live-fields.js';

/** By path: the value a setting gets, null where it goes back to the environment's. */
export type FieldChanges = { readonly [Field in LiveField]?: LiveFields[Field] | null };

/** Settings that are many, each under a name. */
const NAMED_FIELDS = ['aliases', 'prices'] as const satisfies readonly LiveField[];
/** Characters of JSON for one of them; the audit log keeps four thousand of one event. */
const LONGEST_NAMED = 1_600;

/**
 * Takes apart what is grouped, such as `{"breaker":{"enabled":false}}`. A group that is null is all of its settings.
 * @param grouped each value checked
 */
export function flatChanges(grouped: object): FieldChanges {
  const groups = new Map<string, unknown>(Object.entries(grouped));
  const changes = LIVE_FIELDS.map((field) => {
    const [group = field, name] = field.split('.');
    const value = groups.get(group);
    return [field, name === undefined || value == null ? value : new Map(Object.entries(value)).get(name)] as const;
  });
  return Object.fromEntries(changes.filter(([, value]) => value !== undefined));
}

/**
 * What is stored after these changes; settings that only another version knows stay.
 * @returns undefined: what is stored already
 */
export function changedFields(
  stored: Readonly<Record<string, unknown>>,
  changes: FieldChanges,
): Readonly<Record<string, unknown>> | undefined {
  const kept = Object.entries(stored).filter(([field]) => !Object.hasOwn(changes, field));
  const given = Object.entries(changes).filter(([, value]) => value !== null);
  const next = Object.fromEntries([...kept, ...given]);
  return isDeepStrictEqual(next, stored) ? undefined : next;
}

/**
 * For the audit log: each setting that is stored otherwise than before, with the value that was and is in use, and
 * which of them went back to the environment's.
 */
export function detailsOf(
  before: ChangedFields,
  after: ChangedFields,
  environment: LiveFields,
): Readonly<Record<string, unknown>> {
  const changed = LIVE_FIELDS.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  const [was, is] = [
    { ...environment, ...before },
    { ...environment, ...after },
  ];
  const values = changed.map((field) => [
    field,
    isNamed(field) ? namedDetails(was[field], is[field]) : { from: was[field], to: is[field] },
  ]);
  const back = changed.filter((field) => after[field] === undefined);
  return { ...Object.fromEntries(values), ...(back.length > 0 && { backToEnvironment: back }) };
}

/** Name by name; of more than an audit row holds, how many there were and are. */
function namedDetails(was: Readonly<Record<string, unknown>>, is: Readonly<Record<string, unknown>>): unknown {
  const [from, to] = [new Map(Object.entries(was)), new Map(Object.entries(is))];
  const names = [...new Set([...from.keys(), ...to.keys()])];
  const changed = names.filter((name) => !isDeepStrictEqual(from.get(name), to.get(name)));
  const details = Object.fromEntries(
    changed.map((name) => [name, { from: from.get(name) ?? null, to: to.get(name) ?? null }]),
  );
  if (JSON.stringify(details).length <= LONGEST_NAMED) return details;
  return { changed: changed.length, from: `${from.size} names`, to: `${to.size} names` };
}

function isNamed(field: LiveField): field is (typeof NAMED_FIELDS)[number] {
  return NAMED_FIELDS.some((named) => named === field);
}
