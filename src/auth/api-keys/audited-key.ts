import type { ApiKey } from './api-key.entity.js';
import { KEY_SETTINGS, type KeySettings } from './key-settings.js';

/** Characters of a list that the audit log holds as it is: four of them have room in one event. */
const LONGEST_LIST = 700;

/** A new key as the audit log tells of it: what limits it, and never its digest. */
export function auditedKey(key: ApiKey): Record<string, unknown> {
  const said = KEY_SETTINGS.filter((name) => key[name] !== null).map((name) => [name, audited(key[name])]);
  return { prefix: key.prefix, ...Object.fromEntries(said) };
}

/** What changed of it, before and after. */
export function auditedChanges(key: ApiKey, changes: Partial<KeySettings>): Record<string, unknown> {
  return Object.fromEntries(
    KEY_SETTINGS.filter((name) => changes[name] !== undefined).map((name) => [
      name,
      { from: audited(key[name]), to: audited(changes[name]) },
    ]),
  );
}

function audited(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) && JSON.stringify(value).length > LONGEST_LIST ? `${value.length} entries` : value;
}
