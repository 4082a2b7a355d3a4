import { describe, expect, it } from '@jest/globals';
import { idOfSignIn, signInKey } from './same-sign-in.js';

describe('signInKey', () => {
  it.each([
    'https://api.example.com',
    'https://api.example.com/',
    'https://API.example.com:443//',
    'https://api.example.com/v1/',
  ])('is the same for one key at one place: %s', (baseUrl) => {
    expect(signInKey('key', baseUrl)).toBe(signInKey('key', 'https://api.example.com'));
  });

  it.each([
    ['another key', 'other', 'https://api.example.com'],
    ['another host', 'key', 'https://api.example.org'],
    ['another port', 'key', 'https://api.example.com:8443'],
    ['another path', 'key', 'https://api.example.com/anthropic'],
    ['no place', 'key', undefined],
  ])('differs for %s', (_what, token, baseUrl) => {
    expect(signInKey(token, baseUrl)).not.toBe(signInKey('key', 'https://api.example.com'));
  });

  it('gives an id that is one for all spellings', () => {
    const digest = (text: string) => Buffer.from(text).toString('hex');
    expect(idOfSignIn('key', 'https://a.example/', digest)).toBe(idOfSignIn('key', 'https://a.example', digest));
    expect(idOfSignIn('token', undefined, digest)).toMatch(/^acc_/);
  });
});
