import { describe, expect, it } from '@jest/globals';
import type { InputMessage, MessagesRequest } from '../../messages/vocabulary.js';
import { truncateTurns } from './truncate-turns.js';

const NOTE = '[The earlier turns of this conversation were left out, to save room.]';

const user = (text: string): InputMessage => ({ role: 'user', content: text });
const assistant = (text: string): InputMessage => ({ role: 'assistant', content: text });
const call = (id: string, size = 0): InputMessage => ({
  role: 'assistant',
  content: [{ type: 'tool_use', id, name: 'read', input: { path: 'x'.repeat(size) } }],
});
const result = (id: string, content: string): InputMessage => ({
  role: 'user',
  content: [{ type: 'tool_result', tool_use_id: id, content }],
});
const request = (...messages: InputMessage[]): MessagesRequest => ({ model: 'm', max_tokens: 1, messages });
const left = (share: number, ...messages: InputMessage[]) => truncateTurns(request(...messages), share)?.messages;

describe('truncateTurns', () => {
  it('leaves out the oldest turns, as few as will do', () => {
    const turns = ['1', '2', '3', '4'].map((text) => user(text.repeat(10)));
    expect(left(0.9, ...turns)).toEqual(turns.slice(1));
    expect(left(0.5, ...turns)).toEqual(turns.slice(2));
    expect(left(0.3, ...turns)).toEqual(turns.slice(3));
  });

  it('keeps what was said last, however long it is', () => {
    expect(left(0.1, user('old'), user('new'.repeat(100)))).toEqual([user('new'.repeat(100))]);
  });

  it('lets nothing go where there is one turn only', () => {
    expect(left(0.5, user('all of it'))).toBeUndefined();
  });

  it('never begins with the result of a call that is gone', () => {
    const [first, second] = [call('a'), result('a', 'long'.repeat(100))];
    expect(left(0.9, user('Go'), first, second)).toEqual([user(NOTE), first, second]);
  });

  it('leaves out a call with its result', () => {
    const last = [call('b'), result('b', 'x')];
    expect(left(0.5, user('Go'), call('a'), result('a', 'long'.repeat(100)), ...last)).toEqual([user(NOTE), ...last]);
  });

  it('begins with a note where an assistant would begin', () => {
    expect(left(0.5, user('long'.repeat(20)), assistant('Yes'), user('And?'))).toEqual([
      user(NOTE),
      assistant('Yes'),
      user('And?'),
    ]);
  });

  it('does not let an assistant speak alone', () => {
    expect(left(0.5, user('long'.repeat(20)), assistant('Yes'))).toBeUndefined();
  });

  it('leaves the system prompt, the tools and the given request as they are', () => {
    const given = { ...request(user('a'), user('b')), system: 'Be brief', tools: [] };
    const copy = structuredClone(given);
    expect(truncateTurns(given, 0.5)).toEqual({ ...copy, messages: [user('b')] });
    expect(given).toEqual(copy);
  });

  it('counts an image as what a model takes it for, not by its bytes', () => {
    const image = { type: 'base64' as const, media_type: 'image/png' as const, data: 'A'.repeat(1_000_000) };
    const picture: InputMessage = { role: 'user', content: [{ type: 'image', source: image }] };
    expect(left(0.5, user('x'.repeat(7000)), picture)).toEqual([picture]);
    expect(left(0.6, picture, user('x'.repeat(12_000)), user('y'))).toHaveLength(1);
  });

  it('takes 100,000 messages', () => {
    const messages = Array.from({ length: 100_000 }, () => user('turn'));
    expect(truncateTurns({ ...request(), messages }, 0.25)?.messages).toHaveLength(25_000);
  });
});
