import { describe, expect, it } from '@jest/globals';
import { decodeResponses, messagesOf, responsesRefusal } from '../../../../test/support/decode-responses.js';
import { png } from '../../../../test/support/image-files.js';
import type { MediaBlock } from '../../messages/content/find-media.js';
import { decodeRequest } from '../anthropic/decode-request.js';
import { encodeSummary } from './compaction-summary.js';
import { encodeReasoning } from './encrypted-reasoning.js';

const BYTES = png().toString('base64');
const IMAGE = `data:image/png;base64,${BYTES}`;
const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: BYTES } };
const text = (words: string) => ({ type: 'text', text: words });
const user = (...content: object[]) => ({ role: 'user', content });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const use = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input });
const result = (id: string, ...content: object[]) => ({ type: 'tool_result', tool_use_id: id, content });

const said = (role: string, content: unknown, more: object = {}) => ({ type: 'message', role, content, ...more });
const call = (id: string, more: object = {}) => ({
  type: 'function_call',
  call_id: id,
  name: 'f',
  arguments: '{}',
  ...more,
});
const output = (id: string, words: unknown) => ({ type: 'function_call_output', call_id: id, output: words });
const hi = said('user', 'Hi');

/** Each row of the input items of openai.md §6: the items, and the messages they become. */
const ROWS: [row: string, input: object[], messages: object[]][] = [
  ['a message without a type', [{ role: 'user', content: 'Hi' }], [user(text('Hi'))]],
  ['a message of the user', [said('user', [{ type: 'input_text', text: 'Hi' }])], [user(text('Hi'))]],
  [
    'a message of the assistant',
    [hi, said('assistant', [{ type: 'output_text', text: 'Yes', annotations: [], logprobs: [] }])],
    [user(text('Hi')), assistant(text('Yes'))],
  ],
  ['a message of the assistant as text', [hi, said('assistant', 'Yes')], [user(text('Hi')), assistant(text('Yes'))]],
  [
    'a refusal',
    [hi, said('assistant', [{ type: 'refusal', refusal: 'I can not.' }])],
    [user(text('Hi')), assistant(text('I can not.'))],
  ],
  [
    'id, status and phase of a message, which say nothing',
    [
      hi,
      said('assistant', 'Yes', {
        id: 'msg_gone',
        status: 'completed',
        phase: 'final_answer',
        internal_chat_message_metadata_passthrough: {},
      }),
    ],
    [user(text('Hi')), assistant(text('Yes'))],
  ],
  [
    'input_image with a URL of data, a string',
    [said('user', [{ type: 'input_image', image_url: IMAGE, detail: 'high' }])],
    [user(image)],
  ],
  [
    'input_image with a URL of the web',
    [said('user', [{ type: 'input_image', image_url: 'https://a.example/b.png' }])],
    [user({ type: 'image', source: { type: 'url', url: 'https://a.example/b.png' } })],
  ],
  [
    'input_file with its data',
    [said('user', [{ type: 'input_file', filename: 'a.txt', file_data: 'data:text/plain;base64,SGk=' }])],
    [user({ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Hi' }, title: 'a.txt' })],
  ],
  [
    'input_file with a URL',
    [said('user', [{ type: 'input_file', file_url: 'https://a.example/b.pdf' }])],
    [user({ type: 'document', source: { type: 'url', url: 'https://a.example/b.pdf' } })],
  ],
  [
    'an image that a developer shows',
    [said('developer', [{ type: 'input_image', image_url: IMAGE }]), hi],
    [user(image, text('Hi'))],
  ],
  ['neighbours of one role', [hi, said('user', 'And?')], [user(text('Hi'), text('And?'))]],
  [
    'function_call and function_call_output',
    [hi, call('call_1', { arguments: '{"a":1}', id: 'fc_gone', status: 'completed' }), output('call_1', 'done')],
    [user(text('Hi')), assistant(use('call_1', 'f', { a: 1 })), user(result('call_1', text('done')))],
  ],
  [
    'function_call in a namespace',
    [hi, call('call_1', { namespace: 'mcp__files' }), output('call_1', 'done')],
    [user(text('Hi')), assistant(use('call_1', 'mcp__files__f', {})), user(result('call_1', text('done')))],
  ],
  [
    'function_call with arguments that are no JSON',
    [hi, call('call_1', { arguments: '{"a":' }), output('call_1', 'bad')],
    [user(text('Hi')), assistant(use('call_1', 'f', { arguments: '{"a":' })), user(result('call_1', text('bad')))],
  ],
  [
    'function_call with arguments that are no text',
    [hi, call('call_1', { arguments: { a: 1 } }), output('call_1', 'x')],
    [user(text('Hi')), assistant(use('call_1', 'f', { a: 1 })), user(result('call_1', text('x')))],
  ],
  [
    'function_call without arguments',
    [hi, call('call_1', { arguments: null }), output('call_1', 'x')],
    [user(text('Hi')), assistant(use('call_1', 'f', {})), user(result('call_1', text('x')))],
  ],
  [
    'function_call_output with parts and an image',
    [
      hi,
      call('call_1'),
      output('call_1', [
        { type: 'input_text', text: 'see' },
        { type: 'input_image', image_url: IMAGE },
      ]),
    ],
    [user(text('Hi')), assistant(use('call_1', 'f', {})), user(result('call_1', text('see'), image))],
  ],
  [
    'function_call_output without a call',
    [hi, { type: 'function_call_output', output: 'found' }],
    [user(text('Hi'), text('found'))],
  ],
  [
    'parallel calls, answered in another order',
    [hi, call('call_1'), call('call_2'), output('call_2', 'two'), output('call_1', 'one')],
    [
      user(text('Hi')),
      assistant(use('call_1', 'f', {}), use('call_2', 'f', {})),
      user(result('call_1', text('one')), result('call_2', text('two'))),
    ],
  ],
  [
    'custom_tool_call and custom_tool_call_output',
    [
      hi,
      { type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch', input: '*** Begin Patch' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: 'ok' },
    ],
    [
      user(text('Hi')),
      assistant(use('call_1', 'apply_patch', { input: '*** Begin Patch' })),
      user(result('call_1', text('ok'))),
    ],
  ],
  [
    'custom_tool_call in a namespace, its output in parts',
    [
      hi,
      { type: 'custom_tool_call', call_id: 'call_1', name: 'exec', namespace: 'functions', input: 'x()' },
      { type: 'custom_tool_call_output', call_id: 'call_1', output: [{ type: 'input_text', text: 'ok' }] },
    ],
    [
      user(text('Hi')),
      assistant(use('call_1', 'functions__exec', { input: 'x()' })),
      user(result('call_1', text('ok'))),
    ],
  ],
  [
    'reasoning of ours',
    [
      hi,
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [],
        content: null,
        encrypted_content: encodeReasoning([{ type: 'thinking', thinking: 'Hm', signature: 's' }]),
      },
      said('assistant', 'Yes'),
    ],
    [user(text('Hi')), assistant({ type: 'thinking', thinking: 'Hm', signature: 's' }, text('Yes'))],
  ],
  [
    'reasoning of another service',
    [
      hi,
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm' }], encrypted_content: 'gAAAA' },
      said('assistant', 'Yes'),
    ],
    [user(text('Hi')), assistant(text('Yes'))],
  ],
  [
    'reasoning without a blob',
    [hi, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: null }],
    [user(text('Hi'))],
  ],
  ['additional_tools', [{ type: 'additional_tools', role: 'developer', tools: [] }, hi], [user(text('Hi'))]],
  [
    'tool_search_call and tool_search_output',
    [
      hi,
      { type: 'tool_search_call', call_id: 'call_1', execution: 'client', arguments: { query: 'files' } },
      {
        type: 'tool_search_output',
        call_id: 'call_1',
        execution: 'client',
        tools: [{ type: 'function', name: 'read' }],
      },
    ],
    [
      user(text('Hi')),
      assistant(use('call_1', 'tool_search', { query: 'files' })),
      user(result('call_1', { type: 'tool_reference', tool_name: 'read' })),
    ],
  ],
  [
    'a search of the original',
    [
      hi,
      { type: 'tool_search_call', call_id: null, execution: 'server', arguments: {} },
      { type: 'tool_search_output', call_id: null, execution: 'server', tools: [] },
    ],
    [user(text('Hi'))],
  ],
  [
    'compaction',
    [{ type: 'compaction', encrypted_content: encodeSummary('We met.') }, hi],
    [user(text('[What was said before this was left out, to save room. A summary of it:]\n\nWe met.'), text('Hi'))],
  ],
  ['configuration_update', [{ type: 'configuration_update', reasoning: { effort: 'low' } }, hi], [user(text('Hi'))]],
  [
    'shell_call and its output',
    [
      hi,
      { type: 'shell_call', call_id: 'c', action: { commands: ['ls'] } },
      {
        type: 'shell_call_output',
        call_id: 'c',
        output: [{ stdout: 'a.txt', stderr: '', outcome: { type: 'exit', exit_code: 0 } }],
      },
    ],
    [
      user(text('Hi')),
      assistant(text('[shell was called]\nls')),
      user(text('[result of shell]\na.txt\nexit\nexit code: 0')),
    ],
  ],
  [
    'what is not known',
    [hi, { type: 'made_up', constructor: 1 }, { type: 'constructor' }, { type: '__proto__' }],
    [user(text('Hi'))],
  ],
];

const REFUSED: [input: unknown[], code: string, param: string, message: string][] = [
  [[{}], 'missing_required_parameter', 'input[0].type', "Missing required parameter: 'input[0].type'."],
  [
    [hi, { type: 5 }],
    'invalid_type',
    'input[1].type',
    "Invalid type for 'input[1].type': expected a string, but got an integer instead.",
  ],
  [
    [said('critic', 'x')],
    'invalid_value',
    'input[0].role',
    "Invalid value for 'input[0].role': 'critic'. Supported values are: 'user', 'assistant', 'system', 'developer'.",
  ],
  [
    [{ type: 'message', content: 'x' }],
    'missing_required_parameter',
    'input[0].role',
    "Missing required parameter: 'input[0].role'.",
  ],
  [
    [{ role: 'user' }],
    'missing_required_parameter',
    'input[0].content',
    "Missing required parameter: 'input[0].content'.",
  ],
  [
    [said('user', 5)],
    'invalid_type',
    'input[0].content',
    "Invalid type for 'input[0].content': expected an array, but got an integer instead.",
  ],
  [
    [said('user', ['x'])],
    'invalid_type',
    'input[0].content[0]',
    "Invalid type for 'input[0].content[0]': expected an object, but got a string instead.",
  ],
  [
    [said('user', [{ text: 'x' }])],
    'missing_required_parameter',
    'input[0].content[0].type',
    "Missing required parameter: 'input[0].content[0].type'.",
  ],
  [
    [hi, said('user', [{ type: 'input_text', text: 5 }])],
    'invalid_type',
    'input[1].content[0].text',
    "Invalid type for 'input[1].content[0].text': expected a string, but got an integer instead.",
  ],
  [
    [said('user', [{ type: 'tool_use' }])],
    'invalid_value',
    'input[0].content[0].type',
    "Invalid value for 'input[0].content[0].type': 'tool_use'. Supported values are: 'input_text', 'output_text', 'text', 'refusal', 'input_image', 'input_file'.",
  ],
  [
    [said('user', [{ type: 'input_audio' }])],
    'unsupported_value',
    'input[0].content[0]',
    "Unsupported value: 'input[0].content[0]' is audio, which no model here takes.",
  ],
  [
    [said('user', [{ type: 'input_image' }])],
    'missing_required_parameter',
    'input[0].content[0].image_url',
    "Missing required parameter: 'input[0].content[0].image_url'.",
  ],
  [
    [said('user', [{ type: 'input_image', image_url: { url: IMAGE } }])],
    'invalid_type',
    'input[0].content[0].image_url',
    "Invalid type for 'input[0].content[0].image_url': expected a string, but got an object instead.",
  ],
  [
    [said('user', [{ type: 'input_image', file_id: 'file-1' }])],
    'unsupported_value',
    'input[0].content[0].file_id',
    "Unsupported value: 'input[0].content[0].file_id': files are not kept here, send the image itself.",
  ],
  [
    [said('user', [{ type: 'input_image', image_url: 'data:image/png;base64,A' }])],
    'invalid_base64_image',
    'input[0].content[0].image_url',
    expect.any(String) as unknown as string,
  ],
  [
    [said('user', [{ type: 'input_image', image_url: 'data:image/tiff;base64,AAAA' }])],
    'invalid_image_format',
    'input[0].content[0].image_url',
    expect.any(String) as unknown as string,
  ],
  [
    [said('user', [{ type: 'input_image', image_url: 'ftp://a/b' }])],
    'invalid_image_url',
    'input[0].content[0].image_url',
    expect.any(String) as unknown as string,
  ],
  [
    [said('user', [{ type: 'input_file', file_id: 'file-1' }])],
    'unsupported_value',
    'input[0].content[0]',
    expect.any(String) as unknown as string,
  ],
  [
    [hi, said('assistant', [{ type: 'input_image', image_url: IMAGE }])],
    'invalid_value',
    'input[1].content[0]',
    "Invalid 'input[1].content[0]': images and files can not be in messages of the assistant.",
  ],
  [
    [call('x', { call_id: undefined })],
    'missing_required_parameter',
    'input[0].call_id',
    "Missing required parameter: 'input[0].call_id'.",
  ],
  [
    [call('x', { name: undefined })],
    'missing_required_parameter',
    'input[0].name',
    "Missing required parameter: 'input[0].name'.",
  ],
  [
    [call('x', { arguments: 5 })],
    'invalid_type',
    'input[0].arguments',
    "Invalid type for 'input[0].arguments': expected a string, but got an integer instead.",
  ],
  [
    [call('x', { namespace: 5 })],
    'invalid_type',
    'input[0].namespace',
    "Invalid type for 'input[0].namespace': expected a string, but got an integer instead.",
  ],
  [
    [output('x', undefined)],
    'missing_required_parameter',
    'input[0].output',
    "Missing required parameter: 'input[0].output'.",
  ],
  [
    [output('x', [{ type: 'input_image', image_url: 'x' }])],
    'invalid_image_url',
    'input[0].output[0].image_url',
    expect.any(String) as unknown as string,
  ],
  [
    [{ type: 'custom_tool_call', call_id: 'x', name: 'f', input: {} }],
    'invalid_type',
    'input[0].input',
    "Invalid type for 'input[0].input': expected a string, but got an object instead.",
  ],
  [
    [{ type: 'additional_tools', tools: 'x' }],
    'invalid_type',
    'input[0].tools',
    "Invalid type for 'input[0].tools': expected an array, but got a string instead.",
  ],
  [
    [{ type: 'tool_search_output', call_id: 'x', tools: [{ type: 'function' }] }],
    'missing_required_parameter',
    'input[0].tools[0].name',
    "Missing required parameter: 'input[0].tools[0].name'.",
  ],
  [
    [hi, { type: 'compaction', encrypted_content: 'gAAAA' }],
    'invalid_value',
    'input[1].encrypted_content',
    "Invalid value: 'input[1].encrypted_content' was not made by this gateway and can not be read.",
  ],
  [
    [{ type: 'compaction' }],
    'missing_required_parameter',
    'input[0].encrypted_content',
    "Missing required parameter: 'input[0].encrypted_content'.",
  ],
  [
    [{ type: 'configuration_update', text: { format: { type: 'x' } } }],
    'invalid_value',
    'input[0].text.format.type',
    "Invalid value for 'input[0].text.format.type': 'x'. Supported values are: 'text', 'json_object', 'json_schema'.",
  ],
  [
    [{ type: 'item_reference' }],
    'missing_required_parameter',
    'input[0].id',
    "Missing required parameter: 'input[0].id'.",
  ],
];

describe('input items (openai.md §6)', () => {
  it.each(ROWS)('takes %s', (_row, input, messages) => {
    expect(messagesOf(input)).toEqual(messages);
  });

  it.each(ROWS)('makes a valid request of %s', (_row, input) => {
    const { request } = decodeResponses({ input });
    expect(decodeRequest(request)).toBe(request);
  });

  it.each(REFUSED)('refuses %j', (input, ...told) => {
    expect(responsesRefusal({ input })).toEqual(told);
  });

  it('hoists the texts of system and developer messages, in their order', () => {
    const input = [said('system', 'One'), hi, said('developer', [{ type: 'input_text', text: 'Two' }])];
    const { system, messages } = decodeResponses({ input }).request;
    expect([system, messages]).toEqual([[text('One'), text('Two')], [user(text('Hi'))]]);
  });

  it('asks the model what a developer says alone', () => {
    expect(messagesOf([said('developer', 'Say hi')])).toEqual([user(text('Say hi'))]);
  });

  it('remembers where each image and file stood', () => {
    const input = [
      hi,
      said('user', [
        { type: 'input_text', text: 'x' },
        { type: 'input_image', image_url: IMAGE },
      ]),
    ];
    const { request, places } = decodeResponses({ input });
    const blocks = request.messages.flatMap(({ content }) => content as MediaBlock[]);
    expect(blocks.map((block) => places.paramOf(block))).toEqual([
      undefined,
      undefined,
      'input[1].content[1].image_url',
    ]);
  });

  it('offers the tools of an item additional_tools', () => {
    const tools = [
      { type: 'custom', name: 'exec' },
      { type: 'function', name: 'wait' },
    ];
    const input = [{ type: 'additional_tools', role: 'developer', tools }, hi];
    expect(decodeResponses({ input }).request.tools).toMatchObject([{ name: 'exec' }, { name: 'wait' }]);
  });

  it('offers the tools that a search found', () => {
    const found = { type: 'tool_search_output', call_id: null, tools: [{ type: 'function', name: 'read' }] };
    expect(decodeResponses({ input: [hi, found] }).request.tools).toMatchObject([{ name: 'read' }]);
  });

  it('takes the later of two settings, whether of a field or of a configuration_update', () => {
    const update = (effort: string) => ({ type: 'configuration_update', reasoning: { effort } });
    const effortOf = (fields: object, previous: object[] = []) =>
      decodeResponses(fields, { previous: previous as never }).request.output_config?.effort;
    expect(effortOf({ reasoning: { effort: 'low' }, input: [update('high'), hi, update('max'), hi] })).toBe('max');
    expect(effortOf({ reasoning: { effort: 'low' } }, [update('high')])).toBe('low');
    expect(effortOf({}, [update('high')])).toBe('high');
  });

  it('takes each setting of a configuration_update by itself', () => {
    const input = [
      { type: 'configuration_update', text: { format: { type: 'json_object' } } },
      { type: 'configuration_update', reasoning: { effort: 'high' } },
      hi,
    ];
    const { request, settings } = decodeResponses({ input });
    expect(request.output_config).toEqual({
      effort: 'high',
      format: { type: 'json_schema', schema: { type: 'object' } },
    });
    expect(settings).toMatchObject({ reasoning: { effort: 'high' }, text: { format: { type: 'json_object' } } });
  });

  it('goes back to text when a configuration_update says so', () => {
    const input = [hi, { type: 'configuration_update', text: { format: { type: 'text' } } }];
    expect(decodeResponses({ text: { format: { type: 'json_object' } }, input }).request.output_config).toBeUndefined();
  });
});
