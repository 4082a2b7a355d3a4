import { describe, expect, it } from '@jest/globals';
import { conversationKey } from './conversation-key.js';

describe('conversationKey', () => {
  it('is the same each time, short, and shows nothing of the name', () => {
    const key = conversationKey('key-1', 'my-secret-project');
    expect(key).toBe(conversationKey('key-1', 'my-secret-project'));
    expect(key).toMatch(/^[\w-]{22}$/);
  });

  it('keeps apart what two callers call alike, and two names of one caller', () => {
    const keys = [
      conversationKey('key-1', 'a'),
      conversationKey('key-2', 'a'),
      conversationKey('key-1', 'b'),
      conversationKey('key-1', ''),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });
});
