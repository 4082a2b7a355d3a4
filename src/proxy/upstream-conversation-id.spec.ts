import { describe, expect, it } from '@jest/globals';
import { upstreamConversationId } from './upstream-conversation-id.js';

describe('upstreamConversationId', () => {
  it('is a UUID that is the same each time', () => {
    const id = upstreamConversationId('seed', 0);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(id).toBe(upstreamConversationId('seed', 0));
  });

  it('is another one for another conversation, and for the same one after a refusal', () => {
    const ids = [upstreamConversationId('a', 0), upstreamConversationId('b', 0), upstreamConversationId('a', 1)];
    expect(new Set(ids).size).toBe(3);
  });
});
