import type { EnvironmentFields, EnvironmentSnapshot } from './environment-snapshot.js';

export interface Reconciled {
  fields: EnvironmentFields;
  /** True: the environment's credentials take the place of the stored ones. */
  replacesCredentials: boolean;
}

/**
 * Who wins between the database and the environment (contract §2): a field that still is what the environment said
 * last follows the environment; one that an admin changed since stays. Credentials are the environment's whenever
 * they differ from what it said last: the stored ones differ anyway, they rotate.
 *
 * @param seen what the environment said last; undefined when the account did not come from there
 */
export function reconcileEnvironment(
  stored: EnvironmentFields,
  seen: EnvironmentSnapshot | undefined,
  environment: EnvironmentSnapshot,
): Reconciled {
  const follow = <Name extends keyof EnvironmentFields>(name: Name): EnvironmentFields[Name] =>
    seen && stored[name] === seen.fields[name] ? environment.fields[name] : stored[name];
  return {
    fields: {
      profileArn: follow('profileArn'),
      region: follow('region'),
      weight: follow('weight'),
      enabled: follow('enabled'),
    },
    replacesCredentials: seen?.credentials !== environment.credentials,
  };
}
