import { describe, expect, it } from '@jest/globals';
import { tidied } from './tidy-path.js';

describe('tidied', () => {
  it.each([
    ['/v1/models', '/v1/models'],
    ['/v1//models', '/v1/models'],
    ['//v1/chat///completions', '/v1/chat/completions'],
    ['/v1/v1/models', '/v1/models'],
    ['/v1//v1/v1/responses', '/v1/responses'],
    ['/v1/v1', '/v1'],
    ['/v1/v1x', '/v1/v1x'],
    ['/v1x/v1/models', '/v1x/v1/models'],
    ['/models/v1/v1', '/models/v1/v1'],
    ['/v1/models/anthropic%2F%2Fclaude', '/v1/models/anthropic%2F%2Fclaude'],
    ['/v1//models?next=a//b/v1/v1/c', '/v1/models?next=a//b/v1/v1/c'],
    ['//', '/'],
    ['/', '/'],
    ['/?a//b', '/?a//b'],
    ['/v1/models/', '/v1/models/'],
    ['http://gateway:8080/v1/models?limit=1', '/v1/models?limit=1'],
    ['HTTPS://gateway//v1/v1/models', '/v1/models'],
    ['http://gateway', '/'],
    ['http://gateway?limit=1', '/?limit=1'],
    ['*', '/*'],
    ['gateway:443', '/gateway:443'],
    ['/health#/v1/models', '/health'],
    ['/v1/models?after=a#b', '/v1/models?after=a'],
    ['/v2\\accounts', '/v2%5Caccounts'],
    ['/v1/models/gr\xc3\xbc\xc3\x9fe', '/v1/models/gr%C3%BC%C3%9Fe'],
    ['/v1/models?a=\x00\xa0', '/v1/models?a=%00%A0'],
    ["/~!$&'()*+,;=:@-._[]%20?/", "/~!$&'()*+,;=:@-._[]%20?/"],
  ])('makes of %s %s', (url, expected) => {
    expect(tidied(url)).toBe(expected);
  });

  it('walks along a path once, whatever it is made of', () => {
    expect(tidied('/'.repeat(1_000_000))).toBe('/');
    expect(tidied(`${'/v1'.repeat(300_000)}/models`)).toBe('/v1/models');
    expect(tidied(`${'/v1'.repeat(300_000)}x`)).toBe('/v1/v1x');
    expect(tidied('\\'.repeat(300_000))).toHaveLength(900_001);
  });
});
