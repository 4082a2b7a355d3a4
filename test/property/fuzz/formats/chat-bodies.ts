import fc from 'fast-check';
import { png } from '../../../support/image-files.js';
import { pdf } from '../../../support/pdf-files.js';
import { validChatRequest } from '../../generate/openai/chat-requests.js';

const GENERATED = 200;

/** Types of parts, tools, calls, choices and formats, and roles: one under the fields of another is what checks forget. */
export const CHAT_TYPES = [
  ...['text', 'image_url', 'file', 'input_audio', 'refusal', 'function', 'custom', 'allowed_tools', 'web_search'],
  ...['namespace', 'tool_search', 'json_schema', 'json_object', 'grammar', 'content', 'image', 'tool_use', 'object'],
  ...['', '__proto__', 'constructor', 'toString'],
];

const tool = (name: string, properties: object) => ({
  type: 'function',
  function: {
    name,
    description: `Does ${name}. `.repeat(20),
    parameters: { $schema: 'https://json-schema.org/draft/2020-12/schema', type: 'object', properties },
    strict: true,
  },
});

/** An agent in the middle of its work, as openai-compatible clients send it (openai.md §4). */
const AGENT = {
  model: 'claude-opus-5-5',
  messages: [
    { role: 'system', content: 'You are an agent. '.repeat(40) },
    {
      role: 'user',
      content: [
        { type: 'text', text: 'Look at the picture and the paper.' },
        { type: 'image_url', image_url: { url: `data:image/png;base64,${png().toString('base64')}`, detail: 'high' } },
        {
          type: 'file',
          file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${pdf('A paper.').toString('base64')}` },
        },
      ],
    },
    {
      role: 'assistant',
      content: null,
      reasoning_content: 'I look first.',
      tool_calls: [
        { id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"/a.png"}' } },
        { id: 'call_2', type: 'function', function: { name: 'bash', arguments: '{"comm' } },
        { id: 'call_3', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
      ],
    },
    { role: 'tool', tool_call_id: 'call_2', content: 'InputValidationError' },
    { role: 'tool', tool_call_id: 'call_1', content: [{ type: 'text', text: 'A picture.' }] },
    { role: 'developer', content: 'Be brief.' },
    { role: 'user', content: 'Go on.' },
  ],
  tools: [
    tool('bash', { command: { type: 'string' }, timeout: { type: 'number', exclusiveMinimum: 0 } }),
    tool('read', { path: { type: 'string' }, limit: { type: 'integer', maximum: 9007199254740991 } }),
    tool('mcp__a_server_with_a_long_name__a_tool_with_an_even_longer_name_than_that', { a: { $ref: '#/$defs/x' } }),
    {
      type: 'custom',
      custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'a' } } },
    },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  stream: true,
  stream_options: { include_usage: true },
  max_completion_tokens: 128_000,
  reasoning_effort: 'medium',
};

/** What programs on the SDKs send: short, with a schema, a choice or limits, or with what is old. */
const PROGRAMS = [
  { model: 'claude-sonnet-4-5', messages: [{ role: 'user', content: 'Hello' }] },
  {
    model: 'claude-haiku-4-5',
    max_tokens: 200,
    stop: ['END', '\n\n'],
    temperature: 0.2,
    n: 1,
    messages: [
      { role: 'system', content: 'Answer as JSON.' },
      { role: 'user', content: 'What is the weather?' },
    ],
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 'title',
        strict: true,
        schema: { type: 'object', properties: { title: { type: 'string' } } },
      },
    },
  },
  {
    model: 'claude-sonnet-5',
    messages: [{ role: 'user', content: 'Call' }],
    tools: [tool('bash', {})],
    tool_choice: {
      type: 'allowed_tools',
      allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: 'bash' } }] },
    },
    stop: 'END',
  },
  {
    model: 'claude-sonnet-5',
    messages: [
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', content: null, function_call: { name: 'weather', arguments: '{}' } },
      { role: 'function', name: 'weather', content: 'Rain' },
    ],
    functions: [{ name: 'weather', parameters: { type: 'object', properties: {} } }],
    function_call: { name: 'weather' },
  },
];

/** Good bodies to spoil, as text; the same for the same seed. */
export function chatBodies(seed: number): string[] {
  const generated = fc.sample(validChatRequest, { seed, numRuns: GENERATED }).map((body) => JSON.stringify(body));
  const clients = [AGENT, ...PROGRAMS].map((body) => JSON.stringify(body));
  return [...generated, ...Array.from({ length: GENERATED }, (_, index) => clients[index % clients.length] as string)];
}
