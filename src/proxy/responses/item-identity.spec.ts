import { describe, expect, it } from '@jest/globals';
import { ItemIdentities } from './item-identity.js';

/** As good as a digest for telling texts apart. */
const digest = (text: string) => Buffer.from(text).toString('hex');
const identify = (item: Record<string, unknown>) => {
  const { id, json } = new ItemIdentities(digest).identify(item);
  return { id, item: JSON.parse(json()) };
};

describe('the id of an input item', () => {
  it.each([
    ['message', 'msg'],
    ['function_call', 'fc'],
    ['function_call_output', 'fco'],
    ['custom_tool_call', 'ctc'],
    ['custom_tool_call_output', 'ctco'],
    ['reasoning', 'rs'],
    ['tool_search_call', 'tsc'],
    ['tool_search_output', 'tso'],
    ['compaction', 'cmp'],
    ['something_new', 'item'],
    ['constructor', 'item'],
    [7, 'item'],
  ])('of type %s begins with %s_', (type, prefix) => {
    expect(identify({ type, output: 'sunny' }).id).toMatch(new RegExp(`^${prefix}_[0-9a-f]+$`));
  });

  it('is the same for the same content, however it is ordered and whatever id it was sent with', () => {
    const one = identify({
      type: 'function_call_output',
      call_id: 'call_1',
      output: [{ type: 'input_text', text: 'a' }],
    });
    const other = identify({
      output: [{ text: 'a', type: 'input_text' }],
      call_id: 'call_1',
      id: 'fco_x',
      type: 'function_call_output',
    });
    expect(other).toEqual(one);
  });

  it.each([
    [{ type: 'function_call_output', call_id: 'call_1', output: 'b' }],
    [{ type: 'function_call_output', call_id: 'call_2', output: 'a' }],
    [{ type: 'custom_tool_call_output', call_id: 'call_1', output: 'a' }],
    [{ type: 'function_call_output', call_id: 'call_1', output: ['a'] }],
  ])('is another for other content: %j', (item) => {
    const { id } = identify({ type: 'function_call_output', call_id: 'call_1', output: 'a' });
    expect(identify(item).id).not.toBe(id);
  });

  it('tells apart what is said again in one request, the same way in the next', () => {
    const all = () => {
      const identities = new ItemIdentities(digest);
      return ['a', 'b', 'a', 'a'].map((content) => identities.identify({ role: 'user', content }).id);
    };
    expect(new Set(all()).size).toBe(4);
    expect(all()).toEqual(all());
  });

  it('is that of a message with its type and parts spelt out, which is how it is kept', () => {
    const short = identify({ role: 'user', content: 'hello' });
    expect(short.item).toEqual({
      id: short.id,
      type: 'message',
      role: 'user',
      content: [{ type: 'input_text', text: 'hello' }],
    });
    expect(identify({ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] })).toEqual(
      short,
    );
    const said = identify({ role: 'assistant', content: 'hello' });
    expect(said.item.content).toEqual([{ type: 'output_text', text: 'hello', annotations: [] }]);
  });

  it('keeps fields of any name', () => {
    const item = JSON.parse('{"type":"x","__proto__":{"a":1},"constructor":2}');
    expect(JSON.stringify(identify(item).item)).toContain('"__proto__":{"a":1},"constructor":2');
    expect(identify({ id: 'x' }).item).toMatchObject({ type: 'message' });
  });
});
