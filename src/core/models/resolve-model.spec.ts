import { describe, expect, it } from '@jest/globals';
import { resolveModel, unlistedModel } from './resolve-model.js';

const listed = [
  'claude-sonnet-4',
  'claude-sonnet-4.5',
  'claude-3.7-sonnet',
  'gpt-5.6-sol',
  'odd-thinking',
  'x-1-2',
].map((id) => ({ id }));
const aliases = {
  'gpt-4o': 'claude-sonnet-4.5',
  'my-sonnet': 'claude-sonnet-4-5',
  'claude-sonnet-4': 'claude-sonnet-4.5',
  'claude-3-7-sonnet': 'gone',
};

describe('resolveModel', () => {
  it.each([
    ['claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['claude-sonnet-4.5[1m]', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929-thinking[1m]', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-3-7-sonnet-20250219', 'claude-3.7-sonnet'],
    ['gpt-5-6-sol', 'gpt-5.6-sol'],
    ['odd-thinking[1m]', 'odd-thinking'],
    ['x-1-2', 'x-1-2'],
    ['gpt-4o', 'claude-sonnet-4.5'],
    ['my-sonnet', 'claude-sonnet-4.5'],
    ['claude-sonnet-4', 'claude-sonnet-4'],
  ])('%s is %s', (requested, id) => {
    expect(resolveModel(requested, listed, aliases)?.id).toBe(id);
  });

  it.each([
    'claude-sonnet-4-6',
    'claude-sonnet',
    'CLAUDE-SONNET-4',
    'claude-3-7-sonnet',
    'gpt-4o[1m]',
    'constructor',
    '__proto__',
    '[1m]',
    '',
    `claude-sonnet-4${'[1m]'.repeat(1_000_000)}`,
  ])('does not know %.40s, and falls back to nothing', (requested) => {
    expect(resolveModel(requested, listed, aliases)).toBeUndefined();
  });

  it.each([
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['my-sonnet', 'claude-sonnet-4.5'],
    ['auto', 'auto'],
  ])('asks for %s as %s where nobody knows the list', (requested, id) => {
    expect(unlistedModel(requested, aliases)).toEqual({ id });
  });
});
