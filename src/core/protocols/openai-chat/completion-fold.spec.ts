import { describe, expect, it } from '@jest/globals';
import { begin, end, text, toolUse } from '../../../../test/support/messages-events.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { ClientTools } from '../openai/client-tools.js';
import { CompletionFold } from './completion-fold.js';
import { completionHead } from './completion-head.js';

function fold(...events: MessagesEvent[]) {
  const form = { tools: new ClientTools(), includeUsage: false, isLegacy: false };
  const completion = new CompletionFold(completionHead('req_1', 1_800_000_000, 'gpt-5'), form);
  for (const event of events) completion.push(event);
  return completion.completion;
}

describe('the fold of a completion', () => {
  it('leaves arguments as the model wrote them: numbers, keys and spaces', () => {
    const written = '{ "id": 12345678901234567890, "1": 1.50 }';
    const answer = [...text(0, 'Hi'), ...toolUse(1, 'f', written, 'toolu_1'), ...toolUse(2, 'g', '', 'toolu_2')];
    expect(fold(begin, ...answer, ...end('tool_use'))?.choices[0]?.message).toMatchObject({
      content: 'Hi',
      tool_calls: [{ function: { name: 'f', arguments: written } }, { function: { name: 'g', arguments: '{}' } }],
    });
  });

  it('is none before the answer began', () => {
    expect(fold()).toBeUndefined();
  });
});
