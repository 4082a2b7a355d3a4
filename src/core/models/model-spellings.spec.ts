import { describe, expect, it } from '@jest/globals';
import { modelSpellings } from './model-spellings.js';

describe('modelSpellings', () => {
  it.each([
    ['claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['Claude-Sonnet-4-5', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5@20250929', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-latest', 'claude-sonnet-4.5'],
    ['claude-sonnet-4.5[1m]', 'claude-sonnet-4.5'],
    ['claude-sonnet-4.5[1M]', 'claude-sonnet-4.5'],
    ['claude-sonnet-4.5:thinking', 'claude-sonnet-4.5'],
    ['claude-sonnet-4-5-20250929-thinking[1m]', 'claude-sonnet-4.5'],
    ['anthropic/claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['models/claude-sonnet-4.5', 'claude-sonnet-4.5'],
    ['bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4.5'],
    ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'claude-sonnet-4.5'],
    ['global.anthropic.claude-sonnet-4-5', 'claude-sonnet-4.5'],
    ['anthropic.claude-3-7-sonnet-20250219-v1:0', 'claude-3.7-sonnet'],
    ['openai/GPT-4o-mini-2024-07-18', 'gpt-4o-mini'],
    ['auto', 'auto'],
    ['openai/', 'openai/'],
  ])('of %s end with %s', (requested, plain) => {
    expect(modelSpellings(requested).at(-1)).toBe(plain);
  });

  it('begin with what was asked for and come closer to upstream’s name step by step', () => {
    expect(modelSpellings('openai/GPT-5-6-sol-latest')).toEqual([
      'openai/GPT-5-6-sol-latest',
      'openai/gpt-5-6-sol-latest',
      'gpt-5-6-sol-latest',
      'gpt-5.6-sol-latest',
      'gpt-5-6-sol',
      'gpt-5.6-sol',
    ]);
  });

  it.each([
    ['nothing but suffixes', '[1m][1m]', ['[1m][1m]', '[1m]']],
    ['no name', '', ['']],
    ['nothing but prefixes', 'models/models/', ['models/models/']],
  ])('of %s are no empty names', (_what, requested, spellings) => {
    expect(modelSpellings(requested)).toEqual(spellings);
  });

  it('are not worked out for a name longer than any', () => {
    const endless = `claude-sonnet-4${'[1m]'.repeat(1_000_000)}`;
    expect(modelSpellings(endless)).toEqual([endless]);
  });

  it('are few, whatever the longest name is made of', () => {
    expect(modelSpellings('anthropic/'.repeat(25)).length).toBe(1);
    expect(modelSpellings('[1m]'.repeat(64)).length).toBe(64);
  });
});
