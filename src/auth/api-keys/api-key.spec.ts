import { describe, expect, it } from '@jest/globals';
import { displayPrefix, formatApiKey, isMistypedApiKey } from './api-key.js';

const key = formatApiKey(Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex'));

describe('an API key', () => {
  it('is amq_, 32 bytes and a checksum', () => {
    // The checksum was computed apart: python3 zlib.crc32.
    expect(key).toBe('amq_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8iOhhvA');
  });

  it('is found mistyped when any one character is changed', () => {
    expect(isMistypedApiKey(key)).toBe(false);
    for (let index = 'amq_'.length; index < key.length; index++) {
      const other = key[index] === 'A' ? 'B' : 'A';
      expect(isMistypedApiKey(key.slice(0, index) + other + key.slice(index + 1))).toBe(true);
    }
  });

  it('is found mistyped when two neighbours are swapped', () => {
    expect(isMistypedApiKey(key.replace('AwQF', 'wAQF'))).toBe(true);
  });

  it.each(['', 'amq_', 'amq_an operator may choose this one too', key.slice(0, -1), `${key}A`, `sk-${key.slice(3)}`])(
    'leaves a text of another shape alone: %j',
    (text) => {
      expect(isMistypedApiKey(text)).toBe(false);
    },
  );

  it('shows ten characters of a generated key and four of an operator’s own', () => {
    expect(displayPrefix(key)).toBe('amq_AAECAw');
    expect(displayPrefix('correct horse battery')).toBe('corr');
  });
});
