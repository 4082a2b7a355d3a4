import { describe, expect, it } from '@jest/globals';
import { cpuTimeOf } from '../../../../test/support/cpu-time.js';
import { decodeCallInput } from './call-input.js';

describe('decodeCallInput', () => {
  it.each<[string, Parameters<typeof decodeCallInput>[0], object]>([
    ['an object', { a: 1 }, { a: 1 }],
    ['JSON text of an object', '{"a":{"b":[1]}}', { a: { b: [1] } }],
    ['no text', '', {}],
    ['blanks', ' \n', {}],
    ['half an object', '{"path":"/tm', { arguments: '{"path":"/tm' }],
    ['no JSON', 'rm -rf', { arguments: 'rm -rf' }],
    ['a list', '[1]', { arguments: '[1]' }],
    ['null', 'null', { arguments: 'null' }],
    ['a number', '5', { arguments: '5' }],
  ])('%s', (_name, input, expected) => {
    expect(decodeCallInput(input)).toEqual(expected);
  });

  it('keeps a member that is called like one of the language', () => {
    expect(JSON.stringify(decodeCallInput('{"__proto__":{"a":1},"constructor":2}'))).toBe(
      '{"__proto__":{"a":1},"constructor":2}',
    );
  });

  it.each([101, 5_000, 200_000])('hands on as text what is nested %d levels deep', (levels) => {
    const text = `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(decodeCallInput(text)).toEqual({ arguments: text });
    expect(typeof decodeCallInput(JSON.parse(text)).arguments).toBe('string');
  });

  it('does not parse what is nested too deep to be kept', () => {
    const text = '['.repeat(3_000);
    const all = () => {
      for (let call = 0; call < 5_000; call++) decodeCallInput(text);
    };
    // Parsing it costs a second.
    expect(cpuTimeOf(all)).toBeLessThan(300);
  });
});
