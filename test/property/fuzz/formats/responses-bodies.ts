import fc from 'fast-check';
import { encodeSummary } from '../../../../src/core/protocols/openai-responses/compaction-summary.js';
import { encodeReasoning } from '../../../../src/core/protocols/openai-responses/encrypted-reasoning.js';
import { ITEM_TYPES, SILENT_ITEM_TYPES } from '../../../../src/core/protocols/openai-responses/items/item-types.js';
import { png } from '../../../support/image-files.js';
import { validResponsesRequest } from '../../generate/openai/response-requests.js';
import type { Past } from '../../openai/send-openai.js';

const GENERATED = 200;

/** Types of items, parts, tools, choices and formats, and roles: one under the fields of another is what checks forget. */
export const RESPONSES_TYPES = [
  ...ITEM_TYPES.keys(),
  ...SILENT_ITEM_TYPES,
  ...['item_reference', 'input_text', 'output_text', 'refusal', 'input_image', 'input_file', 'input_audio', 'text'],
  ...['function', 'custom', 'namespace', 'tool_search', 'web_search', 'allowed_tools', 'json_schema', 'grammar'],
  ...['summary_text', 'reasoning_text', '', '__proto__', 'constructor', 'toString'],
];

export interface GoodResponsesBody {
  text: string;
  past: Past;
}

const NO_PAST: Past = { previous: [], items: [] };

const said = (role: string, text: string) => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text }],
});
const shell = {
  type: 'function',
  name: 'exec_command',
  description: 'Runs. '.repeat(20),
  strict: false,
  parameters: { type: 'object', properties: { cmd: { type: 'string' } }, required: ['cmd'] },
};

/** A turn of Codex in the middle of its work (openai.md §11). */
const CODEX = {
  model: 'claude-opus-5-5',
  input: [
    {
      type: 'additional_tools',
      role: 'developer',
      tools: [{ type: 'namespace', name: 'functions', tools: [{ type: 'custom', name: 'exec' }, shell] }],
    },
    said('developer', 'You are a coding agent. '.repeat(40)),
    said('user', 'Fix it'),
    {
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: 'Hm' }],
      content: null,
      encrypted_content: encodeReasoning([{ type: 'thinking', thinking: 'Hm', signature: 'c2ln' }]),
    },
    { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}', call_id: 'call_1' },
    { type: 'custom_tool_call', name: 'apply_patch', input: '***', call_id: 'call_2', status: 'completed' },
    { type: 'function_call', name: 'shot', namespace: 'mcp__x', arguments: '{}', call_id: 'call_3' },
    { type: 'function_call_output', call_id: 'call_1', output: 'a.txt' },
    { type: 'custom_tool_call_output', call_id: 'call_2', output: 'Done' },
    {
      type: 'function_call_output',
      call_id: 'call_3',
      output: [
        { type: 'input_text', text: 'A picture' },
        { type: 'input_image', image_url: `data:image/png;base64,${png().toString('base64')}`, detail: 'high' },
      ],
    },
    said('assistant', 'Done.'),
    said('user', 'And now?'),
  ],
  tools: [
    shell,
    { type: 'custom', name: 'apply_patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: "a"' } },
    { type: 'namespace', name: 'mcp__x', description: 'X.', tools: [{ ...shell, name: 'shot' }] },
    { type: 'tool_search', execution: 'client', parameters: { type: 'object', properties: {} } },
    { type: 'web_search', external_web_access: false },
  ],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { effort: 'medium', summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '0199a213-81c0-7800-8aa1-bbab2a035a53',
  client_metadata: { 'x-codex-turn-metadata': '{}' },
};

/** What other programs send: short, with a schema or a choice, a summary in place of the past, or asking for one. */
const PROGRAMS = [
  { model: 'claude-sonnet-4-5', input: 'Hello' },
  { ...CODEX, input: [...CODEX.input.slice(1), { type: 'compaction_trigger' }] },
  {
    model: 'claude-haiku-4-5',
    max_output_tokens: 200,
    truncation: 'auto',
    text: { format: { type: 'json_schema', name: 'title', strict: true, schema: { type: 'object', properties: {} } } },
    input: [
      { type: 'compaction', encrypted_content: encodeSummary('We said hello.') },
      { role: 'user', content: 'Go on' },
    ],
  },
  {
    model: 'claude-sonnet-5',
    input: [{ role: 'user', content: 'Call' }],
    tools: [shell],
    tool_choice: { type: 'allowed_tools', mode: 'required', tools: [{ type: 'function', name: 'exec_command' }] },
  },
];

/** Good bodies to spoil, as text, with what is stored for them; the same for the same seed. */
export function responsesBodies(seed: number): GoodResponsesBody[] {
  const generated = fc
    .sample(validResponsesRequest, { seed, numRuns: GENERATED })
    .map(({ body, ...past }) => ({ text: JSON.stringify(body), past }));
  const clients = [CODEX, CODEX, ...PROGRAMS].map((body) => ({ text: JSON.stringify(body), past: NO_PAST }));
  const repeated = Array.from(
    { length: GENERATED },
    (_, index) => clients[index % clients.length] as GoodResponsesBody,
  );
  return [...generated, ...repeated];
}
