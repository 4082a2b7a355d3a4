import { describe, expect, it } from '@jest/globals';
import { parseHeaders } from './parse-headers.js';

describe('parseHeaders', () => {
  it.each([
    ['api-key=secret', { 'api-key': 'secret' }],
    [' a = b , c=d=e,', { a: 'b', c: 'd=e' }],
    ['authorization=Bearer%20t%2C1', { authorization: 'Bearer t,1' }],
    ['empty=', { empty: '' }],
    ['', {}],
  ])('reads %j', (text, headers) => {
    expect(parseHeaders(text)).toEqual(headers);
  });

  it.each(['secret', '=value', 'a b=c', 'a=%zz', 'a=%0d%0ab: c', 'a=ü'])('refuses %j', (text) => {
    expect(parseHeaders(text)).toBeUndefined();
  });
});
