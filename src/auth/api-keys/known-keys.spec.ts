import { beforeEach, describe, expect, it } from '@jest/globals';
import { TestClock } from '../../../test/support/test-clock.js';
import type { KnownKey } from './known-key.js';
import { KnownKeys } from './known-keys.js';

const keyOf = (id: string): KnownKey => ({
  id,
  accepted: { identity: { keyId: id, name: id, scopes: new Set() } },
  enabled: true,
  expiresAt: Number.POSITIVE_INFINITY,
  source: id,
});
const key = keyOf('1');

describe('KnownKeys', () => {
  let clock: TestClock;
  let known: KnownKeys;
  const set = (fingerprint: string, value: KnownKey | null = key) => known.set(fingerprint, value, clock.now());

  beforeEach(() => {
    clock = new TestClock();
    known = new KnownKeys(clock);
  });

  it('know nothing of a fingerprint they never heard of', () => {
    expect(known.get('a')).toBeUndefined();
    expect(known.isUnknown('a')).toBe(false);
  });

  it('hold a key for five minutes since it was read, however often it is used', () => {
    set('a');
    clock.advance(200);
    known.get('a');
    clock.advance(100);
    expect(known.get('a')?.key).toBe(key);
    clock.advance(0.001);
    expect(known.get('a')).toBeUndefined();
  });

  it('do not hold a key that was read in the future: the clock was put back', () => {
    set('a');
    clock.advance(-1);
    expect(known.get('a')).toBeUndefined();
  });

  it('remember for five seconds what is no key', () => {
    set('a', null);
    clock.advance(5);
    expect(known.isUnknown('a')).toBe(true);
    clock.advance(0.001);
    expect(known.isUnknown('a')).toBe(false);
  });

  it('hold a key that is none any more no longer, and the other way round', () => {
    set('a');
    set('a', null);
    expect([known.get('a'), known.isUnknown('a')]).toEqual([undefined, true]);
    set('a');
    expect([known.get('a')?.key, known.isUnknown('a')]).toEqual([key, false]);
  });

  it('keep a key while 50,000 guesses pass by, and at most 10,000 of those', () => {
    set('good');
    for (let guess = 0; guess < 50_000; guess++) set(`guess ${guess}`, null);
    expect(known.get('good')?.key).toBe(key);
    expect(known.isUnknown('guess 39999')).toBe(false);
    expect(known.isUnknown('guess 40000')).toBe(true);
  });

  it('hold at most 10,000 keys, the least used go first', () => {
    for (let number = 0; number <= 10_000; number++) {
      set(`key ${number}`);
      known.get('key 0');
    }
    expect(known.get('key 0')?.key).toBe(key);
    expect(known.get('key 1')).toBeUndefined();
    expect(known.get('key 10000')?.key).toBe(key);
  });

  it('forget every secret of a changed key, all that were none, and no other key', () => {
    set('current');
    set('other', keyOf('2'));
    set('previous');
    set('guess', null);
    known.forget('1');
    expect(known.get('current')).toBeUndefined();
    expect(known.get('previous')).toBeUndefined();
    expect(known.get('other')?.key.id).toBe('2');
    expect(known.isUnknown('guess')).toBe(false);
  });
});
