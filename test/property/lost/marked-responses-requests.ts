import type { ResponseCreateParamsBase } from 'openai/resources/responses/responses';
import { encodeSummary } from '../../../src/core/protocols/openai-responses/compaction-summary.js';
import { encodeReasoning } from '../../../src/core/protocols/openai-responses/encrypted-reasoning.js';
import { hostedItems } from './marked-hosted-items.js';
import type { Marks } from './marks.js';

type Json = Record<string, unknown>;
/** What stands in requests of its own, or is refused whenever it says anything. */
type Elsewhere =
  | 'input'
  | 'model'
  | 'conversation'
  | 'prompt'
  | 'previous_response_id'
  | 'tools'
  | 'tool_choice'
  | 'parallel_tool_calls';
type Options = Record<Exclude<keyof ResponseCreateParamsBase, Elsewhere>, unknown>;

function schema({ text, number }: Marks): Json {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    title: text(),
    properties: { [text()]: { type: 'string', description: text(), enum: [text(), number()] } },
    required: [text()],
  };
}

function format(marks: Marks): Json {
  const { $schema: _left, ...rest } = schema(marks);
  return { type: 'json_schema', name: marks.text(), description: marks.text(), strict: true, schema: rest };
}

/** Options of the request itself, all there are (openai.md §6); such as are refused whenever they say anything say nothing. */
function options(marks: Marks): Options {
  const { text, number } = marks;
  return {
    instructions: text(),
    stream: true,
    stream_options: { include_obfuscation: true },
    max_output_tokens: number(),
    text: { format: format(marks), verbosity: 'low' },
    reasoning: { effort: 'high', summary: 'auto', generate_summary: 'auto', context: 'auto', mode: 'pro' },
    store: true,
    include: ['reasoning.encrypted_content'],
    background: false,
    truncation: 'auto',
    temperature: 0.5,
    top_p: 0.5,
    top_logprobs: number(),
    max_tool_calls: number(),
    metadata: { name: text() },
    user: text(),
    service_tier: 'flex',
    safety_identifier: text(),
    prompt_cache_key: text(),
    prompt_cache_options: { mode: 'explicit', comparison_response_id: text() },
    prompt_cache_retention: '24h',
    moderation: { model: text() },
    context_management: [{ type: 'compaction', compact_threshold: number() }],
    access_programs: { cyber: 'standard' },
    image: { context_compression: 'enabled' },
  };
}

const ofTools = ({ text }: Marks): Json => ({
  defer_loading: true,
  allowed_callers: ['direct'],
  async: true,
  output_schema: { title: text() },
});

function functionTool(marks: Marks): Json {
  const { text } = marks;
  return {
    type: 'function',
    name: text(),
    description: text(),
    parameters: schema(marks),
    strict: true,
    ...ofTools(marks),
  };
}

function customTool(marks: Marks): Json {
  const { text } = marks;
  const rule = { type: 'grammar', syntax: text(), definition: text() };
  return { type: 'custom', name: text(), description: text(), format: rule, ...ofTools(marks) };
}

function everyTool(marks: Marks): Json[] {
  const { text } = marks;
  return [
    functionTool(marks),
    customTool(marks),
    { type: 'namespace', name: text(), description: text(), tools: [functionTool(marks), customTool(marks)] },
    { type: 'tool_search', execution: 'client', description: text(), parameters: schema(marks), strict: false },
  ];
}

const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } };

const inputText = ({ text }: Marks): Json => ({ type: 'input_text', text: text(), ...breakpoint });

function shownParts(marks: Marks): Json[] {
  const { text, png, page } = marks;
  const words = Buffer.from(text()).toString('base64');
  const detail = { detail: 'high', ...breakpoint };
  return [
    inputText(marks),
    { type: 'input_image', image_url: `data:image/png;base64,${png()}`, ...detail },
    { type: 'input_file', filename: `${text()}.pdf`, file_data: `data:application/pdf;base64,${page()}`, ...detail },
    { type: 'input_file', filename: text(), file_url: `data:text/plain;base64,${words}`, ...detail },
  ];
}

function spokenParts({ text, number }: Marks): Json[] {
  return [
    {
      type: 'output_text',
      text: text(),
      annotations: [{ type: 'url_citation', url: text(), title: text(), start_index: number(), end_index: number() }],
      logprobs: [{ token: text(), logprob: number() }],
    },
    { type: 'refusal', refusal: text() },
    { type: 'text', text: text() },
  ];
}

const argumentsOf = ({ text, number }: Marks): Json => ({
  [text()]: text(),
  number: number(),
  list: [{ deep: text() }],
});

const caller = ({ text }: Marks): Json => ({ caller: { type: 'program', caller_id: text() } });

/** An item as it is sent back, under an id of its own. */
function item(type: string, { text }: Marks, fields: Json): Json {
  return { type, id: text(), status: 'completed', ...fields };
}

/** A turn of the assistant with its calls, and their results. */
function turn(marks: Marks): Json[] {
  const { text } = marks;
  const [first, second, third, fourth] = [text(), text(), text(), text()];
  const thinking = { type: 'thinking' as const, thinking: text(), signature: text() };
  return [
    item('reasoning', marks, {
      summary: [{ type: 'summary_text', text: text() }],
      content: [{ type: 'reasoning_text', text: text() }],
      encrypted_content: encodeReasoning([thinking]),
    }),
    item('message', marks, {
      role: 'assistant',
      phase: 'commentary',
      content: spokenParts(marks),
      internal_chat_message_metadata_passthrough: { a: text() },
    }),
    item('function_call', marks, {
      call_id: first,
      name: text(),
      namespace: text(),
      arguments: JSON.stringify(argumentsOf(marks)),
      async: true,
      ...caller(marks),
    }),
    item('custom_tool_call', marks, {
      call_id: second,
      name: text(),
      namespace: text(),
      input: text(),
      async: true,
      ...caller(marks),
    }),
    item('function_call', marks, { call_id: third, name: text(), arguments: `half of ${text()}` }),
    item('tool_search_call', marks, { call_id: fourth, execution: 'client', arguments: argumentsOf(marks) }),
    item('function_call_output', marks, {
      call_id: first,
      output: text(),
      name: text(),
      namespace: text(),
      ...caller(marks),
    }),
    item('custom_tool_call_output', marks, { call_id: second, output: shownParts(marks), ...caller(marks) }),
    item('function_call_output', marks, { call_id: third, output: shownParts(marks) }),
    item('tool_search_output', marks, { call_id: fourth, execution: 'client', tools: everyTool(marks) }),
    item('function_call_output', marks, { call_id: text(), output: text() }),
  ];
}

/** A conversation with every kind of item and part (openai.md §6). */
function conversation(marks: Marks): Json[] {
  const { text } = marks;
  const redacted = { type: 'redacted_thinking' as const, data: text() };
  return [
    { role: 'system', content: text() },
    item('message', marks, { role: 'developer', content: shownParts(marks) }),
    item('message', marks, { role: 'user', content: shownParts(marks) }),
    ...turn(marks),
    { role: 'user', content: text() },
    { type: 'reasoning', summary: [], content: null, encrypted_content: encodeReasoning([redacted]) },
    { role: 'assistant', content: text() },
    { type: 'compaction', id: text(), encrypted_content: encodeSummary(text()) },
    { type: 'compaction_summary', id: text(), encrypted_content: encodeSummary(text()) },
    { role: 'user', content: text() },
  ];
}

/** Requests that together carry every field of openai.md §6, each free value made by `marks`. */
export function markedResponsesRequests(marks: Marks): [name: string, request: Json][] {
  const { text } = marks;
  const [chosen, home] = [text(), text()];
  const request = (more: Json): Json => ({ model: 'claude-sonnet-5.5', input: text(), ...more });
  const message = () => ({ type: 'message', role: 'user', content: text() });
  const allow = (tools: Json[]) => ({ type: 'allowed_tools', mode: 'required', tools });
  return [
    ['every option', request({ ...options(marks) })],
    ['every kind of item', request({ input: conversation(marks) })],
    ['traces of other tools', request({ input: [message(), ...hostedItems(marks), message()] })],
    ['tools', request({ tools: everyTool(marks) })],
    [
      'tools of an item',
      request({ input: [item('additional_tools', marks, { role: 'developer', tools: everyTool(marks) }), message()] }),
    ],
    [
      'a chosen tool',
      request({
        tools: [{ ...functionTool(marks), name: chosen }],
        tool_choice: { type: 'function', name: chosen },
        parallel_tool_calls: false,
      }),
    ],
    [
      'a chosen tool of a namespace',
      request({
        tools: [{ type: 'namespace', name: home, tools: [{ ...functionTool(marks), name: chosen }] }],
        tool_choice: { type: 'function', name: chosen, namespace: home },
      }),
    ],
    [
      'allowed tools',
      request({
        tools: [{ type: 'namespace', name: home, tools: [{ ...customTool(marks), name: chosen }] }],
        tool_choice: allow([
          { type: 'custom', name: chosen, namespace: home },
          { type: 'namespace', name: home },
        ]),
      }),
    ],
    [
      'another configuration',
      request({
        input: [
          message(),
          item('configuration_update', marks, { reasoning: { effort: 'high' }, text: { format: format(marks) } }),
        ],
      }),
    ],
    ['a summary', request({ input: [message(), { type: 'compaction_trigger', id: text() }] })],
  ];
}
