import { describe, expect, it } from '@jest/globals';
import { ToolNames } from './tool-names.js';

describe('ToolNames', () => {
  it('leaves a name that fits as it is', () => {
    const names = new ToolNames(['get_weather', 'mcp__server__tool']);
    expect(names.encode('get_weather')).toBe('get_weather');
    expect(names.decode('mcp__server__tool')).toBe('mcp__server__tool');
  });

  it('makes every name fit, each its own, and finds the way back', () => {
    const given = ['a b', 'a.b', 'a_b', 'x'.repeat(80), `${'x'.repeat(70)}y`, '', '日本', 'Tool', 'tool'];
    const names = new ToolNames(given);
    const encoded = given.map((name) => names.encode(name));
    for (const name of encoded) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,63}$/);
    expect(new Set(encoded.map((name) => name.toLowerCase())).size).toBe(given.length);
    expect(encoded.map((name) => names.decode(name))).toEqual(given);
  });

  it('keeps a fitting name before one that would be cleaned to it', () => {
    const names = new ToolNames(['a b', 'a_b']);
    expect(names.encode('a_b')).toBe('a_b');
    expect(names.encode('a b')).toBe('a_b_2');
  });

  it('finds a name back whatever its case, and hands on one it does not know', () => {
    const names = new ToolNames(['Read']);
    expect(names.decode('read')).toBe('Read');
    expect(names.decode('invented')).toBe('invented');
  });
});
