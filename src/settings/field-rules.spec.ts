import { describe, expect, it } from '@jest/globals';
import { fieldProblem, rightFields } from './field-rules.js';
import type { LiveField } from './live-fields.js';

const names = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`name-${index}`, 'm']));
const prices = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`m-${index}`, { input: 1, output: 1 }]));
const SECONDS = 'must be a whole number from 1 to 2000000';

describe('a setting that changes at run time', () => {
  it.each<[LiveField, unknown]>([
    ['strategy', 'round_robin'],
    ['strategy', 'most_quota'],
    ['breaker.enabled', false],
    ['breaker.errorThreshold', 1],
    ['breaker.errorThreshold', 1000],
    ['breaker.recoveryTimeout', 1],
    ['affinity.ttl', 0],
    ['affinity.ttl', 2_000_000],
    ['maxAttempts', 10],
    ['aliases', {}],
    ['aliases', names(500)],
    ['aliases', { 'gpt-*': 'claude-sonnet-4.5', constructor: 'a', toString: 'b' }],
    ['aliases', { ['n'.repeat(100)]: 'm'.repeat(200) }],
    ['aliases', JSON.parse('{"__proto__":"claude-sonnet-4.5"}')],
    ['prices', {}],
    ['prices', { 'claude-opus-*': { input: 0, output: 100_000 } }],
    ['prices', { ['m'.repeat(200)]: { input: 0.5, output: 2.5, cacheRead: 0, cacheWrite: 1e-9 } }],
    ['prices', { m: { credit: 0.04 }, '*': { input: 1, output: 1, credit: 0 } }],
    ['prices', JSON.parse('{"__proto__":{"input":1,"output":1}}')],
  ])('%s may be %j', (field, value) => {
    expect(fieldProblem(field, value)).toBeUndefined();
  });

  it.each<[LiveField, unknown, string]>([
    [
      'strategy',
      'fastest',
      'must be one of round_robin, weighted_round_robin, least_used, random, least_latency, most_quota',
    ],
    [
      'strategy',
      ['random'],
      'must be one of round_robin, weighted_round_robin, least_used, random, least_latency, most_quota',
    ],
    ['breaker.enabled', 'true', 'must be true or false'],
    ['breaker.errorThreshold', 0, 'must be a whole number from 1 to 1000'],
    ['breaker.errorThreshold', 1001, 'must be a whole number from 1 to 1000'],
    ['breaker.recoveryTimeout', 0, SECONDS],
    ['breaker.recoveryTimeout', '300', SECONDS],
    ['affinity.ttl', -1, 'must be a whole number from 0 to 2000000'],
    ['affinity.ttl', 0.5, 'must be a whole number from 0 to 2000000'],
    ['maxAttempts', 11, 'must be a whole number from 1 to 10'],
    ['maxAttempts', Number.NaN, 'must be a whole number from 1 to 10'],
    ['aliases', [], 'must be an object: client model name → upstream model id'],
    ['aliases', 'gpt', 'must be an object: client model name → upstream model id'],
    ['aliases', names(501), 'must be at most 500 names'],
    ['aliases', { '': 'm' }, 'has a name that is not one line of 1 to 100 characters'],
    ['aliases', { 'two\nlines': 'm' }, 'has a name that is not one line of 1 to 100 characters'],
    ['aliases', { ['n'.repeat(101)]: 'm' }, 'has a name that is not one line of 1 to 100 characters'],
    ['aliases', { a: 'm', b: 5 }, "has a model for 'b' that is not one line of 1 to 200 characters"],
    ['aliases', { b: '' }, "has a model for 'b' that is not one line of 1 to 200 characters"],
    ['aliases', { b: 'm'.repeat(201) }, "has a model for 'b' that is not one line of 1 to 200 characters"],
    [
      'aliases',
      JSON.parse('{"__proto__":{}}'),
      "has a model for '__proto__' that is not one line of 1 to 200 characters",
    ],
    ['prices', [], 'must be an object: model name → its price'],
    ['prices', 3, 'must be an object: model name → its price'],
    ['prices', prices(501), 'must be at most 500 names'],
    ['prices', { ' ': { input: 1, output: 1 } }, 'has a name that is not one line of 1 to 200 characters'],
    ['prices', { m: 3 }, "has a price for 'm' that is not an object of input, output, cacheRead, cacheWrite, credit"],
    [
      'prices',
      { m: [3, 15] },
      "has a price for 'm' that is not an object of input, output, cacheRead, cacheWrite, credit",
    ],
    ['prices', { m: { input: 1 } }, "has a price for 'm' without output"],
    ['prices', { m: {} }, "has a price for 'm' without input"],
    ['prices', { m: { credit: 1, cacheRead: 1 } }, "has a price for 'm' without input"],
    ['prices', { m: { credit: -1 } }, "has a price for 'm' whose credit is not a number from 0 to 100000"],
    [
      'prices',
      { m: { input: 1, output: 1, cacheread: 1 } },
      "has a price for 'm' with something other than input, output, cacheRead, cacheWrite, credit",
    ],
    ['prices', { m: { input: '1', output: 1 } }, "has a price for 'm' whose input is not a number from 0 to 100000"],
    ['prices', { m: { input: 1, output: -1 } }, "has a price for 'm' whose output is not a number from 0 to 100000"],
    ['prices', { m: { input: 1, output: 1e9 } }, "has a price for 'm' whose output is not a number from 0 to 100000"],
    [
      'prices',
      { m: { input: 1, output: 1, cacheRead: null } },
      "has a price for 'm' whose cacheRead is not a number from 0 to 100000",
    ],
    [
      'prices',
      { m: { input: 1, output: 1, cacheWrite: Number.NaN } },
      "has a price for 'm' whose cacheWrite is not a number from 0 to 100000",
    ],
  ])('%s may not be %j', (field, value, problem) => {
    expect(fieldProblem(field, value)).toBe(`${field} ${problem}`);
  });

  it('is read from what is stored only where it is right', () => {
    const stored = { strategy: 'by_moon', maxAttempts: 4, colours: {}, 'affinity.ttl': '7', toString: 1 };
    expect(rightFields(stored)).toEqual({ maxAttempts: 4 });
  });
});
