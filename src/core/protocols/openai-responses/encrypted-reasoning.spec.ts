import { describe, expect, it } from '@jest/globals';
import { decodeReasoning, encodeReasoning, type ThinkingInput } from './encrypted-reasoning.js';

const ours = (json: unknown) => `amqr1.${Buffer.from(JSON.stringify(json)).toString('base64url')}`;

describe('encrypted reasoning', () => {
  it.each<[string, ThinkingInput[]]>([
    ['thinking with its signature', [{ type: 'thinking', thinking: 'Hm — 考える', signature: 'sig==' }]],
    ['thinking whose text was left out', [{ type: 'thinking', thinking: '', signature: 'sig' }]],
    ['thinking that nobody signed', [{ type: 'thinking', thinking: 'Hm', signature: '' }]],
    ['redacted thinking', [{ type: 'redacted_thinking', data: 'xyz' }]],
    [
      'several blocks, in order',
      [
        { type: 'redacted_thinking', data: 'a' },
        { type: 'thinking', thinking: 'b', signature: 'c' },
      ],
    ],
  ])('gives back %s', (_what, blocks) => {
    expect(decodeReasoning(encodeReasoning(blocks))).toEqual(blocks);
  });

  it('is text that needs no escaping anywhere', () => {
    expect(encodeReasoning([{ type: 'thinking', thinking: '"\n>~', signature: '+/=' }])).toMatch(/^[\w.-]+$/);
  });

  it.each([
    ['nothing', ''],
    ['a blob of the original', 'gAAAAABpmoreOfIt'],
    ['the mark alone', 'amqr1.'],
    ['what is no JSON', 'amqr1.bm8'],
    ['no list', ours({})],
    ['an empty list', ours([])],
    ['an empty block', ours([[]])],
    ['a block of something else', ours([[1]])],
    ['a block of too much', ours([['a', 'b', 'c']])],
    ['one wrong block among right ones', ours([['a'], 'b'])],
  ])('does not read %s', (_what, encrypted) => {
    expect(decodeReasoning(encrypted)).toBeUndefined();
  });
});
