import { describe, expect, it } from '@jest/globals';
import type { EnvironmentFields, EnvironmentSnapshot } from './environment-snapshot.js';
import { reconcileEnvironment } from './reconcile-environment.js';

const fields: EnvironmentFields = { weight: 1, enabled: true, region: 'us-east-1' };
const snapshot = (changes: Partial<EnvironmentFields> = {}, credentials = 'digest'): EnvironmentSnapshot => ({
  fields: { ...fields, ...changes },
  credentials,
});

describe('reconcileEnvironment', () => {
  it.each<[string, Partial<EnvironmentFields>, EnvironmentSnapshot, EnvironmentSnapshot, Partial<EnvironmentFields>]>([
    ['nothing where nothing changed', {}, snapshot(), snapshot(), {}],
    ['the environment’s new value', {}, snapshot(), snapshot({ weight: 5 }), { weight: 5 }],
    ['the environment’s taking away', {}, snapshot(), snapshot({ region: undefined }), { region: undefined }],
    ['the admin’s value', { weight: 9 }, snapshot(), snapshot(), { weight: 9 }],
    ['the admin’s before the environment’s', { weight: 9 }, snapshot(), snapshot({ weight: 5 }), { weight: 9 }],
    ['each field apart', { weight: 9 }, snapshot(), snapshot({ enabled: false }), { weight: 9, enabled: false }],
    ['the admin’s addition', { profileArn: 'arn' }, snapshot(), snapshot(), { profileArn: 'arn' }],
  ])('keeps or takes %s', (_, admin, seen, environment, expected) => {
    const stored = { ...fields, ...admin };
    expect(reconcileEnvironment(stored, seen, environment)).toEqual({
      fields: { ...fields, ...expected },
      replacesCredentials: false,
    });
  });

  it('takes credentials that differ from those seen last', () => {
    expect(reconcileEnvironment(fields, snapshot(), snapshot({}, 'another')).replacesCredentials).toBe(true);
  });

  it('keeps the fields of an account that did not come from the environment, and takes the credentials', () => {
    const stored = { weight: 3, enabled: false };
    expect(reconcileEnvironment(stored, undefined, snapshot())).toEqual({ fields: stored, replacesCredentials: true });
  });
});
