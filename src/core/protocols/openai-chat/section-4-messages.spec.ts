import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { decodeRequest } from '../anthropic/decode-request.js';
import { errorObject } from '../openai/encode-error.js';
import { decodeChatRequest } from './decode-request.js';

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** What messages become; all that are taken are those that the Messages side takes too. */
function decoded({ messages }: { messages: unknown }) {
  const chat = decodeChatRequest({ model: 'm', messages });
  expect(decodeRequest(chat.request)).toBe(chat.request);
  return chat;
}

function refused({ messages }: { messages: unknown }): [code: string, param: string | null] {
  const { code, param, type } = errorObject(refusalOf(() => decodeChatRequest({ model: 'm', messages })));
  expect(type).toBe('invalid_request_error');
  return [code, param];
}

type Case = [fields: object, code: string, param: string];

/** The turns that messages become. */
function turns(...messages: object[]) {
  const { system, messages: turns } = decoded({ messages }).request;
  return { system, turns: turns.map(({ role, content }) => [role, content]) };
}

const user = (content: unknown) => ({ role: 'user', content });
const call = (id: string, name: string, args: string, more: object = {}) => ({
  role: 'assistant',
  content: null,
  tool_calls: [{ id, type: 'function', function: { name, arguments: args } }],
  ...more,
});
const textBlock = (text: string) => ({ type: 'text', text });
const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${PIXEL}`, detail: 'high' } };
const imageBlock = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PIXEL } };

describe('openai.md §4, a row of the messages', () => {
  it.each(['system', 'developer'])('%s: joined in order, wherever it stands', (role) => {
    const { system, turns: said } = turns({ role, content: 'One.' }, user('Hi'), {
      role,
      content: [textBlock('Two.'), textBlock('Three.')],
    });
    expect(system).toEqual([textBlock('One.'), textBlock('Two.'), textBlock('Three.')]);
    expect(said).toEqual([['user', [textBlock('Hi')]]]);
  });

  it('system and developer alone make a question all the same', () => {
    expect(turns({ role: 'system', content: 'Say hello.' }).turns).toHaveLength(1);
  });

  it('user: text and parts, neighbours as one turn', () => {
    expect(turns(user('a'), user([textBlock('b'), image]), user('')).turns).toEqual([
      ['user', [textBlock('a'), textBlock('b'), imageBlock]],
    ]);
  });

  it('assistant: text, refusals and calls stay, what else there is goes', () => {
    const said = turns(
      user('Hi'),
      { role: 'assistant', content: [textBlock('a'), { type: 'refusal', refusal: 'b' }], reasoning_content: 'Hm' },
      user('and?'),
      { role: 'assistant', content: null, refusal: 'No.', audio: { id: 'x' }, name: 'x' },
      user('and?'),
      call('call_1', 'f', '{"a":1}', { content: 'I call' }),
      { role: 'tool', tool_call_id: 'call_1', content: 'done' },
    );
    expect(said.turns).toMatchObject([
      ['user', [textBlock('Hi')]],
      ['assistant', [textBlock('a'), textBlock('b')]],
      ['user', [textBlock('and?')]],
      ['assistant', [textBlock('No.')]],
      ['user', [textBlock('and?')]],
      ['assistant', [textBlock('I call'), { type: 'tool_use', name: 'f', input: { a: 1 } }]],
      ['user', [{ type: 'tool_result', content: [textBlock('done')] }]],
    ]);
    expect(JSON.stringify(said)).not.toContain('Hm');
  });

  it('assistant: `content` may be absent with calls, and nothing at all is nothing', () => {
    const said = turns(user('Hi'), { role: 'assistant' }, { role: 'assistant', content: '' }, user('?'));
    expect(said.turns).toEqual([['user', [textBlock('Hi'), textBlock('?')]]]);
  });

  it('tool: results of one turn belong together, and to their calls', () => {
    const said = turns(
      user('Hi'),
      {
        role: 'assistant',
        tool_calls: ['one', 'two'].map((id) => ({ id, type: 'function', function: { name: 'f', arguments: '' } })),
      },
      { role: 'tool', tool_call_id: 'two', content: 'second' },
      { role: 'tool', tool_call_id: 'one', content: [textBlock('first'), image] },
    );
    const [, [, uses], [, results]] = said.turns as [unknown, [string, { id: string }[]], [string, object[]]];
    expect(said.turns).toHaveLength(3);
    expect(results).toHaveLength(2);
    for (const [place, text] of [
      [0, 'first'],
      [1, 'second'],
    ] as const) {
      const result = results.find((block) => JSON.stringify(block).includes(text));
      expect(result).toMatchObject({ type: 'tool_result', tool_use_id: uses[place]?.id });
    }
  });

  it('tool: an unmatched id stays as text, and a call without a result gets one', () => {
    const said = turns(user('Hi'), call('call_1', 'f', '{}'), { role: 'tool', tool_call_id: 'x', content: 'lost' });
    expect(JSON.stringify(said)).toContain('lost');
    expect(said.turns.at(-1)).toMatchObject(['user', [{ type: 'tool_result' }, { type: 'text' }]]);
  });

  it('function: as tool, matched by name, each call with its own result', () => {
    const legacy = (name: string) => ({ role: 'assistant', content: null, function_call: { name, arguments: '{}' } });
    const said = turns(
      user('Hi'),
      legacy('f'),
      { role: 'function', name: 'f', content: 'one' },
      legacy('f'),
      { role: 'function', name: 'f', content: null },
      { role: 'function', name: 'g', content: 'stray' },
    );
    expect(said.turns).toMatchObject([
      ['user', [textBlock('Hi')]],
      ['assistant', [{ type: 'tool_use', name: 'f' }]],
      ['user', [{ type: 'tool_result', content: [textBlock('one')] }]],
      ['assistant', [{ type: 'tool_use', name: 'f' }]],
      ['user', [{ type: 'tool_result' }, { type: 'text', text: expect.stringContaining('stray') }]],
    ]);
  });

  it.each(['{"a":', '[1]', '"x"', '5', ' '])('assistant: arguments %j that are no object reach the model', (args) => {
    const said = turns(user('Hi'), call('call_1', 'f', args), { role: 'tool', tool_call_id: 'call_1', content: 'bad' });
    const [, [, [block]]] = said.turns as unknown as [unknown, [string, [{ input: object }]]];
    expect(Object.values(block.input).join('')).toBe(args.trim() === '' ? '' : args);
  });

  it('assistant: calls of custom tools', () => {
    const custom = {
      role: 'assistant',
      tool_calls: [{ id: 'c', type: 'custom', custom: { name: 'patch', input: 'x"' } }],
    };
    expect(turns(user('Hi'), custom, user('?')).turns[1]).toMatchObject([
      'assistant',
      [{ type: 'tool_use', input: { input: 'x"' } }],
    ]);
  });

  it.each<Case>([
    [{ content: 'x' }, 'missing_required_parameter', 'messages[0].role'],
    [{ role: 'robot', content: 'x' }, 'invalid_value', 'messages[0].role'],
    [{ role: 5, content: 'x' }, 'invalid_type', 'messages[0].role'],
    [{ role: 'constructor', content: 'x' }, 'invalid_value', 'messages[0].role'],
    [{ role: 'user' }, 'missing_required_parameter', 'messages[0].content'],
    [{ role: 'user', content: 5 }, 'invalid_type', 'messages[0].content'],
    [{ role: 'system', content: {} }, 'invalid_type', 'messages[0].content'],
    [{ role: 'system', content: [image] }, 'invalid_value', 'messages[0].content[0].type'],
    [{ role: 'assistant', content: [image] }, 'invalid_value', 'messages[0].content[0].type'],
    [{ role: 'assistant', refusal: 5 }, 'invalid_type', 'messages[0].refusal'],
    [{ role: 'assistant', tool_calls: {} }, 'invalid_type', 'messages[0].tool_calls'],
    [{ role: 'assistant', tool_calls: [{ id: 'x' }] }, 'missing_required_parameter', 'messages[0].tool_calls[0].type'],
    [
      { role: 'assistant', tool_calls: [{ type: 'function', function: { name: 'f', arguments: '' } }] },
      'missing_required_parameter',
      'messages[0].tool_calls[0].id',
    ],
    [
      { role: 'assistant', tool_calls: [{ id: 'x', type: 'other' }] },
      'invalid_value',
      'messages[0].tool_calls[0].type',
    ],
    [
      { role: 'assistant', tool_calls: [{ id: 'x', type: 'function' }] },
      'missing_required_parameter',
      'messages[0].tool_calls[0].function',
    ],
    [
      { role: 'assistant', tool_calls: [{ id: 'x', type: 'function', function: { name: 'f', arguments: {} } }] },
      'invalid_type',
      'messages[0].tool_calls[0].function.arguments',
    ],
    [
      { role: 'assistant', function_call: { arguments: '' } },
      'missing_required_parameter',
      'messages[0].function_call.name',
    ],
    [{ role: 'tool', content: 'x' }, 'missing_required_parameter', 'messages[0].tool_call_id'],
    [{ role: 'tool', tool_call_id: 'x' }, 'missing_required_parameter', 'messages[0].content'],
    [{ role: 'function', content: 'x' }, 'missing_required_parameter', 'messages[0].name'],
  ])('refuses %j with %s for %s', (message, code, param) => {
    expect(refused({ messages: [message] })).toEqual([code, param]);
  });
});

const pdf = 'data:application/pdf;base64,JVBERi0xLjQK';

describe('openai.md §4, a kind of part', () => {
  const parts = (...content: unknown[]) => turns(user(content)).turns[0]?.[1];

  it.each(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])('image_url: %s as data', (mediaType) => {
    const url = `data:${mediaType};base64,${PIXEL}`;
    expect(parts({ type: 'image_url', image_url: { url } })).toMatchObject([
      { type: 'image', source: { type: 'base64', data: PIXEL } },
    ]);
  });

  it('image_url: an address is looked at later, where fetching is allowed', () => {
    const { request, places } = decoded({
      messages: [
        user('a'),
        user([textBlock('b'), { type: 'image_url', image_url: { url: 'https://x.example/a.png' } }]),
      ],
    });
    const [first] = request.messages as unknown as [{ content: object[] }];
    const block = first.content[2] as never;
    expect(block).toMatchObject({ type: 'image', source: { type: 'url', url: 'https://x.example/a.png' } });
    expect(places.paramOf(block)).toBe('messages[1].content[1]');
  });

  it('file: a PDF and text as data', () => {
    expect(
      parts(
        { type: 'file', file: { filename: 'a.pdf', file_data: pdf } },
        { type: 'file', file: { filename: 'a.txt', file_data: 'data:text/plain;base64,SGk=' } },
      ),
    ).toMatchObject([{ type: 'document', source: { media_type: 'application/pdf' } }, {}]);
  });

  it.each<Case>([
    [
      { type: 'image_url', image_url: { url: 'data:image/tiff;base64,AA==' } },
      'invalid_image_format',
      'messages[0].content[0]',
    ],
    [
      { type: 'image_url', image_url: { url: 'data:image/png;base64,%%' } },
      'invalid_base64_image',
      'messages[0].content[0]',
    ],
    [{ type: 'image_url', image_url: { url: 'ftp://x' } }, 'invalid_image_url', 'messages[0].content[0]'],
    [{ type: 'image_url', image_url: {} }, 'missing_required_parameter', 'messages[0].content[0].image_url.url'],
    [{ type: 'image_url', image_url: 'x' }, 'invalid_type', 'messages[0].content[0].image_url'],
    [{ type: 'image_url' }, 'missing_required_parameter', 'messages[0].content[0].image_url'],
    [{ type: 'file', file: { file_id: 'file-1' } }, 'unsupported_value', 'messages[0].content[0]'],
    [
      { type: 'file', file: { filename: 'a.bin', file_data: 'data:application/x-bin;base64,AA==' } },
      'unsupported_value',
      'messages[0].content[0]',
    ],
    [{ type: 'file' }, 'missing_required_parameter', 'messages[0].content[0].file'],
    [{ type: 'file', file: {} }, 'missing_required_parameter', 'messages[0].content[0].file.file_data'],
    [{ type: 'file', file: { filename: 5 } }, 'invalid_type', 'messages[0].content[0].file.filename'],
    [
      { type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
      'unsupported_value',
      'messages[0].content[0]',
    ],
    [{ type: 'text' }, 'missing_required_parameter', 'messages[0].content[0].text'],
    [{ type: 'text', text: 5 }, 'invalid_type', 'messages[0].content[0].text'],
    [{ type: 'refusal', refusal: 'x' }, 'invalid_value', 'messages[0].content[0].type'],
    [{ text: 'x' }, 'missing_required_parameter', 'messages[0].content[0].type'],
    // Blocks of the Anthropic API: never dropped in silence (openai.md §16).
    [{ type: 'image', source: { type: 'base64' } }, 'invalid_value', 'messages[0].content[0].type'],
    [{ type: 'tool_result', tool_use_id: 'x' }, 'invalid_value', 'messages[0].content[0].type'],
    ['x' as unknown as object, 'invalid_type', 'messages[0].content[0]'],
  ])('refuses %j with %s for %s', (part, code, param) => {
    expect(refused({ messages: [user([part])] })).toEqual([code, param]);
  });

  it('names the part by its place in the request', () => {
    const messages = [user('a'), user('b'), user([textBlock('c'), { type: 'input_audio' }])];
    expect(refused({ messages })).toEqual(['unsupported_value', 'messages[2].content[1]']);
  });
});
