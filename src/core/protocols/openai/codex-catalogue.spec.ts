import { describe, expect, it } from '@jest/globals';
import type { PublicModel } from '../../models/public-models.js';
import { encodeCodexCatalogue } from './codex-catalogue.js';

const model = (fields: Partial<PublicModel> = {}): PublicModel => ({
  id: 'claude-sonnet-4-5',
  displayName: 'Claude Sonnet 4.5',
  canonicalId: 'claude-sonnet-4-5',
  abilities: { takesImages: false, thinks: false, efforts: [] },
  ...fields,
});
const catalogued = (fields: Partial<PublicModel> = {}) => encodeCodexCatalogue([model(fields)])[0];

describe('encodeCodexCatalogue', () => {
  it.each([
    'slug',
    'display_name',
    'supported_reasoning_levels',
    'shell_type',
    'visibility',
    'supported_in_api',
    'priority',
    'support_verbosity',
    'truncation_policy',
    'experimental_supported_tools',
    'base_instructions',
  ])('has %s, without which Codex takes no model', (field) => {
    expect(catalogued()).toHaveProperty(field, expect.anything());
  });

  it('says what the model can', () => {
    const abilities = { takesImages: true, thinks: true, efforts: ['low', 'medium', 'max'] as const };
    expect(catalogued({ abilities, maxInputTokens: 1_000_000 })).toMatchObject({
      slug: 'claude-sonnet-4-5',
      display_name: 'Claude Sonnet 4.5',
      default_reasoning_level: 'medium',
      supported_reasoning_levels: [
        { effort: 'low', description: expect.any(String) },
        { effort: 'medium', description: expect.any(String) },
      ],
      supports_reasoning_summaries: true,
      context_window: 1_000_000,
      input_modalities: ['text', 'image'],
    });
  });

  it('promises nothing for a model that says nothing', () => {
    expect(catalogued()).toMatchObject({
      default_reasoning_level: null,
      supported_reasoning_levels: [],
      supports_reasoning_summaries: false,
      context_window: 200_000,
      input_modalities: ['text'],
    });
  });

  it('puts the first of the list first', () => {
    const priorities = encodeCodexCatalogue([model(), model({ id: 'other' })]).map(({ priority }) => priority);
    expect(priorities).toEqual([0, 1]);
  });

  it('tells the model of the tools Codex gives it, in few words', () => {
    const { base_instructions } = catalogued() ?? { base_instructions: '' };
    for (const tool of ['exec_command', 'write_stdin', 'apply_patch', 'update_plan', 'view_image']) {
      expect(base_instructions).toContain(`\`${tool}\``);
    }
    expect(base_instructions.length).toBeLessThan(4_000);
  });
});
