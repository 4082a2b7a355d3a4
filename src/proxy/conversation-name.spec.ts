import { describe, expect, it } from '@jest/globals';
import { conversationNameOf } from './conversation-name.js';

const ID = '0193a1f2-7b7c-7000-8000-0123456789ab';
const unique = (name: string) => ({ name, isUnique: true });
const shared = (name: string) => ({ name, isUnique: false });
const inJson = JSON.stringify({ device_id: 'd', account_uuid: '', session_id: 'in-json' });

describe('conversationNameOf', () => {
  it.each([
    [
      "a client's own header first",
      { 'x-conversation-id': 'a', 'x-claude-code-session-id': 'b', 'thread-id': 't' },
      inJson,
      ID,
      unique('a'),
    ],
    ["then Claude Code's session", { 'x-claude-code-session-id': 'b', 'thread-id': 't' }, inJson, ID, unique('b')],
    ["then Codex's thread", { 'thread-id': 't', 'session-id': 's' }, inJson, ID, unique('t')],
    ["then Codex's session", { 'session-id': 's' }, inJson, ID, unique('s')],
    ['the headers of earlier Codex', { conversation_id: 'c', session_id: 's' }, undefined, undefined, unique('c')],
    ['then a prompt_cache_key', {}, inJson, ID, unique(ID)],
    ['then the session in metadata.user_id', {}, inJson, undefined, unique('in-json')],
    ["the session in an earlier Claude Code's user_id", {}, `user_4f_account__session_${ID}`, undefined, unique(ID)],
  ])('takes %s', (_what, headers, userId, cacheKey, expected) => {
    expect(conversationNameOf(headers, userId, cacheKey)).toEqual(expected);
  });

  it.each([
    ['a prompt_cache_key that is no id', undefined, 'my-program', 'my-program'],
    ['a plain user id', 'user-7', undefined, 'user-7'],
    ['a user id of JSON without a session', '{"device_id":"d"}', undefined, '{"device_id":"d"}'],
    ['a user id of broken JSON', '{broken', undefined, '{broken'],
    ['a session that is no text', '{"session_id":7}', undefined, '{"session_id":7}'],
    ['a user id of JSON null', '{"session_id":null}', undefined, '{"session_id":null}'],
  ])('takes %s, but not for the name of one conversation alone', (_what, userId, cacheKey, name) => {
    expect(conversationNameOf({}, userId, cacheKey)).toEqual(shared(name));
  });

  it.each([
    ['nothing', {}, undefined, undefined],
    ['empty words', { 'x-conversation-id': '  ' }, '', ''],
    ['what is no text', {}, 7, undefined],
    ['null', {}, null, undefined],
  ])('knows none of %s', (_what, headers, userId, cacheKey) => {
    expect(conversationNameOf(headers, userId, cacheKey)).toBeUndefined();
  });

  it('looks at the beginning of an endless name only', () => {
    const named = conversationNameOf({}, 'a'.repeat(1_000_000), undefined);
    expect(named?.name).toHaveLength(10_000);
  });
});
