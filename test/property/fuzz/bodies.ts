import fc from 'fast-check';
import { png } from '../../support/image-files.js';
import { pdf } from '../../support/pdf-files.js';
import { validRequest } from '../generate/requests.js';

const GENERATED = 200;

/** Types of blocks, tools, sources and choices: one under the fields of another is what checks forget. */
export const MESSAGES_TYPES = [
  ...['text', 'image', 'document', 'search_result', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result'],
  ...['tool_reference', 'browser_state', 'server_tool_use', 'web_search_tool_result', 'mcp_tool_result', 'compaction'],
  ...['container_upload', 'fallback', 'tool_addition', 'tool_removal', 'tool_definition', 'text_editor_20250728'],
  ...['bash_20250124', 'web_search_20250305', 'code_execution_20250825', 'custom', 'base64', 'url', 'file', 'content'],
  ...['auto', 'any', 'tool', 'none', 'enabled', 'adaptive', 'json_schema', 'object', '', '__proto__', 'constructor'],
];

const tool = (name: string, properties: object, required: string[]) => ({
  name,
  description: `Does ${name}. `.repeat(20),
  input_schema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties,
    required,
    additionalProperties: false,
  },
});

const TOOLS = [
  tool('Bash', { command: { type: 'string' }, timeout: { type: 'number', exclusiveMinimum: 0 } }, ['command']),
  tool('Read', { file_path: { type: 'string' }, limit: { type: 'integer', maximum: 9007199254740991 } }, ['file_path']),
  tool('Edit', { edits: { type: 'array', items: { type: 'object', properties: { old: { type: 'string' } } } } }, []),
  tool('mcp__a_server_with_a_long_name__a_tool_with_an_even_longer_name_than_that', { a: { $ref: '#/$defs/x' } }, []),
  { ...tool('DeferredToolPlaceholder', {}, []), defer_loading: true },
];

/** A turn of Claude Code in the middle of its work (anthropic.md §10). */
const CLAUDE_CODE = {
  model: 'claude-opus-5-5',
  messages: [
    {
      role: 'user',
      content: [
        { type: 'text', text: '<system-reminder>\nAs you answer, keep this in mind.\n</system-reminder>' },
        { type: 'text', text: 'Look at the picture and the paper.' },
      ],
    },
    {
      role: 'assistant',
      content: [
        { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'q' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 'srvtoolu_1',
          content: [{ type: 'web_search_result', url: 'u', title: 't', encrypted_content: 'e', page_age: null }],
        },
        { type: 'text', text: 'Found.' },
      ],
    },
    { role: 'system', content: 'Instructions of some length. '.repeat(40), output_config: { effort: 'medium' } },
    {
      role: 'assistant',
      content: [
        { type: 'thinking', thinking: 'I look first.', signature: 'c2ln' },
        { type: 'text', text: 'Looking.' },
        { type: 'tool_use', id: 'tooluse_1', name: 'Read', input: { file_path: '/a.png' } },
        { type: 'tool_use', id: 'tooluse_2', name: 'Read', input: { file_path: '/b.pdf' } },
        { type: 'tool_use', id: 'tooluse_3', name: 'Bash', input: { __unparsedToolInput: '{"comm' } },
      ],
    },
    {
      role: 'user',
      content: [
        {
          type: 'tool_result',
          tool_use_id: 'tooluse_1',
          content: [
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png().toString('base64') } },
          ],
        },
        {
          type: 'tool_result',
          tool_use_id: 'tooluse_2',
          content: [
            {
              type: 'document',
              source: { type: 'base64', media_type: 'application/pdf', data: pdf('A paper.').toString('base64') },
            },
          ],
        },
        { type: 'tool_result', tool_use_id: 'tooluse_3', content: 'InputValidationError', is_error: true },
        { type: 'text', text: 'Go on.', cache_control: { type: 'ephemeral', ttl: '1h' } },
      ],
    },
  ],
  system: [
    { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1.329; cc_entrypoint=sdk-cli;' },
    { type: 'text', text: 'You are an agent.', cache_control: { type: 'ephemeral' } },
    { type: 'text', text: 'Be brief. '.repeat(50), cache_control: { type: 'ephemeral' } },
  ],
  tools: TOOLS,
  metadata: { user_id: JSON.stringify({ device_id: 'a'.repeat(64), account_uuid: '', session_id: 'b-c' }) },
  max_tokens: 128_000,
  thinking: { type: 'adaptive', display: 'updates' },
  context_management: { edits: [{ type: 'clear_thinking_20251015', keep: 'all' }] },
  output_config: { effort: 'medium' },
  stream: true,
};

/** What programs on the SDK send: short, with a schema, a choice or limits. */
const SDK = [
  { model: 'claude-sonnet-4-5', max_tokens: 1024, messages: [{ role: 'user', content: 'Hello, Claude' }] },
  {
    model: 'claude-haiku-4-5',
    max_tokens: 200,
    system: 'Answer as JSON.',
    stop_sequences: ['END', '\n\n'],
    temperature: 0.2,
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'What is the weather?' }] },
      { role: 'assistant', content: '{' },
    ],
    output_config: {
      format: { type: 'json_schema', schema: { type: 'object', properties: { title: { type: 'string' } } } },
    },
  },
  {
    model: 'claude-sonnet-5',
    max_tokens: 4096,
    thinking: { type: 'enabled', budget_tokens: 2048 },
    messages: [
      {
        role: 'user',
        content: [{ type: 'search_result', source: 's', title: 't', content: [{ type: 'text', text: 'c' }] }],
      },
    ],
    tools: [
      { type: 'bash_20250124', name: 'bash' },
      { ...TOOLS[0], strict: true },
    ],
    tool_choice: { type: 'tool', name: 'Bash', disable_parallel_tool_use: true },
    mcp_servers: [],
    thread: null,
  },
];

/** Good bodies to spoil, as text; the same for the same seed. */
export function goodBodies(seed: number): string[] {
  const generated = fc.sample(validRequest, { seed, numRuns: GENERATED }).map(({ body }) => JSON.stringify(body));
  // Those of the clients that matter come as often as all others together.
  const clients = [CLAUDE_CODE, ...SDK].map((body) => JSON.stringify(body));
  return [...generated, ...Array.from({ length: GENERATED }, (_, index) => clients[index % clients.length] as string)];
}
