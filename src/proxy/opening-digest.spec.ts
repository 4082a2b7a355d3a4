import { describe, expect, it } from '@jest/globals';
import { openingDigest } from './opening-digest.js';

const user = (content: unknown) => ({ role: 'user', content });
const text = (words: string, more: object = {}) => ({ type: 'text', text: words, ...more });
const image = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
const begun = { system: 'Be brief.', messages: [user('Hello')] };

describe('openingDigest', () => {
  it.each([
    ['goes on', { ...begun, messages: [user('Hello'), { role: 'assistant', content: 'Hi' }, user('And now?')] }],
    ['is asked with other settings', { ...begun, max_tokens: 7, model: 'another', tools: [{ name: 'f' }] }],
    ['spells its texts as blocks', { system: [text('Be brief.')], messages: [user([text('Hello')])] }],
    [
      'moves its cache markers',
      {
        system: [text('Be brief.', { cache_control: { type: 'ephemeral' } })],
        messages: [user([text('Hello', { cache_control: { type: 'ephemeral' } })])],
      },
    ],
    ['is given more instructions on its way', { ...begun, system: [text('Be brief.'), text('Now be long.')] }],
  ])('stays when a conversation %s', (_what, later) => {
    expect(openingDigest(later)).toBe(openingDigest(begun));
  });

  it.each([
    ['another system prompt', { ...begun, system: 'Be long.' }],
    ['no system prompt', { messages: begun.messages }],
    ['another first message', { ...begun, messages: [user('Hello!')] }],
    ['a second block', { ...begun, messages: [user([text('Hello'), text('')])] }],
    ['the same words cut elsewhere', { ...begun, messages: [user([text('Hel'), text('lo')])] }],
    ['an image with it', { ...begun, messages: [user([text('Hello'), image('aGk=')])] }],
    ['another image', { ...begun, messages: [user([text('Hello'), image('aGo=')])] }],
  ])('differs with %s', (_what, other) => {
    expect(openingDigest(other)).not.toBe(openingDigest(begun));
  });

  it.each([
    ['null', null],
    ['a text', 'hello'],
    ['no messages', {}],
    ['messages that are no list', { messages: 'hello' }],
    ['only the assistant', { messages: [{ role: 'assistant', content: 'Hi' }] }],
  ])('is none of %s', (_what, request) => {
    expect(openingDigest(request)).toBeUndefined();
  });

  it.each([
    ['content that is missing', [user(undefined)]],
    ['content of no known form', [user([null, 7, { type: 'image' }, { source: null }])]],
    ['messages of no known form', [null, 7, user('x')]],
  ])('bears %s', (_what, messages) => {
    expect(openingDigest({ messages })).toMatch(/^[\w-]{43}$/);
  });

  it('looks at the beginning of endless texts only, and at their lengths', () => {
    const long = 'x'.repeat(8_192);
    const digestOf = (words: string) => openingDigest({ messages: [user(words)] });
    expect(digestOf(`${long}a`)).toBe(digestOf(`${long}b`));
    expect(digestOf(`${long}a`)).not.toBe(digestOf(`${long}ab`));
  });
});
