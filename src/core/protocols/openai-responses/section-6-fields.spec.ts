import { describe, expect, it } from '@jest/globals';
import { decodeResponses, responsesRefusal } from '../../../../test/support/decode-responses.js';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import { checkResponsesRequest } from './check-request.js';

const format = { type: 'json_schema', name: 'n', schema: { type: 'object', required: ['a'] } };
const tool = { type: 'function', name: 'f', parameters: null };
const INPUT_SCHEMA = { type: 'object', properties: {} };
const asked = (fields: object) => decodeResponses(fields).request;
const user = (content: unknown) => ({ role: 'user', content });
const text = (words: string) => ({ type: 'text', text: words });

/** Each row of the fields of openai.md §6: what it becomes of a Messages request. */
const HONOURED: [row: string, fields: object, becomes: object][] = [
  ['model', { model: 'claude-sonnet-5' }, { model: 'claude-sonnet-5' }],
  ['input as text', { input: 'Hello' }, { messages: [user([text('Hello')])] }],
  ['input as items', { input: [{ role: 'user', content: 'Hello' }] }, { messages: [user([text('Hello')])] }],
  ['input of empty text', { input: '' }, { messages: [user('Continue')] }],
  [
    'instructions, before other system texts',
    { instructions: 'One', input: [{ role: 'developer', content: 'Two' }, user('Hi')] },
    { system: [text('One'), text('Two')] },
  ],
  ['tools', { tools: [tool] }, { tools: [{ name: 'f', input_schema: INPUT_SCHEMA }] }],
  ['tool_choice none', { tools: [tool], tool_choice: 'none' }, { tool_choice: { type: 'none' } }],
  ['tool_choice required', { tools: [tool], tool_choice: 'required' }, { tool_choice: { type: 'any' } }],
  [
    'parallel_tool_calls',
    { tools: [tool], parallel_tool_calls: false },
    { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
  ],
  ['max_output_tokens', { max_output_tokens: 16 }, { max_tokens: 16 }],
  ['max_output_tokens as text', { max_output_tokens: '16' }, { max_tokens: 16 }],
  ['no max_output_tokens', {}, { max_tokens: NO_OUTPUT_LIMIT }],
  [
    'text.format json_schema',
    { text: { format } },
    { output_config: { format: { type: 'json_schema', schema: format.schema } } },
  ],
  [
    'text.format json_object',
    { text: { format: { type: 'json_object' } } },
    { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
  ],
  [
    'reasoning.effort',
    { reasoning: { effort: 'high' } },
    { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'high' } },
  ],
  [
    'effort and format',
    { reasoning: { effort: 'low' }, text: { format } },
    { output_config: { effort: 'low', format: { schema: format.schema } } },
  ],
];

const PLAIN = { model: 'm', max_tokens: NO_OUTPUT_LIMIT, messages: [user([text('Hi')])] };

/** What changes nothing of the Messages request. */
const WITHOUT_EFFECT: [row: string, ...samples: object[]][] = [
  ['stream', { stream: true }, { stream: false }, { stream: null }],
  ['stream_options', { stream_options: { include_obfuscation: true } }, { stream_options: null }],
  ['instructions', { instructions: null }, { instructions: '' }],
  ['tools', { tools: [] }, { tools: null }],
  ['tool_choice', { tool_choice: 'auto' }, { tool_choice: null }, { tool_choice: 'none' }],
  ['parallel_tool_calls', { parallel_tool_calls: true }, { parallel_tool_calls: null }, { parallel_tool_calls: false }],
  ['max_output_tokens', { max_output_tokens: null }],
  ['text', { text: {} }, { text: null }, { text: { format: null } }, { text: { format: { type: 'text' } } }],
  ['text.verbosity', { text: { verbosity: 'low' } }, { text: { verbosity: null } }],
  ['reasoning', { reasoning: null }, { reasoning: {} }, { reasoning: { effort: null, summary: null } }],
  ['reasoning.context', { reasoning: { context: 'all_turns' } }],
  ['store', { store: true }, { store: false }, { store: null }],
  ['previous_response_id', { previous_response_id: null }],
  ['conversation', { conversation: null }],
  ['include', { include: [] }, { include: null }, { include: ['message.output_text.logprobs', 'made.up'] }],
  ['background', { background: false }, { background: null }],
  ['prompt', { prompt: null }],
  ['truncation', { truncation: 'auto' }, { truncation: 'disabled' }, { truncation: null }],
  ['max_tool_calls', { max_tool_calls: 3 }],
  ['top_logprobs', { top_logprobs: 5 }],
  ['temperature', { temperature: 0.3 }, { temperature: 7 }, { temperature: '1' }],
  ['top_p', { top_p: 0.3 }],
  ['metadata', { metadata: { a: 'b' } }, { metadata: null }],
  ['user', { user: 'u' }],
  ['service_tier', { service_tier: 'flex' }],
  ['safety_identifier', { safety_identifier: 's' }],
  ['prompt_cache_*', { prompt_cache_key: 'k', prompt_cache_retention: '24h', prompt_cache_options: {} }],
  ['moderation', { moderation: { model: 'm' } }],
  ['context_management', { context_management: [{ type: 'compaction' }] }],
  ['access_programs', { access_programs: {} }],
  ['client_metadata', { client_metadata: { a: 'b' } }],
  ['what is not known', { made_up: { constructor: 1 }, hasOwnProperty: 1 }],
];

const REFUSED: [fields: object, code: string, param: string | undefined, message: string][] = [
  [{ model: undefined }, 'missing_required_parameter', 'model', "Missing required parameter: 'model'."],
  [{ model: 5 }, 'invalid_type', 'model', "Invalid type for 'model': expected a string, but got an integer instead."],
  [
    { model: '' },
    'invalid_value',
    'model',
    "Invalid 'model': expected a string of 1 to 256 characters, but got one of 0.",
  ],
  [{ input: undefined }, 'missing_required_parameter', 'input', "Missing required parameter: 'input'."],
  [{ input: null }, 'missing_required_parameter', 'input', "Missing required parameter: 'input'."],
  [{ input: 5 }, 'invalid_type', 'input', "Invalid type for 'input': expected an array, but got an integer instead."],
  [{ input: [] }, 'invalid_value', 'input', "Invalid 'input': empty array. Expected at least 1 item."],
  [
    { input: [user('a'), 'b'] },
    'invalid_type',
    'input[1]',
    "Invalid type for 'input[1]': expected an object, but got a string instead.",
  ],
  [
    { instructions: [] },
    'invalid_type',
    'instructions',
    "Invalid type for 'instructions': expected a string, but got an array instead.",
  ],
  [
    { stream: 'yes' },
    'invalid_type',
    'stream',
    "Invalid type for 'stream': expected a boolean, but got a string instead.",
  ],
  [
    { stream_options: true },
    'invalid_type',
    'stream_options',
    "Invalid type for 'stream_options': expected an object, but got a boolean instead.",
  ],
  [{ tools: {} }, 'invalid_type', 'tools', "Invalid type for 'tools': expected an array, but got an object instead."],
  [
    { parallel_tool_calls: 1 },
    'invalid_type',
    'parallel_tool_calls',
    "Invalid type for 'parallel_tool_calls': expected a boolean, but got an integer instead.",
  ],
  [
    { max_output_tokens: 0 },
    'invalid_value',
    'max_output_tokens',
    "Invalid 'max_output_tokens': expected a value >= 1, but got 0 instead.",
  ],
  [
    { max_output_tokens: 1.5 },
    'invalid_type',
    'max_output_tokens',
    "Invalid type for 'max_output_tokens': expected an integer, but got a decimal number instead.",
  ],
  [{ text: 'x' }, 'invalid_type', 'text', "Invalid type for 'text': expected an object, but got a string instead."],
  [
    { text: { format: { type: 'yaml' } } },
    'invalid_value',
    'text.format.type',
    "Invalid value for 'text.format.type': 'yaml'. Supported values are: 'text', 'json_object', 'json_schema'.",
  ],
  [
    { text: { format: { ...format, schema: 'x' } } },
    'invalid_type',
    'text.format.schema',
    "Invalid type for 'text.format.schema': expected an object, but got a string instead.",
  ],
  [
    { reasoning: 'high' },
    'invalid_type',
    'reasoning',
    "Invalid type for 'reasoning': expected an object, but got a string instead.",
  ],
  [
    { reasoning: { effort: 3 } },
    'invalid_type',
    'reasoning.effort',
    "Invalid type for 'reasoning.effort': expected a string, but got an integer instead.",
  ],
  [
    { reasoning: { summary: true } },
    'invalid_type',
    'reasoning.summary',
    "Invalid type for 'reasoning.summary': expected a string, but got a boolean instead.",
  ],
  [
    { store: 'yes' },
    'invalid_type',
    'store',
    "Invalid type for 'store': expected a boolean, but got a string instead.",
  ],
  [
    { previous_response_id: 5 },
    'invalid_type',
    'previous_response_id',
    "Invalid type for 'previous_response_id': expected a string, but got an integer instead.",
  ],
  [
    { conversation: 'conv_1' },
    'unsupported_parameter',
    'conversation',
    "Unsupported parameter: 'conversation': conversations are not kept here, send previous_response_id or the whole input.",
  ],
  [
    { conversation: { id: 'conv_1' } },
    'unsupported_parameter',
    'conversation',
    "Unsupported parameter: 'conversation': conversations are not kept here, send previous_response_id or the whole input.",
  ],
  [
    { include: 'all' },
    'invalid_type',
    'include',
    "Invalid type for 'include': expected an array, but got a string instead.",
  ],
  [
    { include: [1] },
    'invalid_type',
    'include[0]',
    "Invalid type for 'include[0]': expected a string, but got an integer instead.",
  ],
  [{ background: true }, 'unsupported_value', 'background', "Unsupported value: 'background' can not be true here."],
  [
    { prompt: { id: 'pmpt_1' } },
    'unsupported_parameter',
    'prompt',
    "Unsupported parameter: 'prompt': prompt templates are not kept here, send instructions and input.",
  ],
  [
    { truncation: 'half' },
    'invalid_value',
    'truncation',
    "Invalid value for 'truncation': 'half'. Supported values are: 'auto', 'disabled'.",
  ],
];

describe('fields of a Responses request (openai.md §6)', () => {
  it.each(HONOURED)('takes over %s', (_row, fields, becomes) => {
    expect(asked(fields)).toMatchObject(becomes);
  });

  it.each(WITHOUT_EFFECT)('asks the model for the same whatever is said of %s', (_row, ...samples) => {
    for (const sample of samples) expect(asked(sample)).toEqual(PLAIN);
  });

  it.each(REFUSED)('refuses %j', (fields, ...told) => {
    expect(responsesRefusal(fields)).toEqual(told);
  });

  it.each([
    [null, 'null'],
    ['text', 'a string'],
    [[], 'an array'],
  ])('refuses the body %j', (body, kind) => {
    const { code, path, message } = refusalOf(() => checkResponsesRequest(body));
    const told = `The request body should be a JSON object, but is ${kind}.`;
    expect([code, path, message]).toEqual(['invalid_type', undefined, told]);
  });

  it('says how the answer is wanted', () => {
    expect(decodeResponses({})).toMatchObject({
      stream: false,
      store: true,
      truncation: 'disabled',
      isCompaction: false,
    });
    expect(decodeResponses({ stream: null, store: null, truncation: null })).toMatchObject({
      stream: false,
      store: true,
    });
    expect(decodeResponses({ stream: true, store: false, truncation: 'auto' })).toMatchObject({
      stream: true,
      store: false,
      truncation: 'auto',
    });
  });

  it('knows the conversation by prompt_cache_key', () => {
    expect(decodeResponses({ prompt_cache_key: 'thread' }).cacheKey).toBe('thread');
    expect(decodeResponses({ prompt_cache_key: null }).cacheKey).toBeUndefined();
  });
});

describe('what the response repeats (openai.md §7)', () => {
  it('is null, or what the original would take, where nothing was said', () => {
    expect(decodeResponses({}).settings).toEqual({
      background: false,
      instructions: null,
      max_output_tokens: null,
      max_tool_calls: null,
      metadata: {},
      model: 'm',
      parallel_tool_calls: true,
      previous_response_id: null,
      prompt_cache_key: null,
      reasoning: { effort: null, summary: null },
      safety_identifier: null,
      service_tier: 'default',
      store: true,
      temperature: null,
      text: { format: { type: 'text' }, verbosity: 'medium' },
      tool_choice: 'auto',
      tools: [],
      top_logprobs: null,
      top_p: null,
      truncation: 'disabled',
      user: null,
    });
  });

  it('is what was said, the tools nobody offers among it', () => {
    const said = {
      instructions: 'Be brief',
      max_output_tokens: 50,
      max_tool_calls: 3,
      metadata: { a: 'b' },
      parallel_tool_calls: false,
      previous_response_id: 'resp_1',
      prompt_cache_key: 'k',
      reasoning: { effort: 'ultra', summary: 'auto' },
      safety_identifier: 's',
      store: false,
      temperature: 0.5,
      text: { format, verbosity: 'low' },
      tool_choice: { type: 'function', name: 'f' },
      tools: [tool, { type: 'web_search' }],
      top_logprobs: 2,
      top_p: 0.5,
      truncation: 'auto',
      user: 'u',
    };
    expect(decodeResponses(said).settings).toEqual({ ...said, model: 'm', background: false, service_tier: 'default' });
  });

  it('repeats nothing of another type than it should be of', () => {
    const odd = { metadata: [], temperature: {}, top_p: 'x', user: 5, max_tool_calls: 'y', top_logprobs: true };
    expect(decodeResponses(odd).settings).toEqual(decodeResponses({}).settings);
  });
});
