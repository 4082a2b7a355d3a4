import { beforeEach, describe, expect, it } from '@jest/globals';
import { type KnownKey, KnownKeys } from './known-keys.js';

const key: KnownKey = { identity: { keyId: '1', name: 'one', scopes: new Set() }, enabled: true, expiresAt: Infinity };

describe('KnownKeys', () => {
  let now: number;
  let known: KnownKeys;

  beforeEach(() => {
    now = 1_000_000;
    known = new KnownKeys({ now: () => now });
  });

  it('asks for a digest it never heard of', () => {
    expect(known.get('a')).toBeUndefined();
  });

  it.each([
    ['a stored key', key],
    ['an unknown key', null],
  ])('remembers %s for five seconds', (_what, value) => {
    known.set('a', value);
    now += 5_000;
    expect(known.get('a')).toBe(value);
    now += 1;
    expect(known.get('a')).toBeUndefined();
  });

  it('does not live longer because it is used', () => {
    known.set('a', key);
    now += 3_000;
    known.get('a');
    now += 3_000;
    expect(known.get('a')).toBeUndefined();
  });

  it('keeps a stored key while 50,000 guesses pass by', () => {
    known.set('good', key);
    for (let guess = 0; guess < 50_000; guess++) known.set(`guess ${guess}`, null);
    expect(known.get('good')).toBe(key);
    expect(known.get('guess 0')).toBeUndefined();
    expect(known.get('guess 49999')).toBeNull();
  });

  it('holds at most 10,000 stored keys, the least used go first', () => {
    for (let number = 0; number <= 10_000; number++) {
      known.set(`key ${number}`, key);
      known.get('key 0');
    }
    expect(known.get('key 0')).toBe(key);
    expect(known.get('key 1')).toBeUndefined();
    expect(known.get('key 10000')).toBe(key);
  });

  it('forgets a digest when told', () => {
    known.set('a', null);
    known.forget('a');
    expect(known.get('a')).toBeUndefined();
  });
});
