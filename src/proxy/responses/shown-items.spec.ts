import { describe, expect, it } from '@jest/globals';
import { includesEncryptedReasoning, shownItems } from './shown-items.js';

describe('stored items as a client gets them', () => {
  it.each([
    [{ include: 'reasoning.encrypted_content' }, true],
    [{ 'include[]': 'reasoning.encrypted_content' }, true],
    [{ 'include[]': ['message.output_text.logprobs', 'reasoning.encrypted_content'] }, true],
    [{ include: ['file_search_call.results'] }, false],
    [{}, false],
  ])('with %j', (query, isIncluded) => {
    expect(includesEncryptedReasoning(query)).toBe(isIncluded);
  });

  it('show what replays reasoning to who asks for it only, and hide nothing else', () => {
    const reasoning = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: 'blob' };
    const compaction = { id: 'cmp_1', type: 'compaction', encrypted_content: 'summary' };
    const items = [reasoning, compaction];
    expect(shownItems(items, false)).toEqual([{ id: 'rs_1', type: 'reasoning', summary: [] }, compaction]);
    expect(shownItems(items, true)).toEqual(items);
  });
});
