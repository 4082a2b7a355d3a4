import { describe, expect, it } from '@jest/globals';
import { otherModelsOf } from './other-models.js';

const advisor = (model: unknown) => ({ type: 'advisor_20260301', name: 'advisor', model });
const added = (tool: unknown) => ({ messages: [{ role: 'system', content: [{ type: 'tool_addition', tool }] }] });

describe('the models that a request names beside its own', () => {
  it.each<[string, unknown, string[]]>([
    [
      'fallbacks',
      { model: 'own', fallbacks: [{ model: 'a' }, { model: 'b', max_tokens: 5 }, { model: 'a' }] },
      ['a', 'b'],
    ],
    ['fallbacks by their names', { fallbacks: ['a', 5, null] }, ['a']],
    ['fallbacks of the service’s choice', { fallbacks: 'default' }, ['default']],
    ['an advisor', { tools: [{ name: 'weather', input_schema: {} }, advisor('a'), 'bash'] }, ['a']],
    ['an advisor that is added on the way', added({ type: 'tool_definition', definition: advisor('a') }), ['a']],
    ['what is added without its wrapping', added(advisor('a')), ['a']],
    ['what has that name and is no model', { tools: [advisor(5), { name: 'x', input_schema: { model: 'a' } }] }, []],
    [
      'input of a tool',
      { messages: [{ role: 'assistant', content: [{ type: 'tool_use', input: { model: 'a' } }] }] },
      [],
    ],
    ['nothing', { model: 'own', messages: [{ role: 'user', content: 'Hi' }, null], fallbacks: null, tools: {} }, []],
    ['no request', 'text', []],
  ])('are found: %s', (_, body, models) => {
    expect(Array.from(otherModelsOf(body))).toEqual(models);
  });

  it('are twenty at most', () => {
    const fallbacks = Array.from({ length: 21 }, (_, index) => ({ model: `model-${index}` }));
    expect(otherModelsOf({ fallbacks: fallbacks.slice(1) }).size).toBe(20);
    expect(() => otherModelsOf({ fallbacks })).toThrow('more than 20 models');
  });
});
