import { describe, expect, it } from '@jest/globals';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { encodeEvent, PING } from './encode-event.js';

describe('encodeEvent', () => {
  it.each<[string, MessagesEvent]>([
    ['text', { type: 'content_block_delta', index: 3, delta: { type: 'text_delta', text: 'a "b"\n\u2028 \ud83d 🙂' } }],
    ['thinking', { type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking: 'hm' } }],
    [
      'a tool input',
      { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: '{}' } },
    ],
    ['an end', { type: 'message_stop' }],
  ])('writes %s as one named event with the event itself as its data', (_what, event) => {
    expect(encodeEvent(event)).toBe(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
  });

  it('keeps to itself what is only for the inside', () => {
    expect(encodeEvent({ type: 'upstream_report', credits: 1 })).toBe('');
  });

  it('pings in the same form', () => {
    expect(PING).toBe('event: ping\ndata: {"type":"ping"}\n\n');
  });
});
