import { describe, expect, it } from '@jest/globals';
import type { MessagesRequest } from '../core/messages/vocabulary.js';
import { conversationIdOf } from './conversation-id.js';

const request = (user_id?: string) => ({ metadata: { user_id } }) as MessagesRequest;
const UUID = /^[0-9a-f-]{36}$/;

describe('conversationIdOf', () => {
  it.each([
    [
      "a client's own header first",
      request('{"session_id":"c"}'),
      { 'x-conversation-id': 'a', 'x-claude-code-session-id': 'b' },
      'a',
    ],
    ["then Claude Code's session header", request('{"session_id":"c"}'), { 'x-claude-code-session-id': 'b' }, 'b'],
    ["then Codex's thread", request('{"session_id":"c"}'), { 'thread-id': 't', 'session-id': 's' }, 't'],
    ["then Codex's session", request('{"session_id":"c"}'), { 'session-id': 's' }, 's'],
    ['then the session in metadata.user_id', request('{"session_id":"c"}'), {}, 'c'],
  ])('takes %s', (_what, given, headers, expected) => {
    expect(conversationIdOf(given, headers)).toBe(expected);
  });

  it('takes a prompt_cache_key last, and only one that is an id', () => {
    const id = '0193a1f2-7b7c-7000-8000-0123456789ab';
    expect(conversationIdOf(request(), {}, id)).toBe(id);
    expect(conversationIdOf(request('{"session_id":"c"}'), {}, id)).toBe('c');
    expect(conversationIdOf(request(), {}, 'my-program')).toMatch(UUID);
  });

  it.each([
    ['nothing', request(), {}],
    ['an id upstream would refuse', request(), { 'x-conversation-id': 'a b' }],
    ['an endless id', request(), { 'x-conversation-id': 'a'.repeat(129) }],
    ['a user id that is no JSON', request('{broken'), {}],
    ['a session that is no text', request('{"session_id":7}'), {}],
  ])('makes a new id of %s', (_what, given, headers) => {
    expect(conversationIdOf(given, headers)).toMatch(UUID);
  });
});
