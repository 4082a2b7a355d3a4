import { describe, expect, it } from '@jest/globals';
import { decodeResponses, messagesOf, responsesRefusal } from '../../../../test/support/decode-responses.js';
import { checkResponsesRequest } from './check-request.js';
import { encodeSummary, recall } from './compaction-summary.js';
import { encodeReasoning, type ThinkingInput } from './encrypted-reasoning.js';

const text = (words: string) => ({ type: 'text', text: words });
const user = (words: string) => ({ role: 'user', content: [text(words)] });
const assistant = (words: string) => ({ role: 'assistant', content: [text(words)] });
const reference = (id: string) => ({ type: 'item_reference', id });
const asked = { type: 'message', role: 'user', content: 'Hi' };
const answered = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  status: 'completed',
  content: [{ type: 'output_text', text: 'Yes', annotations: [] }],
};
const thinking: ThinkingInput = { type: 'thinking', thinking: 'Hm', signature: 's' };
const thought = { id: 'rs_1', type: 'reasoning', summary: [], encrypted_content: encodeReasoning([thinking]) };

describe('item_reference (openai.md §10)', () => {
  it('stands for the item it names', () => {
    expect(messagesOf([asked, reference('msg_1'), asked], { items: [answered] })).toEqual([
      user('Hi'),
      assistant('Yes'),
      user('Hi'),
    ]);
  });

  it('needs no type', () => {
    expect(messagesOf([asked, { id: 'msg_1' }, { id: 'msg_1', type: null }], { items: [answered] })).toEqual([
      user('Hi'),
      { role: 'assistant', content: [text('Yes'), text('Yes')] },
    ]);
  });

  it('restores the thinking of reasoning', () => {
    const messages = messagesOf([asked, reference('rs_1'), reference('msg_1')], { items: [thought, answered] });
    expect(messages).toEqual([user('Hi'), { role: 'assistant', content: [thinking, text('Yes')] }]);
  });

  it('may be missing, to reasoning', () => {
    const messages = messagesOf([asked, reference('rs_gone'), reference('msg_1')], { items: [answered] });
    expect(messages).toEqual([user('Hi'), assistant('Yes')]);
  });

  it.each(['msg_gone', 'fc_gone', 'x', '', '__proto__'])('is refused where %j is not there', (id) => {
    expect(responsesRefusal({ input: [asked, reference(id)] }, { items: [answered] })).toEqual([
      'invalid_value',
      'input',
      `Item with id '${id}' not found.`,
    ]);
  });

  it('does not stand for another one', () => {
    expect(responsesRefusal({ input: [reference('msg_2')] }, { items: [{ id: 'msg_2' }] })[2]).toBe(
      "Item with id 'msg_2' not found.",
    );
  });

  it('is looked up once for each id, whatever else has one', () => {
    const input = [reference('msg_1'), { ...asked, id: 'msg_2' }, { id: 'rs_1' }, reference('msg_1')];
    expect(checkResponsesRequest({ model: 'm', input }).referencedIds).toEqual(['msg_1', 'rs_1']);
  });
});

describe('an id on an item that carries its content (openai.md §10)', () => {
  it('is not looked up', () => {
    const mine = { ...answered, id: 'msg_1', content: 'Mine' };
    expect(messagesOf([asked, mine], { items: [answered] })).toEqual([user('Hi'), assistant('Mine')]);
  });
});

describe('previous_response_id (openai.md §10)', () => {
  it('puts what was said before in front, and what is said now behind it', () => {
    const { request, previousResponseId } = decodeResponses(
      { previous_response_id: 'resp_1', input: 'And?' },
      { previous: [asked, answered] },
    );
    expect(previousResponseId).toBe('resp_1');
    expect(request.messages).toEqual([user('Hi'), assistant('Yes'), user('And?')]);
  });

  it('takes over no instructions but those of messages', () => {
    const { system } = decodeResponses(
      { previous_response_id: 'resp_1', instructions: 'New', input: 'And?' },
      { previous: [{ type: 'message', role: 'developer', content: 'Said' }, asked] },
    ).request;
    expect(system).toEqual([text('New'), text('Said')]);
  });

  it.each([undefined, null, []])('lets the input be %j', (input) => {
    const { request } = decodeResponses({ previous_response_id: 'resp_1', input }, { previous: [asked] });
    expect(request.messages).toEqual([user('Hi')]);
  });

  it('goes on after a call with its output alone', () => {
    const call = { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'f', arguments: '{}' };
    const output = { type: 'function_call_output', call_id: 'call_1', output: 'done' };
    const { messages } = decodeResponses({ input: [output] }, { previous: [asked, call] }).request;
    expect(messages).toEqual([
      user('Hi'),
      { role: 'assistant', content: [{ type: 'tool_use', id: 'call_1', name: 'f', input: {} }] },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: [text('done')] }] },
    ]);
  });

  it('goes on from a summary, without what it sums up', () => {
    const summary = { id: 'cmp_1', type: 'compaction', encrypted_content: encodeSummary('We met.') };
    const previous = [asked, answered, { type: 'compaction_trigger' }, summary];
    const { messages } = decodeResponses({ input: 'And?' }, { previous }).request;
    expect(messages).toEqual([{ role: 'user', content: [text(recall('We met.')), text('And?')] }]);
  });
});

describe('what is kept of a request (openai.md §10)', () => {
  it('is its own items as they came, what was referred to in the place of references', () => {
    const input = [asked, reference('msg_1'), reference('rs_gone'), { type: 'made_up', x: 1 }];
    const { newItems } = decodeResponses({ input }, { previous: [asked], items: [answered] });
    expect(newItems).toEqual([asked, answered, { type: 'made_up', x: 1 }]);
  });

  it('is a message, where the input is text', () => {
    expect(decodeResponses({ input: 'Hi' }).newItems).toEqual([{ type: 'message', role: 'user', content: 'Hi' }]);
  });
});
