import type { ChatCompletionCreateParamsBase } from 'openai/resources/chat/completions/completions';
import type { Marks } from './marks.js';

type Json = Record<string, unknown>;
/** What stands in requests of its own; `audio` is refused whenever it says anything. */
type Elsewhere =
  | 'messages'
  | 'model'
  | 'audio'
  | 'max_tokens'
  | 'tools'
  | 'tool_choice'
  | 'functions'
  | 'function_call'
  | 'parallel_tool_calls';
type Options = Record<Exclude<keyof ChatCompletionCreateParamsBase, Elsewhere>, unknown>;

/** Options of the request itself, all there are (openai.md §4); such as are refused whenever they say anything say nothing. */
function options({ text, number }: Marks): Options {
  return {
    stream: true,
    stream_options: { include_usage: true, include_obfuscation: true },
    max_completion_tokens: number(),
    stop: [text(), text()],
    temperature: 0.5,
    top_p: 0.5,
    presence_penalty: 0.5,
    frequency_penalty: 0.5,
    seed: number(),
    logit_bias: { 50256: number() },
    user: text(),
    safety_identifier: text(),
    metadata: { name: text() },
    store: true,
    service_tier: 'flex',
    verbosity: 'low',
    prompt_cache_key: text(),
    prompt_cache_options: { mode: text() },
    prompt_cache_retention: '24h',
    prediction: { type: 'content', content: text() },
    web_search_options: {
      search_context_size: 'low',
      user_location: { type: 'approximate', approximate: { city: text() } },
    },
    moderation: { model: text() },
    n: 1,
    logprobs: false,
    top_logprobs: 0,
    modalities: ['text'],
    reasoning_effort: 'high',
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: text(),
        description: text(),
        strict: true,
        schema: { type: 'object', title: text(), properties: { [text()]: { const: text() } } },
      },
    },
  };
}

function schema({ text, number }: Marks): Json {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    title: text(),
    properties: { [text()]: { type: 'string', description: text(), enum: [text(), number()] } },
    required: [text()],
  };
}

function definition(marks: Marks): Json {
  const { text } = marks;
  return { name: text(), description: text(), parameters: schema(marks), strict: true };
}

function customTool({ text }: Marks, nested: boolean): Json {
  const rule = { syntax: text(), definition: text() };
  const format = nested ? { type: 'grammar', grammar: rule } : { type: 'grammar', ...rule };
  return { type: 'custom', custom: { name: text(), description: text(), format } };
}

const breakpoint = { prompt_cache_breakpoint: { mode: 'explicit', ttl: '12h' } };

const textPart = ({ text }: Marks): Json => ({ type: 'text', text: text(), ...breakpoint });

function shownParts(marks: Marks): Json[] {
  const { text, png, page } = marks;
  const url = `data:image/png;base64,${png()}`;
  const words = Buffer.from(text()).toString('base64');
  return [
    textPart(marks),
    { type: 'image_url', image_url: { url, detail: 'high' }, ...breakpoint },
    {
      type: 'file',
      file: { filename: `${text()}.pdf`, file_data: `data:application/pdf;base64,${page()}` },
      ...breakpoint,
    },
    { type: 'file', file: { filename: text(), file_data: `data:text/plain;base64,${words}` } },
  ];
}

const argumentsOf = ({ text, number }: Marks): string =>
  JSON.stringify({ [text()]: text(), number: number(), list: [{ deep: text() }] });

/** A conversation with every kind of message, part and call (openai.md §4). */
function conversation(marks: Marks): Json[] {
  const { text } = marks;
  const [first, second, third] = [text(), text(), text()];
  return [
    { role: 'system', name: text(), content: text() },
    { role: 'developer', name: text(), content: [textPart(marks)] },
    { role: 'user', name: text(), content: shownParts(marks) },
    {
      role: 'assistant',
      name: text(),
      content: [textPart(marks), { type: 'refusal', refusal: text() }],
      refusal: text(),
      reasoning_content: text(),
      audio: { id: text() },
      tool_calls: [
        { id: first, type: 'function', function: { name: text(), arguments: argumentsOf(marks) } },
        { id: second, type: 'custom', custom: { name: text(), input: text() } },
        { id: third, type: 'function', function: { name: text(), arguments: `half of ${text()}` } },
      ],
    },
    { role: 'tool', tool_call_id: first, content: text() },
    { role: 'tool', tool_call_id: second, content: shownParts(marks) },
    { role: 'tool', tool_call_id: text(), content: [textPart(marks)] },
    { role: 'user', content: text() },
    { role: 'assistant', content: text() },
    { role: 'user', content: text() },
  ];
}

function oldConversation(marks: Marks): Json[] {
  const { text } = marks;
  const name = text();
  return [
    { role: 'user', content: text() },
    { role: 'assistant', content: null, function_call: { name, arguments: argumentsOf(marks) } },
    { role: 'function', name, content: text() },
  ];
}

/** Requests that together carry every field of openai.md §4, each free value made by `marks`. */
export function markedChatRequests(marks: Marks): [name: string, request: Json][] {
  const { text, number } = marks;
  const chosen = text();
  const request = (more: Json): Json => ({
    model: 'claude-sonnet-5.5',
    messages: [{ role: 'user', content: text() }],
    ...more,
  });
  const functionTool = (more: Json = {}) => ({ type: 'function', function: { ...definition(marks), ...more } });
  return [
    ['every option', request({ ...options(marks) })],
    ['the old name of the limit', request({ max_tokens: number(), stop: text() })],
    ['every kind of message', request({ messages: conversation(marks) })],
    ['tools', request({ tools: [functionTool(), customTool(marks, true), customTool(marks, false)] })],
    [
      'a chosen tool',
      request({
        tools: [functionTool({ name: chosen })],
        tool_choice: { type: 'function', function: { name: chosen } },
        parallel_tool_calls: false,
      }),
    ],
    [
      'allowed tools',
      request({
        tools: [functionTool({ name: chosen })],
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'required', tools: [{ type: 'function', function: { name: chosen } }] },
        },
      }),
    ],
    [
      'old functions',
      request({
        functions: [{ ...definition(marks), name: chosen }],
        function_call: { name: chosen },
        messages: oldConversation(marks),
      }),
    ],
  ];
}
