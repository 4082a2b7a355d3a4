import { describe, expect, it } from '@jest/globals';
import { sampleInput } from './sample-input.js';
import { splitText } from './split-text.js';

const requiring = (schema: object) => ({ type: 'object', properties: { a: schema }, required: ['a'] });

describe('sample inputs', () => {
  it.each<[object, unknown]>([
    [{ type: 'string' }, 'sample'],
    [{ type: 'string', minLength: 8 }, 'sample..'],
    [{ type: 'string', maxLength: 3 }, 'sam'],
    [{ enum: ['x', 'y'] }, 'x'],
    [{ const: 4 }, 4],
    [{ type: 'integer', default: 9 }, 9],
    [{ type: 'integer', minimum: 2.5 }, 3],
    [{ type: 'number', maximum: -1 }, -1],
    [{ type: 'boolean' }, true],
    [{ type: ['null', 'boolean'] }, true],
    [{ type: 'array', items: { type: 'boolean' }, minItems: 2 }, [true, true]],
    [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 1],
    [{ properties: { command: { type: 'string' } }, required: ['command'] }, { command: 'echo hello' }],
    [{}, 'sample'],
  ])('for %j is %j', (schema, expected) => {
    expect(sampleInput(requiring(schema))).toEqual({ a: expected });
  });

  it('follow references, and end where these turn in a circle', () => {
    const schema = { ...requiring({ $ref: '#/$defs/node' }), $defs: { node: requiring({ $ref: '#/$defs/node' }) } };

    expect(JSON.stringify(sampleInput(schema))).toMatch(/^(\{"a":)+"sample"\}+$/);
  });

  it('are empty where nothing is required', () => {
    expect(sampleInput({ type: 'object', properties: { a: { type: 'string' } } })).toEqual({});
  });
});

describe('pieces of text', () => {
  it('have the sizes given, and no character is cut', () => {
    expect(splitText('ab🙂cdé', [2, 1])).toEqual(['ab', '🙂', 'cd', 'é']);
    expect(splitText('', [3])).toEqual([]);
  });
});
