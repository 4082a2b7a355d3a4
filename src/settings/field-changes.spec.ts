import { describe, expect, it } from '@jest/globals';
import { changedFields, detailsOf, flatChanges } from './field-changes.js';
import type { LiveFields } from './live-fields.js';

const ENVIRONMENT: LiveFields = {
  strategy: 'weighted_round_robin',
  'breaker.enabled': true,
  'breaker.errorThreshold': 5,
  'breaker.recoveryTimeout': 300,
  'affinity.ttl': 18_000,
  maxAttempts: 3,
  aliases: { 'gpt-4o': 'claude-sonnet-4.5' },
  prices: {},
  logLevel: 'info',
};

describe('a change of settings', () => {
  it.each<[object, object]>([
    [{}, {}],
    [
      { strategy: 'random', maxAttempts: null },
      { strategy: 'random', maxAttempts: null },
    ],
    [{ breaker: { enabled: false } }, { 'breaker.enabled': false }],
    [
      { breaker: null, affinity: { ttl: null } },
      {
        'breaker.enabled': null,
        'breaker.errorThreshold': null,
        'breaker.recoveryTimeout': null,
        'affinity.ttl': null,
      },
    ],
    [{ breaker: {}, strategy: undefined }, {}],
    [{ aliases: { constructor: 'm' } }, { aliases: { constructor: 'm' } }],
  ])('%j is %j', (grouped, flat) => {
    expect(flatChanges(grouped)).toEqual(flat);
  });

  it('keeps what it does not name, and what only another version knows', () => {
    const stored = { strategy: 'random', maxAttempts: 4, colours: { m: 1 } };
    expect(changedFields(stored, { maxAttempts: null, 'affinity.ttl': 0 })).toEqual({
      strategy: 'random',
      colours: { m: 1 },
      'affinity.ttl': 0,
    });
  });

  it('is none where everything is stored so already, in whatever order', () => {
    const stored = { maxAttempts: 4, aliases: { a: '1', b: '2' } };
    expect(changedFields(stored, { aliases: { b: '2', a: '1' }, maxAttempts: 4, strategy: null })).toBeUndefined();
  });

  it('is told as what was and is in use, and what went back to the environment’s', () => {
    const details = detailsOf(
      { strategy: 'random', maxAttempts: 3 },
      { 'affinity.ttl': 0, maxAttempts: 3 },
      ENVIRONMENT,
    );
    expect(details).toEqual({
      strategy: { from: 'random', to: 'weighted_round_robin' },
      'affinity.ttl': { from: 18_000, to: 0 },
      backToEnvironment: ['strategy'],
    });
  });

  it('tells of aliases name by name', () => {
    const after = JSON.parse('{"__proto__":"a","gpt-4o":"b"}');
    expect(JSON.stringify(detailsOf({}, { aliases: after }, ENVIRONMENT))).toBe(
      '{"aliases":{"gpt-4o":{"from":"claude-sonnet-4.5","to":"b"},"__proto__":{"from":null,"to":"a"}}}',
    );
  });

  it('tells of prices model by model', () => {
    const before = { prices: { a: { input: 1, output: 2 }, b: { input: 1, output: 2 }, c: { input: 1, output: 2 } } };
    const after = { prices: { a: { input: 3, output: 2 }, c: { output: 2, input: 1 }, d: { input: 1, output: 2 } } };
    expect(detailsOf(before, after, ENVIRONMENT)).toEqual({
      prices: {
        a: { from: { input: 1, output: 2 }, to: { input: 3, output: 2 } },
        b: { from: { input: 1, output: 2 }, to: null },
        d: { from: null, to: { input: 1, output: 2 } },
      },
    });
  });

  it('tells of more aliases than an audit row holds how many there were and are', () => {
    const aliases = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`name-${index}`, 'claude-opus-4.6']));
    expect(detailsOf({}, { aliases }, ENVIRONMENT)).toEqual({
      aliases: { changed: 201, from: '1 names', to: '200 names' },
    });
  });
});
