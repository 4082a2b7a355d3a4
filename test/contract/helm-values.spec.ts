import { readFileSync } from 'node:fs';
import { Validator } from '@cfworker/json-schema';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { OF_THE_CHART, sectionsOf, withSettings, withValueTables } from '../../scripts/helm-docs.mjs';
import { settingsSchema } from '../../src/platform/config/settings.js';

const fileOf = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const ofChart = (path: string) => fileOf(`helm/amq-gateway/${path}`);

const values = ofChart('values.yaml');
const schema = ofChart('values.schema.json');

interface Schema {
  required?: string[];
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
}

/** Every group of values the chart knows, that is not an object of Kubernetes' or a map of the user's own. */
function groupsOf(described: Schema, path = 'values'): [string, Schema][] {
  if (!described.properties) return [];
  const within = Object.entries(described.properties).flatMap(([name, each]) => groupsOf(each, `${path}.${name}`));
  return [[path, described], ...within];
}

describe("the chart's documents", () => {
  it('list the values as values.yaml has them (npm run docs:helm)', () => {
    expect(withValueTables(ofChart('README.md'), values)).toBe(ofChart('README.md'));
  });

  it('know the settings of the service (npm run docs:helm)', () => {
    expect(withSettings(schema, settingsSchema)).toBe(schema);
    for (const name of OF_THE_CHART) expect(Object.keys(settingsSchema.shape)).toContain(name);
  });

  it('refuse a value without a comment', () => {
    expect(() => sectionsOf('## One\n\n# Said\none: 1\ntwo: 2\n')).toThrow('two has no comment');
    expect(() => sectionsOf('## One\n\ngroup:\n  # Said\n  one: 1\n  two: {}\n')).toThrow('group.two has no comment');
    expect(sectionsOf('## One\n\n# Said\ngroup:\n  one: 1\n')).toEqual([
      { title: 'One', rows: [{ path: 'group', value: { one: 1 }, meaning: 'Said' }] },
    ]);
  });

  it('have the version of the service', () => {
    const { version } = JSON.parse(fileOf('package.json')) as { version: string };
    expect(parse(ofChart('Chart.yaml'))).toMatchObject({ version, appVersion: version });
  });
});

describe('the schema of the values', () => {
  const validator = new Validator(JSON.parse(schema), '7');

  it('takes the defaults', () => {
    expect(validator.validate(parse(values)).errors).toEqual([]);
  });

  it.each(groupsOf(JSON.parse(schema)))('allows nothing else in %s', (_path, described) => {
    expect(described.additionalProperties).toBe(false);
  });

  // `config:` with nothing below it is null, and null takes a value away: else templates would fail on it, in their words.
  it.each(groupsOf(JSON.parse(schema)))('asks for every group in %s', (_path, described) => {
    const groups = Object.entries(described.properties ?? {}).filter(([, { properties }]) => properties);
    expect(described.required ?? []).toEqual(expect.arrayContaining(groups.map(([name]) => name)));
  });

  it('names every value, and no other', () => {
    const named = Object.keys((JSON.parse(schema) as { properties: object }).properties);
    // Those of a chart that contains it.
    const ours = named.filter((name) => !['global', 'enabled'].includes(name));
    expect(ours.sort()).toEqual(Object.keys(parse(values)).sort());
  });

  it('never checks the look of a secret, which it would show', () => {
    const { secrets } = (JSON.parse(schema) as { properties: Record<string, Schema> }).properties;
    for (const name of ['encryptionKey', 'adminApiKey', 'databaseUrl', 'redisUrl'])
      expect(secrets?.properties?.[name]).toEqual({ type: 'string' });
  });
});
