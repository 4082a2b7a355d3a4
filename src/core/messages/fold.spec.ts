import { describe, expect, it } from '@jest/globals';
import { MessageFold } from './fold.js';
import type { MessagesEvent } from './vocabulary.js';

const usage = { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 0 };
const start = {
  type: 'message_start',
  message: { id: 'msg_1', role: 'assistant', content: [], stop_reason: null, usage },
};
const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, value: object) => ({ type: 'content_block_delta', index, delta: value });
const stop = (index: number) => ({ type: 'content_block_stop', index });

const events = [
  start,
  block(0, { type: 'thinking', thinking: '', signature: '' }),
  delta(0, { type: 'thinking_delta', thinking: 'Let me ' }),
  delta(0, { type: 'thinking_delta', thinking: 'see.' }),
  delta(0, { type: 'signature_delta', signature: 'c2ln' }),
  stop(0),
  block(1, { type: 'text', text: '' }),
  delta(1, { type: 'text_delta', text: 'ha' }),
  delta(1, { type: 'text_delta', text: 'ha' }),
  stop(1),
  block(2, { type: 'tool_use', id: 't1', name: 'f', input: {} }),
  delta(2, { type: 'input_json_delta', partial_json: '{"a":' }),
  delta(2, { type: 'input_json_delta', partial_json: '1}' }),
  stop(2),
  { type: 'upstream_report', credits: 2 },
  {
    type: 'message_delta',
    delta: { stop_reason: 'tool_use', stop_sequence: null },
    usage: { output_tokens: 7, input_tokens: 12, cache_read_input_tokens: null },
  },
  { type: 'message_stop' },
] as unknown as MessagesEvent[];

function fold(list: readonly MessagesEvent[]) {
  const folding = new MessageFold();
  for (const event of list) folding.push(event);
  return folding.result();
}

describe('MessageFold', () => {
  it('spells the message the events tell, equal deltas included', () => {
    expect(fold(events)).toEqual({
      id: 'msg_1',
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'Let me see.', signature: 'c2ln' },
        { type: 'text', text: 'haha' },
        { type: 'tool_use', id: 't1', name: 'f', input: { a: 1 } },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 12, output_tokens: 7, cache_read_input_tokens: 0 },
    });
  });

  it('puts citations where they belong', () => {
    const citations = [{ cited_text: 'a' }, { cited_text: 'b' }];
    const cited = [
      start,
      block(0, { type: 'text', text: '', citations: null }),
      delta(0, { type: 'text_delta', text: 'Said.' }),
      ...citations.map((citation) => delta(0, { type: 'citations_delta', citation })),
      stop(0),
      block(1, { type: 'text', text: 'Not said.', citations: null }),
      stop(1),
    ] as unknown as MessagesEvent[];
    expect(fold(cited)?.content).toEqual([
      { type: 'text', text: 'Said.', citations },
      { type: 'text', text: 'Not said.', citations: null },
    ]);
  });

  it('spells a tool the server ran: its input by deltas, its result complete from the start', () => {
    const result = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] };
    const list = [
      start,
      block(0, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      delta(0, { type: 'input_json_delta', partial_json: '"x"}' }),
      stop(0),
      block(1, result),
      stop(1),
    ] as unknown as MessagesEvent[];
    expect(fold(list)?.content).toEqual([
      { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'x' } },
      result,
    ]);
  });

  it('changes no event, so that the same events fold to the same message again', () => {
    const before = structuredClone(events);
    fold(events);
    expect(events).toEqual(before);
    expect(fold(events)).toEqual(fold(before));
  });

  it('has no message before message_start', () => {
    expect(fold([])).toBeUndefined();
  });
});
