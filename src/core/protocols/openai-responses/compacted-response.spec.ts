import { describe, expect, it } from '@jest/globals';
import { begin, end, text } from '../../../../test/support/messages-events.js';
import { responseEvents } from '../../../../test/support/responses-answer.js';
import { compactedResponse } from './compacted-response.js';
import { FinalResponse } from './final-response.js';
import type { Item } from './responses-request.js';

function compacted(conversation: Item[]) {
  const answer = responseEvents({ isCompaction: true });
  const final = new FinalResponse();
  for (const event of [begin, ...text(0, 'All that was'), ...end('end_turn')]) {
    for (const each of answer.push(event)) final.push(each);
  }
  return final.response && compactedResponse(final.response, conversation);
}

const summary = { type: 'compaction', id: 'cmp_abc0000', encrypted_content: expect.any(String) };

describe('compactedResponse', () => {
  it('has what the SDK knows of it', () => {
    expect(compacted([])).toEqual({
      id: 'resp_abc',
      object: 'response.compaction',
      created_at: 1000,
      output: [summary],
      usage: expect.objectContaining({ input_tokens: 80, output_tokens: 9, total_tokens: 89 }),
    });
  });

  it('keeps what the user said, as items with ids, before the summary', () => {
    const parts = [{ type: 'input_text', text: 'b' }];
    const conversation = [
      { role: 'developer', content: 'rules' },
      { role: 'user', content: 'a' },
      { type: 'message', role: 'assistant', content: 'hm' },
      { type: 'function_call', call_id: 'c', name: 'f', arguments: '{}' },
      { type: 'message', role: 'user', id: 'msg_b', content: parts },
      { type: 'compaction_trigger' },
    ];
    const message = { type: 'message', status: 'completed', role: 'user' };
    expect(compacted(conversation)?.output).toEqual([
      { id: 'msg_abcu0', ...message, content: [{ type: 'input_text', text: 'a' }] },
      { id: 'msg_b', ...message, content: parts },
      summary,
    ]);
  });
});
