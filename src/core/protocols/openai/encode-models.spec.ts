import { describe, expect, it } from '@jest/globals';
import { ModelNames } from '../../models/model-names.js';
import { PublicModels } from '../../models/public-models.js';
import { encodeModelsList } from './encode-models.js';

const listed = (ids: string[], aliases = {}) =>
  encodeModelsList(new PublicModels([ids.map((id) => ({ id }))], new ModelNames(aliases, true)).all());

describe('encodeModelsList', () => {
  it('lists models and aliases in OpenAI’s shape', () => {
    expect(listed(['auto', 'claude-sonnet-4.5'], { 'gpt-4o': 'claude-sonnet-4.5' })).toEqual({
      object: 'list',
      data: [
        { id: 'claude-sonnet-4-5', object: 'model', created: 1_759_104_000, owned_by: 'anthropic' },
        { id: 'gpt-4o', object: 'model', created: 1_759_104_000, owned_by: 'anthropic' },
        { id: 'auto', object: 'model', created: 0, owned_by: 'amazon-q' },
      ],
    });
  });

  it('is empty where there are none', () => {
    expect(listed([])).toEqual({ object: 'list', data: [] });
  });
});
