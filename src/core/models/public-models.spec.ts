import { describe, expect, it } from '@jest/globals';
import { ModelNames } from './model-names.js';
import { PublicModels } from './public-models.js';
import type { UpstreamModel } from './upstream-model.js';

const model = (id: string, fields: Partial<UpstreamModel> = {}): UpstreamModel => ({ id, ...fields });
const models = (ids: string[], aliases: Record<string, string> = {}) =>
  new PublicModels([ids.map((id) => model(id))], new ModelNames(aliases, true));
const NO_ALIASES = new ModelNames({}, true);
const idsOf = (models: PublicModels) => models.all().map(({ id }) => id);

describe('PublicModels', () => {
  it('lists what any account lists once, newest first, of unknown age last', () => {
    const lists = [
      [model('auto'), model('claude-sonnet-4.5'), model('claude-haiku-5.5')],
      [model('glm-5'), model('claude-sonnet-4.5'), model('claude-3.7-sonnet'), model('claude-opus-9')],
      [],
    ];
    expect(idsOf(new PublicModels(lists, NO_ALIASES))).toEqual([
      'claude-haiku-5-5',
      'claude-sonnet-4-5',
      'claude-3-7-sonnet',
      'auto',
      'glm-5',
      'claude-opus-9',
    ]);
    expect(idsOf(new PublicModels([], NO_ALIASES))).toEqual([]);
  });

  it.each([
    ['claude-sonnet-4-5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4.5', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-sonnet-4-5[1m]', 'claude-sonnet-4-5'],
    ['claude-3-7-sonnet-20250219', 'claude-3-7-sonnet'],
    ['my-model', 'my-model'],
    ['auto', 'auto'],
    ['gpt-5.6-sol', 'gpt-5.6-sol'],
    ['gpt-5-6-sol', 'gpt-5.6-sol'],
  ])('finds %s as %s', (requested, id) => {
    const listed = ['claude-sonnet-4.5', 'claude-3.7-sonnet', 'auto', 'gpt-5.6-sol'];
    expect(models(listed, { 'my-model': 'claude-sonnet-4-5' }).find(requested)?.id).toBe(id);
  });

  it('finds an alias as the list has it', () => {
    const named = models(['claude-sonnet-4.5'], { 'my-model': 'claude-sonnet-4-5' });
    expect(named.find('my-model')).toEqual(named.all().find(({ id }) => id === 'my-model'));
    expect(named.find('my-model')).toMatchObject({ canonicalId: 'claude-sonnet-4-5' });
  });

  it('has an alias of a listed id stand for what the operator says', () => {
    const named = models(['auto', 'glm-5', 'claude-sonnet-4.5'], { auto: 'glm-5', 'claude-sonnet-4-5': 'auto' });
    expect(named.find('auto')).toMatchObject({ id: 'auto', canonicalId: 'glm-5' });
    expect(named.find('claude-sonnet-4-5')).toMatchObject({ canonicalId: 'auto' });
    expect(idsOf(named)).toEqual(['claude-sonnet-4.5', 'glm-5', 'auto', 'claude-sonnet-4-5']);
    expect(named.find('claude-sonnet-4.5')).toMatchObject({ id: 'claude-sonnet-4.5' });
  });

  it('finds what a pattern or an OpenAI name stands for under the name that was asked for, and lists neither', () => {
    const named = models(['claude-sonnet-4.5'], { 'my-*': 'claude-sonnet-4.5' });
    expect(named.find('my-model')).toMatchObject({ id: 'my-model', canonicalId: 'claude-sonnet-4-5' });
    expect(named.find('gpt-5')).toMatchObject({ id: 'gpt-5', canonicalId: 'claude-sonnet-4-5' });
    expect(named.find('gpt-5')?.displayName).toBe('gpt-5 (Claude Sonnet 4.5)');
    expect(idsOf(named)).toEqual(['claude-sonnet-4-5']);
  });

  it.each([
    ['one that is not listed', 'claude-sonnet-4-6'],
    ['an alias of one that is not listed', 'gone'],
    ['a name of the language', 'constructor'],
    ['another one', '__proto__'],
    ['no name', ''],
    ['an endless name', 'x'.repeat(1_000_000)],
  ])('does not find %s', (_what, requested) => {
    expect(models(['claude-sonnet-4.5'], { gone: 'claude-opus-4.5' }).find(requested)).toBeUndefined();
  });

  it('keeps a dotted and a dashed id apart where both are listed', () => {
    expect(idsOf(models(['claude-sonnet-4.5', 'claude-sonnet-4-5']))).toEqual([
      'claude-sonnet-4.5',
      'claude-sonnet-4-5',
    ]);
  });

  it('promises what holds on every account that lists the model', () => {
    const large = model('m', { maxInputTokens: 1_000_000, maxOutputTokens: 64_000, supportedInputTypes: ['IMAGE'] });
    const small = model('m', { maxInputTokens: 200_000, supportedInputTypes: ['TEXT'] });
    expect(new PublicModels([[large], [large]], NO_ALIASES).find('m')).toMatchObject({
      maxInputTokens: 1_000_000,
      abilities: { takesImages: true },
    });
    expect(new PublicModels([[large], [small], []], NO_ALIASES).find('m')).toMatchObject({
      maxInputTokens: 200_000,
      maxOutputTokens: 64_000,
      abilities: { takesImages: false },
    });
    expect(new PublicModels([[model('m')]], NO_ALIASES).find('m')?.maxInputTokens).toBeUndefined();
  });

  it('has a name for people: upstream’s, unless that repeats the id', () => {
    const named = new PublicModels(
      [[model('claude-opus-4.5', { name: 'claude-opus-4.5' }), model('glm-5', { name: 'GLM 5' }), model('auto')]],
      NO_ALIASES,
    );
    expect(named.all().map(({ displayName }) => displayName)).toEqual(['Claude Opus 4.5', 'GLM 5', 'auto']);
  });
});
