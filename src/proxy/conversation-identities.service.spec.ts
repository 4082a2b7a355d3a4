import { describe, expect, it } from '@jest/globals';
import type { Request } from 'express';
import { ConversationIdentities } from './conversation-identities.service.js';

const from = (keyId: string, headers: Record<string, string> = {}): Pick<Request, 'headers' | 'identity'> => ({
  headers,
  identity: { keyId, name: keyId, scopes: new Set() },
});
const says = (words: string, more: object = {}) => ({ messages: [{ role: 'user', content: words }], ...more });
const by = (user_id: string) => ({ metadata: { user_id } });

describe('ConversationIdentities', () => {
  const identities = new ConversationIdentities();
  const keyOf = (...given: Parameters<ConversationIdentities['of']>) => identities.of(...given).routing.conversation;
  const idOf = (...given: Parameters<ConversationIdentities['of']>) => identities.of(...given).conversationId;

  it('names a conversation and its id the same each time, whatever is said in it', () => {
    const named = from('one', { 'x-conversation-id': 'c' });
    expect(keyOf(says('a'), named)).toBe(keyOf(says('b'), named));
    expect(idOf(says('a'), named)).toBe(idOf(says('b'), named));
    expect(new ConversationIdentities().of(says('a'), named).conversationId).toBe(idOf(says('b'), named));
  });

  it('takes one name for one conversation, wherever it stands', () => {
    const id = '0193a1f2-7b7c-7000-8000-0123456789ab';
    expect(keyOf(says('a'), from('one', { 'thread-id': id }))).toBe(keyOf(says('a'), from('one'), id));
  });

  it('keeps apart what two API keys name alike, upstream too, and shows nobody the name', () => {
    const id = '0193a1f2-7b7c-7000-8000-0123456789ab';
    const [one, two] = ['one', 'two'].map((keyId) => identities.of(says('a'), from(keyId, { 'thread-id': id })));
    expect(one?.routing.conversation).not.toBe(two?.routing.conversation);
    expect(one?.conversationId).not.toBe(two?.conversationId);
    expect(JSON.stringify([one, two])).not.toContain(id);
    expect([one?.routing.caller, two?.routing.caller]).toEqual(['one', 'two']);
  });

  it('knows a conversation without a name by how it began', () => {
    expect(keyOf(says('a'), from('one'))).toBe(keyOf(says('a', { max_tokens: 7 }), from('one')));
    expect(keyOf(says('a'), from('one'))).not.toBe(keyOf(says('b'), from('one')));
    expect(keyOf(says('a'), from('one'))).not.toBe(keyOf(says('a'), from('two')));
    expect(idOf(says('a'), from('one'))).not.toBe(idOf(says('b'), from('one')));
  });

  it('keeps what goes by a user or a program at one account, but its conversations apart upstream', () => {
    expect(keyOf(says('a', by('user-7')), from('one'))).toBe(keyOf(says('b', by('user-7')), from('one')));
    expect(keyOf(says('a'), from('one'), 'my-program')).toBe(keyOf(says('b'), from('one'), 'my-program'));
    expect(idOf(says('a', by('user-7')), from('one'))).not.toBe(idOf(says('b', by('user-7')), from('one')));
    expect(idOf(says('a', by('user-7')), from('one'))).toBe(idOf(says('a', by('user-7')), from('one')));
  });

  it.each([
    ['null', null],
    ['a text', 'hello'],
    ['an empty object', {}],
    ['no metadata', { metadata: null }],
  ])('makes of %s no conversation, and another id each time', (_what, request) => {
    expect(keyOf(request, from('one'))).toBeUndefined();
    expect(idOf(request, from('one'))).not.toBe(idOf(request, from('one')));
  });

  it('gives a conversation another id for good after a refusal, once for all who were refused', () => {
    const named = from('one', { 'x-conversation-id': 'refused' });
    const [first, second] = [identities.of(says('a'), named), identities.of(says('a'), named)];
    const another = first.anotherId(first.conversationId);
    expect(another).not.toBe(first.conversationId);
    expect(second.anotherId(second.conversationId)).toBe(another);
    expect(idOf(says('b'), named)).toBe(another);
    expect(first.anotherId(another)).not.toBe(another);
    expect(idOf(says('b'), from('two', { 'x-conversation-id': 'refused' }))).not.toBe(another);
  });
});
