import { describe, expect, it } from '@jest/globals';
import { AllowedModels } from './allowed-models.js';
import { ModelNames } from './model-names.js';

const HAIKU = 'claude-haiku-4.5';
const SONNET = 'claude-sonnet-4.5';
const NAMES = new ModelNames({ fast: HAIKU, 'gpt-4o': SONNET, '*': SONNET }, true);

const permits = (globs: string[], requested: string, modelId: string) =>
  new AllowedModels(globs).permits(requested, modelId, NAMES);

describe('AllowedModels', () => {
  it.each<[string, string, string]>([
    ['*', 'claude-opus-4-5', 'claude-opus-4.5'],
    ['claude-haiku-4.5', HAIKU, HAIKU],
    ['claude-haiku-4-5', HAIKU, HAIKU],
    ['claude-haiku-4.5', 'claude-haiku-4-5', HAIKU],
    ['claude-haiku*', 'claude-haiku-4-5-20251001', HAIKU],
    ['claude-haiku-4-5-*', 'claude-haiku-4-5-20251001', HAIKU],
    ['claude-haiku-4-5-20251001', 'claude-haiku-4-5-20251001', HAIKU],
    ['CLAUDE-Haiku*', 'Claude-HAIKU-4-5', HAIKU],
    ['*haiku*', 'claude-haiku-4-5[1m]', HAIKU],
    ['claude-haiku*', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', HAIKU],
    ['us.anthropic.claude-haiku*', 'us.anthropic.claude-haiku-4-5-20251001-v1:0', HAIKU],
    ['claude-haiku*', 'fast', HAIKU],
    ['claude-haiku*', 'gpt-4o-mini', HAIKU],
    ['fast', 'fast', HAIKU],
    ['f*t', 'FAST-latest', HAIKU],
    ['gpt-*', 'gpt-4o', SONNET],
    ['gpt-4*', 'openai/gpt-4o', SONNET],
    ['*-4o', 'gpt-4o', SONNET],
    ['gpt-*', 'GPT-5.1-codex', SONNET],
    ['o3*', 'o3-mini', HAIKU],
    ['qwen*', 'qwen3-coder', SONNET],
  ])('%s permits %s, which leads to %s', (glob, requested, modelId) => {
    expect(permits([glob], requested, modelId)).toBe(true);
  });

  it.each<[string, string, string]>([
    ['claude-haiku*', SONNET, SONNET],
    ['claude-haiku*', 'gpt-4o', SONNET],
    ['claude-haiku*', 'claude-sonnet-4-5-20250929', SONNET],
    ['claude-haiku*', 'CLAUDE-SONNET-4-5[1m]', SONNET],
    ['claude-haiku*', 'claude-haiku-of-mine', SONNET],
    ['claude-haiku*', 'anthropic/claude-haiku-of-mine', SONNET],
    ['claude-haiku-3-9', 'claude-haiku-3-9', SONNET],
    ['claude-haiku*', 'auto', 'auto'],
    ['*haiku*', 'gpt-haiku', SONNET],
    ['*haiku*', 'haiku.anthropic.claude-sonnet-4-5', SONNET],
    ['*haiku', 'my-haiku', SONNET],
    ['claude-haiku', 'claude-haiku-4-5', HAIKU],
    ['claude-sonnet-5*', 'claude-sonnet-4-5', SONNET],
    ['gpt-*', 'claude-sonnet-4-5', SONNET],
    ['', 'claude-sonnet-4-5', SONNET],
  ])('%s does not permit %s, which leads to %s', (glob, requested, modelId) => {
    expect(permits([glob], requested, modelId)).toBe(false);
  });

  it('permits nothing where nothing is allowed, and whatever one of several globs does', () => {
    expect(permits([], SONNET, SONNET)).toBe(false);
    expect(permits(['gpt-*', 'claude-sonnet*'], SONNET, SONNET)).toBe(true);
  });

  it('takes a name of any length and any letters', () => {
    for (const name of ['*'.repeat(10_000), 'x'.repeat(1_000_000), '__proto__', 'constructor', '']) {
      expect(permits(['claude-*', 'a*b*c*'], name, 'other')).toBe(false);
    }
  });
});
