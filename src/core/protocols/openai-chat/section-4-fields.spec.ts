import { describe, expect, it } from '@jest/globals';
import { refusalOf } from '../../../../test/support/refusal-of.js';
import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import { decodeRequest } from '../anthropic/decode-request.js';
import { errorObject } from '../openai/encode-error.js';
import { decodeChatRequest } from './decode-request.js';
import { ignoredFieldsOf } from './ignored-fields.js';

const valid = { model: 'm', messages: [{ role: 'user', content: 'Hi' }] };
const weather = {
  type: 'function',
  function: { name: 'weather', description: 'Tells it', parameters: { type: 'object' } },
};
const functionNamed = (name: string) => ({ type: 'function', function: { name } });
const clock = functionNamed('clock');
const patch = { type: 'custom', custom: { name: 'patch', description: 'Changes files' } };

/** What the body becomes; every request that is taken is one that the Messages side takes too. */
function decoded(fields: object) {
  const chat = decodeChatRequest({ ...valid, ...fields });
  expect(decodeRequest(chat.request)).toBe(chat.request);
  return chat;
}

function refused(fields: object): [code: string, param: string | null] {
  const { code, param, type } = errorObject(refusalOf(() => decodeChatRequest({ ...valid, ...fields })));
  expect(type).toBe('invalid_request_error');
  return [code, param];
}

/** What a row says is not there, is not. */
const NOTHING = { stop_sequences: undefined, temperature: undefined, tools: undefined, system: undefined };

function inShort(fields: object): string {
  const json = JSON.stringify(fields, (_key, value) => (value === undefined ? 'undefined' : value));
  return json.length > 200 ? `${json.slice(0, 200)}…` : json;
}

type Case = [fields: object, code: string, param: string];

/** Each row of the field table of openai.md §4: what is taken and becomes of it, and what is refused with which code. */
const ROWS: [row: string, taken: [fields: object, request: object][], refusals: Case[]][] = [
  [
    'model',
    [[{ model: 'gpt-5' }, { model: 'gpt-5' }]],
    [
      [{ model: undefined }, 'missing_required_parameter', 'model'],
      [{ model: 5 }, 'invalid_type', 'model'],
      [{ model: '' }, 'invalid_value', 'model'],
      [{ model: 'm'.repeat(257) }, 'invalid_value', 'model'],
    ],
  ],
  [
    'messages',
    [[{}, { messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }] }]],
    [
      [{ messages: undefined }, 'missing_required_parameter', 'messages'],
      [{ messages: 'Hi' }, 'invalid_type', 'messages'],
      [{ messages: [] }, 'invalid_value', 'messages'],
      [{ messages: Array(100_001).fill(valid.messages[0]) }, 'invalid_value', 'messages'],
      [{ messages: ['Hi'] }, 'invalid_type', 'messages[0]'],
    ],
  ],
  [
    'stream',
    [
      [{ stream: true }, { stream: true }],
      [{ stream: null }, { stream: false }],
    ],
    [[{ stream: 'yes' }, 'invalid_type', 'stream']],
  ],
  [
    'stream_options.include_usage',
    [
      [{ stream: true, stream_options: { include_usage: true } }, {}],
      [{ stream_options: null }, {}],
    ],
    [
      [{ stream_options: { include_usage: 'yes' } }, 'invalid_type', 'stream_options.include_usage'],
      [{ stream_options: true }, 'invalid_type', 'stream_options'],
    ],
  ],
  ['stream_options.include_obfuscation', [[{ stream_options: { include_obfuscation: 5 } }, {}]], []],
  [
    'max_completion_tokens, max_tokens',
    [
      [{}, { max_tokens: NO_OUTPUT_LIMIT }],
      [{ max_tokens: 5 }, { max_tokens: 5 }],
      [{ max_completion_tokens: 7 }, { max_tokens: 7 }],
      [{ max_completion_tokens: 7, max_tokens: 5 }, { max_tokens: 7 }],
      [{ max_completion_tokens: null, max_tokens: 5 }, { max_tokens: 5 }],
      [{ max_tokens: null }, { max_tokens: NO_OUTPUT_LIMIT }],
    ],
    [
      [{ max_tokens: 0 }, 'invalid_value', 'max_tokens'],
      [{ max_completion_tokens: -1 }, 'invalid_value', 'max_completion_tokens'],
      [{ max_completion_tokens: 7, max_tokens: 0 }, 'invalid_value', 'max_tokens'],
      [{ max_tokens: 1.5 }, 'invalid_type', 'max_tokens'],
      [{ max_tokens: {} }, 'invalid_type', 'max_tokens'],
    ],
  ],
  [
    'stop',
    [
      [{ stop: 'END' }, { stop_sequences: ['END'] }],
      [{ stop: ['a', 'b', 'c', 'd'] }, { stop_sequences: ['a', 'b', 'c', 'd'] }],
      [{ stop: null }, { stop_sequences: undefined }],
      [{ stop: [] }, { stop_sequences: undefined }],
    ],
    [
      [{ stop: '' }, 'invalid_value', 'stop'],
      [{ stop: ['a', ''] }, 'invalid_value', 'stop[1]'],
      [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'invalid_value', 'stop'],
      [{ stop: 5 }, 'invalid_type', 'stop'],
      [{ stop: [5] }, 'invalid_type', 'stop[0]'],
    ],
  ],
  [
    'temperature, top_p, presence_penalty, frequency_penalty',
    [
      [{ temperature: 2, top_p: 0, presence_penalty: -2, frequency_penalty: 2 }, { temperature: undefined }],
      [{ temperature: null, top_p: null, presence_penalty: null, frequency_penalty: null }, {}],
    ],
    [
      [{ temperature: 2.1 }, 'invalid_value', 'temperature'],
      [{ temperature: -0.1 }, 'invalid_value', 'temperature'],
      [{ temperature: 'hot' }, 'invalid_type', 'temperature'],
      [{ top_p: 1.1 }, 'invalid_value', 'top_p'],
      [{ presence_penalty: -2.1 }, 'invalid_value', 'presence_penalty'],
      [{ frequency_penalty: 2.1 }, 'invalid_value', 'frequency_penalty'],
    ],
  ],
  [
    'what is ignored at any value',
    [
      [
        {
          seed: 'x',
          logit_bias: 5,
          user: {},
          safety_identifier: 5,
          metadata: 'x',
          store: 'x',
          service_tier: 5,
          verbosity: 5,
          prompt_cache_key: 5,
          prompt_cache_options: 5,
          prompt_cache_retention: 5,
          prediction: 5,
          web_search_options: 5,
          moderation: 5,
        },
        {},
      ],
    ],
    [],
  ],
  [
    'n',
    [
      [{ n: 1 }, {}],
      [{ n: null }, {}],
    ],
    [
      [{ n: 2 }, 'unsupported_value', 'n'],
      [{ n: 0 }, 'unsupported_value', 'n'],
      [{ n: 'many' }, 'invalid_type', 'n'],
    ],
  ],
  [
    'logprobs, top_logprobs',
    [
      [{ logprobs: false, top_logprobs: 0 }, {}],
      [{ logprobs: null, top_logprobs: null }, {}],
    ],
    [
      [{ logprobs: true }, 'unsupported_parameter', 'logprobs'],
      [{ top_logprobs: 1 }, 'unsupported_parameter', 'top_logprobs'],
      [{ logprobs: 'x' }, 'invalid_type', 'logprobs'],
      [{ top_logprobs: 'x' }, 'invalid_type', 'top_logprobs'],
    ],
  ],
  [
    'modalities, audio',
    [
      [{ modalities: ['text'], audio: null }, {}],
      [{ modalities: null }, {}],
    ],
    [
      [{ modalities: ['text', 'audio'] }, 'unsupported_value', 'modalities'],
      [{ audio: { voice: 'x', format: 'wav' } }, 'unsupported_value', 'modalities'],
      [{ modalities: 'text' }, 'invalid_type', 'modalities'],
    ],
  ],
  [
    'tools',
    [
      [
        { tools: [weather] },
        { tools: [{ name: 'weather', description: 'Tells it', input_schema: { type: 'object' } }] },
      ],
      [{ tools: [clock] }, { tools: [{ name: 'clock', input_schema: { type: 'object' } }] }],
      [
        { tools: [{ type: 'function', function: { name: 'f', description: null, parameters: null, strict: null } }] },
        {},
      ],
      [
        {
          tools: [
            { type: 'function', function: { name: 'f', strict: true, parameters: { $schema: 'x', type: 'object' } } },
          ],
        },
        { tools: [{ name: 'f', input_schema: { type: 'object' } }] },
      ],
      [{ tools: [patch] }, { tools: [{ name: 'patch' }] }],
      [{ tools: [{ type: 'web_search' }, weather] }, { tools: [{ name: 'weather' }] }],
      [{ tools: [] }, { tools: undefined }],
      [{ tools: null }, { tools: undefined }],
    ],
    [
      [{ tools: {} }, 'invalid_type', 'tools'],
      [{ tools: ['f'] }, 'invalid_type', 'tools[0]'],
      [{ tools: [{ name: 'f', input_schema: {} }] }, 'missing_required_parameter', 'tools[0].type'],
      [{ tools: [{ type: 'function', name: 'f' }] }, 'missing_required_parameter', 'tools[0].function'],
      [
        { tools: [weather, { type: 'function', function: {} }] },
        'missing_required_parameter',
        'tools[1].function.name',
      ],
      [{ tools: [{ type: 'function', function: { name: '' } }] }, 'invalid_value', 'tools[0].function.name'],
      [
        { tools: [{ type: 'function', function: { name: 'f', parameters: 'x' } }] },
        'invalid_type',
        'tools[0].function.parameters',
      ],
      [
        { tools: [{ type: 'function', function: { name: 'f', strict: 'x' } }] },
        'invalid_type',
        'tools[0].function.strict',
      ],
      [{ tools: [{ type: 'custom' }] }, 'missing_required_parameter', 'tools[0].custom'],
      [{ tools: [{ type: 'custom', custom: { name: 5 } }] }, 'invalid_type', 'tools[0].custom.name'],
      [{ tools: Array.from({ length: 10_001 }, (_, n) => functionNamed(`f${n}`)) }, 'invalid_value', 'tools'],
    ],
  ],
  [
    'functions, function_call',
    [
      [
        { functions: [{ name: 'f', parameters: { type: 'object' } }] },
        { tools: [{ name: 'f' }], tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
      ],
      [
        { functions: [{ name: 'f' }], function_call: { name: 'f' } },
        { tool_choice: { type: 'tool', name: 'f', disable_parallel_tool_use: true } },
      ],
      [{ functions: [{ name: 'f' }], function_call: 'none' }, { tool_choice: { type: 'none' } }],
      [{ functions: null, function_call: null }, { tools: undefined }],
    ],
    [
      [{ functions: {} }, 'invalid_type', 'functions'],
      [{ functions: [{}] }, 'missing_required_parameter', 'functions[0].name'],
      [{ functions: [{ name: 'f' }], function_call: 'sometimes' }, 'invalid_value', 'function_call'],
      [{ functions: [{ name: 'f' }], function_call: { name: 'g' } }, 'invalid_value', 'function_call'],
      [{ functions: [{ name: 'f' }], function_call: {} }, 'missing_required_parameter', 'function_call.name'],
    ],
  ],
  [
    'tool_choice',
    [
      [{ tools: [weather], tool_choice: 'auto' }, {}],
      [{ tools: [weather], tool_choice: null }, {}],
      [{ tools: [weather], tool_choice: 'none' }, { tool_choice: { type: 'none' } }],
      [{ tools: [weather], tool_choice: 'required' }, { tool_choice: { type: 'any' } }],
      [
        { tools: [weather, clock], tool_choice: { type: 'function', function: { name: 'clock' } } },
        { tool_choice: { type: 'tool', name: 'clock' } },
      ],
      [
        { tools: [weather, patch], tool_choice: { type: 'custom', custom: { name: 'patch' } } },
        { tool_choice: { type: 'tool', name: 'patch' } },
      ],
      [
        {
          tools: [weather, clock, patch],
          tool_choice: {
            type: 'allowed_tools',
            allowed_tools: { mode: 'required', tools: [clock, { type: 'custom', custom: { name: 'patch' } }] },
          },
        },
        { tools: [{ name: 'clock' }, { name: 'patch' }], tool_choice: { type: 'any' } },
      ],
    ],
    [
      [{ tools: [weather], tool_choice: 'perhaps' }, 'invalid_value', 'tool_choice'],
      [{ tools: [weather], tool_choice: 5 }, 'invalid_type', 'tool_choice'],
      [
        { tools: [weather], tool_choice: { type: 'function', function: { name: 'x' } } },
        'invalid_value',
        'tool_choice',
      ],
      [{ tools: [weather], tool_choice: { type: 'web_search' } }, 'unsupported_value', 'tool_choice'],
      [{ tools: [weather], tool_choice: { type: 'function' } }, 'missing_required_parameter', 'tool_choice.function'],
      [
        { tools: [weather], tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [clock] } } },
        'invalid_value',
        'tool_choice',
      ],
      [{ tool_choice: 'required' }, 'invalid_value', 'tool_choice'],
    ],
  ],
  [
    'parallel_tool_calls',
    [
      [{ tools: [weather], parallel_tool_calls: false }, { tool_choice: { disable_parallel_tool_use: true } }],
      [{ tools: [weather], parallel_tool_calls: true }, {}],
      [{ tools: [weather], parallel_tool_calls: null }, {}],
      [{ parallel_tool_calls: false }, {}],
    ],
    [[{ parallel_tool_calls: 'x' }, 'invalid_type', 'parallel_tool_calls']],
  ],
  [
    'response_format',
    [
      [{ response_format: { type: 'text' } }, {}],
      [{ response_format: null }, {}],
      [
        { response_format: { type: 'json_object' } },
        { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      ],
      [
        {
          response_format: { type: 'json_schema', json_schema: { name: 'x', schema: { type: 'array' }, strict: null } },
        },
        { output_config: { format: { type: 'json_schema', schema: { type: 'array' } } } },
      ],
    ],
    [
      [{ response_format: 'json' }, 'invalid_type', 'response_format'],
      [{ response_format: {} }, 'missing_required_parameter', 'response_format.type'],
      [{ response_format: { type: 'xml' } }, 'invalid_value', 'response_format.type'],
      [{ response_format: { type: 'json_schema' } }, 'missing_required_parameter', 'response_format.json_schema'],
      [
        { response_format: { type: 'json_schema', json_schema: { name: 'x', schema: 'y' } } },
        'invalid_type',
        'response_format.json_schema.schema',
      ],
    ],
  ],
  [
    'reasoning_effort',
    [
      [{ reasoning_effort: 'none' }, { thinking: { type: 'disabled' } }],
      [{ reasoning_effort: 'minimal' }, { output_config: { effort: 'low' } }],
      ...['low', 'medium', 'high', 'xhigh', 'max'].map((effort): [object, object] => [
        { reasoning_effort: effort },
        { output_config: { effort } },
      ]),
      [{ reasoning_effort: 'ultra' }, { output_config: { effort: 'max' } }],
      [{ reasoning_effort: 'of a later day' }, {}],
      [{ reasoning_effort: null }, {}],
      [
        { reasoning_effort: 'low', response_format: { type: 'json_object' } },
        { output_config: { effort: 'low', format: { type: 'json_schema' } } },
      ],
    ],
    [[{ reasoning_effort: 5 }, 'invalid_type', 'reasoning_effort']],
  ],
  ['anything unknown', [[{ mine: 1, thinking: { type: 'enabled' }, system: 5, top_k: -1 }, { system: undefined }]], []],
];

describe('openai.md §4, a row of the fields', () => {
  describe.each(ROWS)('%s', (_row, taken, refusals) => {
    for (const [fields, request] of taken) {
      it(`takes ${inShort(fields)}`, () => {
        expect({ ...NOTHING, ...decoded(fields).request }).toMatchObject(request);
      });
    }
    for (const [fields, code, param] of refusals) {
      it(`refuses ${inShort(fields)} with ${code} for ${param}`, () => {
        expect(refused(fields)).toEqual([code, param]);
      });
    }
  });

  it('leaves nothing of what it ignores in the request', () => {
    const [, [[fields] = [{}]] = []] = ROWS.find(([row]) => row.startsWith('what is ignored')) ?? [];
    expect(decoded(fields).request).toEqual(decoded({}).request);
    expect(ignoredFieldsOf({ ...valid, ...fields })).toHaveLength(Object.keys(fields).length);
  });

  it('tells how the client wants its answer', () => {
    expect(decoded({})).toMatchObject({ stream: false, includeUsage: false, isLegacy: false, cacheKey: undefined });
    expect(decoded({ stream: true, stream_options: { include_usage: true }, prompt_cache_key: 'k' })).toMatchObject({
      stream: true,
      includeUsage: true,
      cacheKey: 'k',
    });
    expect(decoded({ functions: [{ name: 'f' }] }).isLegacy).toBe(true);
    expect(decoded({ functions: [{ name: 'f' }], tools: [clock] }).isLegacy).toBe(false);
    expect(decoded({ functions: [] }).isLegacy).toBe(false);
  });

  it.each([undefined, null, 'x', 5, [valid]])('takes no body that is %j', (body) => {
    expect(errorObject(refusalOf(() => decodeChatRequest(body))).code).toBe('invalid_type');
  });

  it.each(['constructor', '__proto__', 'toString'])('takes a tool named %s', (name) => {
    const tools = [{ type: 'function', function: { name } }];
    const messages = [
      ...valid.messages,
      { role: 'assistant', tool_calls: [{ id: 'call_1', type: 'function', function: { name, arguments: '{}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'ok' },
    ];
    const chat = decoded({ tools, messages, tool_choice: { type: 'function', function: { name } } });
    const [offered] = chat.request.tools ?? [];
    expect(chat.tools.find((offered as { name: string }).name)).toEqual({ kind: 'function', name });
  });

  it('refuses what is nested too deep, and does not fall over it', () => {
    let parameters: object = { type: 'object' };
    for (let depth = 0; depth < 20_000; depth++) parameters = { not: parameters };
    const [code, param] = refused({ tools: [{ type: 'function', function: { name: 'f', parameters } }] });
    expect([code, param?.startsWith('tools')]).toEqual(['invalid_value', true]);
  });
});
