import { describe, expect, it } from '@jest/globals';
import { begin, end, text, thinking, toolUse } from '../../../../test/support/messages-events.js';
import { responseEvents, settings, spelt } from '../../../../test/support/responses-answer.js';
import { GatewayError } from '../../errors.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { ClientTools } from '../openai/client-tools.js';
import { decodeSummary } from './compaction-summary.js';
import { decodeReasoning } from './encrypted-reasoning.js';

const answer = (...blocks: MessagesEvent[][]) => [begin, ...blocks.flat(), ...end('end_turn')];
const called = (...blocks: MessagesEvent[][]) => [begin, ...blocks.flat(), ...end('tool_use')];
const redacted = (index: number, data: string): MessagesEvent[] => [
  { type: 'content_block_start', index, content_block: { type: 'redacted_thinking', data } },
  { type: 'content_block_stop', index },
];
const omitted = (index: number): MessagesEvent[] => thinking(index);

describe('a text', () => {
  const { events, types } = spelt(answer(text(0, 'Hel', 'lo')));

  it('is one message with one part, told from its beginning to its end', () => {
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
  });

  it('begins empty and ends whole, under one id', () => {
    const at = { item_id: 'msg_abc0000', output_index: 0, content_index: 0 };
    const part = { type: 'output_text', annotations: [], logprobs: [] };
    const item = { id: 'msg_abc0000', type: 'message', role: 'assistant' };
    expect(events.slice(2, -1)).toEqual([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
      },
      { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
      { type: 'response.output_text.delta', ...at, delta: 'Hel', logprobs: [] },
      { type: 'response.output_text.delta', ...at, delta: 'lo', logprobs: [] },
      { type: 'response.output_text.done', ...at, text: 'Hello', logprobs: [] },
      { type: 'response.content_part.done', ...at, part: { ...part, text: 'Hello' } },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, status: 'completed', content: [{ ...part, text: 'Hello' }] },
      },
    ]);
  });
});

describe('the response', () => {
  const { events } = spelt(answer(text(0, 'Hi')));

  it('is told with every field when it begins', () => {
    expect(events[0]).toEqual({
      type: 'response.created',
      response: {
        ...settings,
        id: 'resp_abc',
        object: 'response',
        created_at: 1000,
        status: 'in_progress',
        completed_at: null,
        error: null,
        incomplete_details: null,
        output: [],
        usage: null,
      },
    });
    expect(events[1]).toEqual({ ...events[0], type: 'response.in_progress' });
  });

  it('is told with every field, all that was written and its cost when it is complete', () => {
    expect(events.at(-1)).toEqual({
      type: 'response.completed',
      response: {
        ...settings,
        id: 'resp_abc',
        object: 'response',
        created_at: 1000,
        status: 'completed',
        completed_at: 1007,
        error: null,
        incomplete_details: null,
        output: [expect.objectContaining({ id: 'msg_abc0000' })],
        usage: {
          input_tokens: 80,
          input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
          output_tokens: 9,
          output_tokens_details: { reasoning_tokens: 0 },
          total_tokens: 89,
        },
      },
    });
  });

  it('counts cached tokens into the input, and thinking into the output', () => {
    const usage = { cache_read_input_tokens: 7, output_tokens_details: { thinking_tokens: 4 } };
    expect(spelt([begin, ...end('end_turn', usage)]).events.at(-1)).toMatchObject({
      response: {
        usage: {
          input_tokens: 87,
          input_tokens_details: { cached_tokens: 7 },
          output_tokens_details: { reasoning_tokens: 4 },
          total_tokens: 96,
        },
      },
    });
  });

  it('keeps the first count of its input where the end says none', () => {
    expect(spelt([begin, ...end('end_turn', { input_tokens: null })]).events.at(-1)).toMatchObject({
      response: { usage: { input_tokens: 77 } },
    });
  });
});

describe('the end of an answer', () => {
  it.each(['end_turn', 'stop_sequence', 'pause_turn'] as const)('is completed after %s', (reason) => {
    expect(spelt([begin, ...text(0, 'a'), ...end(reason)]).events.at(-1)).toMatchObject({
      type: 'response.completed',
      response: { status: 'completed', incomplete_details: null },
    });
  });

  it.each(['max_tokens', 'model_context_window_exceeded'] as const)(
    'is incomplete after %s, and so is what was being written',
    (reason) => {
      const { events, items } = spelt([begin, ...text(0, 'a'), ...text(1, 'b'), ...end(reason)]);
      expect(items).toMatchObject([{ status: 'completed' }, { status: 'incomplete' }]);
      expect(events.at(-1)).toMatchObject({
        type: 'response.incomplete',
        response: { status: 'incomplete', completed_at: null, incomplete_details: { reason: 'max_output_tokens' } },
      });
    },
  );

  it('is a completed message with a refusal after a refusal, the text before it kept', () => {
    const { types, items, events } = spelt([begin, ...text(0, 'I would'), ...end('refusal')]);
    expect(items).toEqual([
      expect.objectContaining({ content: [expect.objectContaining({ text: 'I would' })] }),
      {
        id: 'msg_abc0001',
        type: 'message',
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'refusal', refusal: 'The model declined to answer this request.' }],
      },
    ]);
    expect(types.slice(-7)).toEqual([
      'response.output_item.added',
      'response.content_part.added',
      'response.refusal.delta',
      'response.refusal.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(events.at(-1)).toMatchObject({ response: { status: 'completed', output: [{}, { id: 'msg_abc0001' }] } });
  });

  it('says why the model refused, where upstream told', () => {
    const [delta, stop] = end('refusal') as [Extract<MessagesEvent, { type: 'message_delta' }>, MessagesEvent];
    const stop_details = { type: 'refusal', category: null, explanation: 'Too dangerous.' } as const;
    const { items } = spelt([begin, { ...delta, delta: { ...delta.delta, stop_details } }, stop]);
    expect(items).toMatchObject([{ content: [{ refusal: 'Too dangerous.' }] }]);
  });
});

describe('a call', () => {
  const tools = new ClientTools();
  tools.offer({ kind: 'function', name: 'look', parameters: {} });
  tools.offer({ kind: 'function', name: 'look', namespace: 'mcp__eyes', parameters: {} });
  tools.offer({ kind: 'custom', name: 'apply_patch' });
  tools.offer({ kind: 'custom', name: 'exec', namespace: 'functions' });
  tools.offer({ kind: 'tool_search', name: 'tool_search', parameters: {} });
  const inside = (kind: 'function' | 'custom' | 'tool_search', name: string, namespace?: string) =>
    tools.nameOf(namespace === undefined ? { kind, name } : { kind, name, namespace });

  it('of a function is told in pieces and whole', () => {
    const { events } = spelt(called(toolUse(0, inside('function', 'look'), '{"at": "me"}', 'toolu_1')), { tools });
    const item = { id: 'fc_abc0000', type: 'function_call', call_id: 'call_1', name: 'look' };
    const at = { item_id: 'fc_abc0000', output_index: 0 };
    expect(events.slice(2, -1)).toEqual([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { ...item, status: 'in_progress', arguments: '' },
      },
      { type: 'response.function_call_arguments.delta', ...at, delta: '{"at": "me"}' },
      { type: 'response.function_call_arguments.done', ...at, arguments: '{"at": "me"}' },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, status: 'completed', arguments: '{"at": "me"}' },
      },
    ]);
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { output: [item] } });
  });

  it('without an input has an empty object as its arguments, told as a piece too', () => {
    const { events, items } = spelt(called(toolUse(0, inside('function', 'look'), '')), { tools });
    expect(items).toMatchObject([{ arguments: '{}' }]);
    expect(events[3]).toMatchObject({ type: 'response.function_call_arguments.delta', delta: '{}' });
  });

  it('of a custom tool has raw text', () => {
    const patch = '*** Begin Patch\n"quoted"';
    const input = JSON.stringify({ input: patch });
    const { events } = spelt(called(toolUse(0, inside('custom', 'apply_patch'), input, 'tooluse_x')), { tools });
    const item = { id: 'ctc_abc0000', type: 'custom_tool_call', call_id: 'call_x', name: 'apply_patch' };
    const at = { item_id: 'ctc_abc0000', output_index: 0 };
    expect(events.slice(2, -1)).toEqual([
      { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', input: '' } },
      { type: 'response.custom_tool_call_input.delta', ...at, delta: patch },
      { type: 'response.custom_tool_call_input.done', ...at, input: patch },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { ...item, status: 'completed', input: patch },
      },
    ]);
  });

  it('of a search has its arguments as an object', () => {
    const { types, items } = spelt(
      called(toolUse(0, inside('tool_search', 'tool_search'), '{"query":"x"}', 'toolu_9')),
      { tools },
    );
    expect(types.slice(2, -1)).toEqual(['response.output_item.added', 'response.output_item.done']);
    expect(items).toEqual([
      {
        id: 'tsc_abc0000',
        type: 'tool_search_call',
        call_id: 'call_9',
        execution: 'client',
        status: 'completed',
        arguments: { query: 'x' },
      },
    ]);
  });

  it.each([
    ['function', 'look', 'mcp__eyes', '{}'],
    ['custom', 'exec', 'functions', '{"input":"1"}'],
  ] as const)('of a %s in a namespace has name and namespace apart', (kind, name, namespace, input) => {
    const { items } = spelt(called(toolUse(0, inside(kind, name, namespace), input)), { tools });
    expect(items).toMatchObject([{ name, namespace }]);
  });

  it('of a tool nobody offered is handed on as it is, whatever it is called', () => {
    const { items } = spelt(called(toolUse(0, '__proto__', '{"a":1}')), { tools });
    expect(items).toMatchObject([{ type: 'function_call', name: '__proto__', arguments: '{"a":1}' }]);
  });
});

describe('several blocks', () => {
  it('are several items, counted from 0, the one before closed first', () => {
    const { events, items, types } = spelt(
      called(thinking(0, 'hm'), text(1, 'I look.'), toolUse(2, 'a', '{}'), toolUse(3, 'b', '{}')),
    );
    expect(items.map(({ id }) => id)).toEqual(['rs_abc0000', 'msg_abc0001', 'fc_abc0002', 'fc_abc0003']);
    const places = events.flatMap((event) => ('output_index' in event ? [event.output_index] : []));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    const bounds = types.filter((type) => type.includes('output_item'));
    expect(bounds).toEqual(
      Array.from({ length: 4 }, () => ['response.output_item.added', 'response.output_item.done']).flat(),
    );
  });

  it('of tools that only Messages has are passed over', () => {
    const search: MessagesEvent[] = [
      {
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'server_tool_use', id: 's', name: 'web_search', input: {}, caller: { type: 'direct' } },
      },
      { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{}' } },
      { type: 'content_block_stop', index: 0 },
    ];
    expect(spelt(answer(search, text(1, 'a'))).items).toMatchObject([{ id: 'msg_abc0000' }]);
  });
});

describe('thinking', () => {
  it('is a summary', () => {
    const { events, types } = spelt(answer(thinking(0, 'h', 'm'), text(1, 'a')));
    const at = { item_id: 'rs_abc0000', output_index: 0, summary_index: 0 };
    expect(events.slice(2, 9)).toMatchObject([
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { id: 'rs_abc0000', type: 'reasoning', summary: [] },
      },
      { type: 'response.reasoning_summary_part.added', ...at, part: { type: 'summary_text', text: '' } },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: 'h' },
      { type: 'response.reasoning_summary_text.delta', ...at, delta: 'm' },
      { type: 'response.reasoning_summary_text.done', ...at, text: 'hm' },
      { type: 'response.reasoning_summary_part.done', ...at, part: { type: 'summary_text', text: 'hm' } },
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { id: 'rs_abc0000', type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      },
    ]);
    expect(types[9]).toBe('response.output_item.added');
  });

  it('in a row is one item with a part for each block', () => {
    const { items, types } = spelt(answer(thinking(0, 'one'), thinking(1, 'two'), text(2, 'a')));
    expect(items[0]).toEqual({
      id: 'rs_abc0000',
      type: 'reasoning',
      summary: [
        { type: 'summary_text', text: 'one' },
        { type: 'summary_text', text: 'two' },
      ],
    });
    expect(items).toHaveLength(2);
    expect(types.filter((type) => type === 'response.reasoning_summary_part.added')).toHaveLength(2);
  });

  it('that may be replayed is in the item as it ends, with its signature', () => {
    const blocks = answer(thinking(0, 'hm'), redacted(1, 'cmVk'), text(2, 'a'));
    const { items, events } = spelt(blocks, { includesEncryptedReasoning: true });
    const [item] = items as { encrypted_content: string }[];
    expect(decodeReasoning(item?.encrypted_content ?? '')).toEqual([
      { type: 'thinking', thinking: 'hm', signature: 'c2ln' },
      { type: 'redacted_thinking', data: 'cmVk' },
    ]);
    expect(events[2]).toMatchObject({ item: { encrypted_content: null } });
    expect(items).toHaveLength(2);
  });

  it('is stored so that a reference to its item brings it back, though the client is sent the summary alone', () => {
    const done = (store: boolean) =>
      spelt(answer(thinking(0, 'hm'), text(1, 'a')), { store }).events.find(({ type }) => type.endsWith('item.done'));
    const summary = [{ type: 'summary_text', text: 'hm' }];
    expect(done(true)).toEqual({
      type: 'response.output_item.done',
      output_index: 0,
      item: { id: 'rs_abc0000', type: 'reasoning', summary },
      kept: { id: 'rs_abc0000', type: 'reasoning', summary, encrypted_content: expect.any(String) },
    });
    expect(done(false)).not.toHaveProperty('kept');
  });

  it('that may be replayed and is not shown is an item without a summary', () => {
    const { items, types } = spelt(answer(thinking(0, 'hm'), text(1, 'a')), {
      showsSummary: false,
      includesEncryptedReasoning: true,
    });
    expect(items[0]).toMatchObject({ summary: [], encrypted_content: expect.any(String) });
    expect(types.some((type) => type.includes('summary'))).toBe(false);
  });

  it('that upstream left out is an item only where it may be replayed', () => {
    expect(spelt(answer(omitted(0), text(1, 'a'))).items).toMatchObject([{ id: 'msg_abc0000' }]);
    expect(spelt(answer(omitted(0), text(1, 'a')), { includesEncryptedReasoning: true }).items).toMatchObject([
      { type: 'reasoning', summary: [] },
      { id: 'msg_abc0001' },
    ]);
  });

  it('that nobody asked for is nothing', () => {
    const { items } = spelt(answer(thinking(0, 'hm'), redacted(1, 'x'), text(2, 'a')), { showsSummary: false });
    expect(items).toMatchObject([{ id: 'msg_abc0000', type: 'message' }]);
  });
});

describe('a compaction', () => {
  it('is exactly one item, made of all the text', () => {
    const { items, types, events } = spelt(answer(thinking(0, 'hm'), text(1, 'All ', 'that'), text(2, ' was')), {
      isCompaction: true,
    });
    expect(types).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(items).toEqual([{ id: 'cmp_abc0000', type: 'compaction', encrypted_content: expect.any(String) }]);
    const [{ encrypted_content } = { encrypted_content: '' }] = items as { encrypted_content: string }[];
    expect(decodeSummary(encrypted_content)).toBe('All that was');
    expect(events.at(-1)).toMatchObject({ response: { output: items } });
  });

  it('is complete though the summary is cut: Codex stops at an incomplete one', () => {
    const { events } = spelt([begin, ...text(0, 'All'), ...end('max_tokens')], { isCompaction: true });
    expect(events.at(-1)).toMatchObject({ type: 'response.completed' });
  });

  it.each(['end_turn', 'refusal'] as const)('of nothing is an error after %s', (reason) => {
    expect(() => spelt([begin, ...text(0, ' '), ...end(reason)], { isCompaction: true })).toThrow(
      expect.objectContaining({ kind: 'upstream' }),
    );
  });
});

describe('a failure', () => {
  const error = new GatewayError('overloaded', 'No capacity.');
  const told = { message: 'No capacity.', type: 'server_error', param: null, code: 'server_is_overloaded' };

  it('is told with the error inside, then the response with what was written of it', () => {
    const speller = responseEvents();
    for (const event of [begin, ...text(0, 'one'), ...text(1, 'tw', 'o').slice(0, -1)]) speller.push(event);
    expect(speller.fail(error)).toEqual([
      { type: 'error', error: told },
      {
        type: 'response.failed',
        response: expect.objectContaining({
          id: 'resp_abc',
          status: 'failed',
          error: { code: 'server_is_overloaded', message: 'No capacity.' },
          usage: null,
          store: false,
          output: [
            expect.objectContaining({ id: 'msg_abc0000', status: 'completed' }),
            expect.objectContaining({ status: 'incomplete', content: [expect.objectContaining({ text: 'two' })] }),
          ],
        }),
      },
    ]);
  });

  it('before anything else begins the response first', () => {
    expect(
      responseEvents()
        .fail(error)
        .map(({ type }) => type),
    ).toEqual(['response.created', 'response.in_progress', 'error', 'response.failed']);
  });

  it('never shows half a call', () => {
    const speller = responseEvents();
    for (const event of [begin, ...toolUse(0, 'rm', '{"path":"/').slice(0, 2)]) speller.push(event);
    expect(speller.fail(error).at(-1)).toMatchObject({ response: { output: [] } });
  });
});

describe('the beginning', () => {
  it('is told once, whoever asks for it', () => {
    const speller = responseEvents();
    expect(speller.begin()).toHaveLength(2);
    expect(speller.begin()).toEqual([]);
    expect(speller.push(begin)).toEqual([]);
  });
});
