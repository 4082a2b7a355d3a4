import { describe, expect, it } from '@jest/globals';
import { ModelNames } from './model-names.js';
import { ModelResolver } from './resolve-model.js';

const listOf = (...ids: string[]) => ids.map((id) => ({ id }));
const listed = listOf(
  'claude-sonnet-4',
  'claude-sonnet-4.5',
  'claude-3.7-sonnet',
  'claude-haiku-4.5',
  'claude-opus-4.5',
  'claude-opus-4.6',
  'gpt-5.6-sol',
  'odd-thinking',
  'x-1-2',
);
const aliases = {
  'gpt-4o': 'claude-opus-4.5',
  'my-sonnet': 'claude-sonnet-4-5',
  'claude-sonnet-4': 'claude-sonnet-4.5',
  'claude-3-7-sonnet': 'gone',
  'gpt-6*': 'claude-opus-4-6',
  'gpt-6*-mini': 'claude-sonnet-4',
  'GPT-7*': 'gone',
  'team/*': 'claude-opus-4.5',
  '*-reviewer': 'claude-opus-4.6',
};
const names = new ModelNames(aliases, true);

/** As an account that is asked alone resolves it. */
function resolve(requested: string, given = names, list = listed): string | undefined {
  const resolver = new ModelResolver(requested, given);
  return (resolver.byName(list) ?? resolver.byPattern(list))?.id;
}

describe('ModelResolver', () => {
  it.each([
    ['claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['Claude-Sonnet-4-5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['claude-sonnet-4.5[1m]', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929-thinking[1m]', 'claude-sonnet-4.5'],
    ['anthropic/claude-sonnet-4.5:thinking', 'claude-sonnet-4.5'],
    ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-3-7-sonnet-20250219', 'claude-3.7-sonnet'],
    ['gpt-5-6-sol', 'gpt-5.6-sol'],
    ['odd-thinking[1m]', 'odd-thinking'],
    ['x-1-2', 'x-1-2'],
  ])('%s is %s by its own name', (requested, id) => {
    expect(resolve(requested)).toBe(id);
  });

  it.each([
    ['gpt-4o', 'claude-opus-4.5'],
    ['my-sonnet', 'claude-sonnet-4.5'],
    ['claude-sonnet-4', 'claude-sonnet-4.5'],
    ['openai/GPT-4o-2024-08-06', 'claude-opus-4.5'],
    ['my-sonnet[1m]', 'claude-sonnet-4.5'],
  ])('%s is %s by an alias', (requested, id) => {
    expect(resolve(requested)).toBe(id);
  });

  it.each([
    ['the most specific pattern', 'gpt-6-mini', 'claude-sonnet-4'],
    ['the other one', 'gpt-6.1', 'claude-opus-4.6'],
    ['a pattern for what stands in front', 'team/anything', 'claude-opus-4.5'],
    ['a pattern, whatever the letters’ size', 'Code-Reviewer', 'claude-opus-4.6'],
    ['a pattern, without what stands in front', 'openai/gpt-6', 'claude-opus-4.6'],
  ])('goes by %s', (_what, requested, id) => {
    expect(resolve(requested)).toBe(id);
  });

  it('goes by the first of two patterns that are as specific', () => {
    const given = new ModelNames({ 'a*': 'claude-sonnet-4', '*z': 'claude-opus-4.5' }, true);
    expect(resolve('a-z', given)).toBe('claude-sonnet-4');
  });

  it('takes a listed id before a pattern that fits everything', () => {
    const given = new ModelNames({ '*': 'claude-opus-4.5' }, true);
    expect(resolve('gpt-5.6-sol', given)).toBe('gpt-5.6-sol');
    expect(resolve('claude-sonnet-4-5-20250929', given)).toBe('claude-sonnet-4.5');
    expect(resolve('whatever', given)).toBe('claude-opus-4.5');
  });

  it.each([
    ['gpt-5', 'claude-sonnet-4.5'],
    ['o3', 'claude-sonnet-4.5'],
    ['openai/gpt-4.1', 'claude-sonnet-4.5'],
    ['gpt-5-mini', 'claude-haiku-4.5'],
    ['gpt-5-pro', 'claude-opus-4.6'],
    ['codex-mini-latest', 'claude-haiku-4.5'],
  ])('has the newest of its line stand for %s: %s', (requested, id) => {
    expect(resolve(requested)).toBe(id);
  });

  it('finds nothing for OpenAI’s names where they are refused, or the line is not listed', () => {
    expect(resolve('gpt-5', new ModelNames(aliases, false))).toBeUndefined();
    expect(resolve('gpt-4o', new ModelNames(aliases, false))).toBe('claude-opus-4.5');
    expect(resolve('gpt-5-mini', names, listOf('claude-sonnet-4.5', 'auto'))).toBeUndefined();
  });

  it.each([
    'claude-sonnet-4-6',
    'claude-sonnet',
    'claude-3-7-sonnet',
    'gpt-7',
    'gemini-2.5-pro',
    'constructor',
    '__proto__',
    '[1m]',
    '',
    `claude-sonnet-4${'[1m]'.repeat(1_000_000)}`,
  ])('does not know %.40s, and falls back to nothing', (requested) => {
    expect(resolve(requested)).toBeUndefined();
  });

  it.each([
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['my-sonnet', 'claude-sonnet-4.5'],
    ['openai/gpt-4o', 'claude-opus-4.5'],
    ['auto', 'auto'],
    ['CLAUDE_SONNET_4_20250514_V1_0', 'CLAUDE_SONNET_4_20250514_V1_0'],
    ['anthropic/Claude-Opus-4-5', 'claude-opus-4.5'],
    ['gpt-6', 'claude-opus-4.6'],
    ['gpt-5', 'claude-sonnet-4.5'],
    ['gpt-5-mini', 'claude-haiku-4.5'],
    ['', ''],
  ])('asks for %s as %s where nobody knows the list', (requested, id) => {
    expect(new ModelResolver(requested, names).unlisted()).toEqual({ id });
  });

  it.each([
    ['claude-sonnet-4-5', false],
    ['gpt-4o', false],
    ['openai/gpt-4o', false],
    ['gpt-6', true],
    ['gpt-5', true],
  ])('says whether %s goes by a pattern: %s', (requested, expected) => {
    expect(new ModelResolver(requested, names).meansByPattern).toBe(expected);
  });

  it('notices that a list is another one', () => {
    expect(resolve('gpt-5', names, listOf('claude-sonnet-4'))).toBe('claude-sonnet-4');
    expect(resolve('gpt-5', names, listOf('claude-sonnet-4', 'claude-sonnet-6'))).toBe('claude-sonnet-6');
  });
});
