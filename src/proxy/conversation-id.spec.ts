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
    ['then the session in metadata.user_id', request('{"session_id":"c"}'), {}, 'c'],
  ])('takes %s', (_what, given, headers, expected) => {
    expect(conversationIdOf(given, headers)).toBe(expected);
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
