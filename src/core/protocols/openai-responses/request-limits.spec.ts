import { describe, expect, it } from '@jest/globals';
import { cpuTimeOf } from '../../../../test/support/cpu-time.js';
import { decodeResponses, responsesRefusal, type Stored } from '../../../../test/support/decode-responses.js';
import { encodeSummary } from './compaction-summary.js';
import { encodeReasoning } from './encrypted-reasoning.js';

const MANY = 100_000;
const many = <T>(make: (index: number) => T): T[] => Array.from({ length: MANY }, (_each, index) => make(index));
const hi = { role: 'user', content: 'Hi' };
const answered = { id: 'msg_1', type: 'message', role: 'assistant', content: 'Yes' };
const blob = encodeReasoning([{ type: 'thinking', thinking: 'Hm', signature: 's' }]);
const summary = encodeSummary('We met.');
const call = (index: number) => ({
  type: 'function_call',
  call_id: `call_${index}`,
  name: `f ${index % 10_000}`,
  arguments: '{}',
});
const output = (index: number) => ({ type: 'function_call_output', call_id: `call_${index}`, output: 'x' });

/** Milliseconds. Linear work takes a tenth of it, a quadratic walk minutes. */
const LONGEST = 3_000;

const HEAVY: [row: string, fields: object, stored?: Stored][] = [
  ['messages', { input: many(() => hi) }],
  ['messages that take turns', { input: many((index) => (index % 2 ? answered : hi)) }],
  ['calls with outputs', { input: many((index) => (index % 2 ? output(index - 1) : call(index))) }],
  ['calls, then outputs', { input: many((index) => (index < MANY / 2 ? call(index) : output(index - MANY / 2))) }],
  ['calls of one id', { input: many((index) => (index % 2 ? output(0) : call(0))) }],
  [
    'outputs before their calls',
    { input: many((index) => (index < MANY / 2 ? output(index) : call(index - MANY / 2))) },
  ],
  ['calls alone', { input: many(call) }],
  ['outputs alone', { input: many(output) }],
  ['system messages', { input: many(() => ({ role: 'developer', content: 'x' })) }],
  ['parts of one message', { input: [{ role: 'user', content: many(() => ({ type: 'input_text', text: 'x' })) }] }],
  ['reasoning', { input: many(() => ({ type: 'reasoning', encrypted_content: blob })) }],
  ['summaries', { input: many(() => ({ type: 'compaction', encrypted_content: summary })) }],
  ['settings', { input: many(() => ({ type: 'configuration_update', reasoning: { effort: 'low' } })) }],
  [
    'searches',
    {
      input: many((index) => ({
        type: 'tool_search_output',
        call_id: `call_${index}`,
        tools: [{ type: 'function', name: 'f' }],
      })),
    },
  ],
  [
    'lists of one tool',
    { input: many(() => ({ type: 'additional_tools', tools: [{ type: 'function', name: 'f' }] })) },
  ],
  [
    'namespaces',
    {
      input: many((index) => ({
        type: 'additional_tools',
        tools: [{ type: 'namespace', name: `n${index}`, description: 'x', tools: [] }],
      })),
    },
  ],
  ['notes', { input: many(() => ({ type: 'web_search_call', action: { query: 'x' } })) }],
  ['what is not known', { input: many(() => ({ type: 'made_up' })) }],
  ['references', { input: many(() => ({ id: 'msg_1' })) }, { items: [answered] }],
  ['missing references', { input: many((index) => ({ id: `rs_${index}` })) }],
  ['earlier items', { input: 'Hi' }, { previous: many((index) => (index % 2 ? answered : hi)).slice(1) }],
  [
    'earlier summaries',
    { input: 'Hi' },
    {
      previous: many((index) =>
        index % 2 ? { type: 'compaction', encrypted_content: summary } : { type: 'compaction_trigger' },
      ),
    },
  ],
  ['hosted tools', { tools: many(() => ({ type: 'web_search' })) }],
  [
    'tools that are not known, allowed',
    {
      tools: [{ type: 'function', name: 'f' }],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: many(() => ({ type: 'web_search' })) },
    },
  ],
  [
    'allowed namespaces, of many tools',
    {
      tools: Array.from({ length: 9_000 }, (_each, index) => ({ type: 'function', name: `f${index}` })),
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: many(() => ({ type: 'namespace', name: 'n' })) },
      input: [
        {
          type: 'additional_tools',
          tools: [{ type: 'namespace', name: 'n', tools: [{ type: 'function', name: 'f' }] }],
        },
        hi,
      ],
    },
  ],
  [
    'allowed tools of a namespace, of many tools',
    {
      tools: [
        {
          type: 'namespace',
          name: 'n',
          tools: Array.from({ length: 9_000 }, (_each, index) => ({ type: 'function', name: `f${index}` })),
        },
      ],
      tool_choice: { type: 'allowed_tools', mode: 'auto', tools: many(() => ({ type: 'function', name: 'f8999' })) },
    },
  ],
  ['includes', { include: many(() => 'reasoning.encrypted_content') }],
];

describe('a request of 100,000', () => {
  it.each(HEAVY)('%s takes no quadratic time', (_row, ...request) => {
    expect(cpuTimeOf(() => void decodeResponses(...request))).toBeLessThan(LONGEST);
  });
});

describe('limits of a request', () => {
  it('has no more than 100,000 items', () => {
    expect(responsesRefusal({ input: [...many(() => hi), hi] })).toEqual([
      'invalid_value',
      'input',
      "Invalid 'input': array too long. Expected at most 100000 items, but got 100001.",
    ]);
  });

  it('has no more with what was said before', () => {
    expect(responsesRefusal({ input: [hi] }, { previous: many(() => hi) })).toEqual([
      'invalid_value',
      'input',
      "Invalid 'input': with those of previous_response_id, expected at most 100000 items, but got 100001.",
    ]);
  });

  it('has no stored item so often that it would be more than a request may be', () => {
    const long = { ...answered, content: 'x'.repeat(1_000_000) };
    const input = (times: number) => Array.from({ length: times }, () => ({ id: 'msg_1' }));
    expect(decodeResponses({ input: input(10) }, { items: [long] }).newItems).toHaveLength(10);
    expect(responsesRefusal({ input: input(12) }, { items: [long] })).toEqual([
      'invalid_value',
      'input[10]',
      "Invalid 'input[10]': items that were stored once stand here again, together more than 10000000 characters.",
    ]);
    expect(responsesRefusal({ input: 'Hi' }, { previous: Array(12).fill(long) })[1]).toBe('previous_response_id');
  });

  it('names no more than 10,000 tools, offered ones and those of earlier calls together', () => {
    const tools = many((index) => ({ type: 'function', name: `f${index}` }));
    expect(responsesRefusal({ tools }).slice(0, 2)).toEqual(['invalid_value', 'tools']);
    const input = [
      { type: 'additional_tools', tools: tools.slice(0, 9_000) },
      { type: 'additional_tools', tools: tools.slice(9_000, 11_000) },
    ];
    expect(responsesRefusal({ input }).slice(0, 2)).toEqual(['invalid_value', 'input[1].tools']);
    const calls = many((index) => ({ ...call(index), name: `f${index}` }));
    expect(responsesRefusal({ tools: tools.slice(0, 9_000), input: calls })).toEqual([
      'invalid_value',
      'input[10000].name',
      "Invalid 'input[10000].name': more than 10000 different tools.",
    ]);
  });

  it('is nested no deeper than is safe, its arguments neither', () => {
    const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;
    expect(responsesRefusal({ input: JSON.parse(deep(10_000)) }).slice(0, 2)).toEqual(['invalid_value', 'input']);
    const text = `{"a":${deep(100_000)}}`;
    const { messages } = decodeResponses({ input: [hi, { ...call(1), arguments: text }] }).request;
    expect(messages[1]?.content).toMatchObject([{ input: { arguments: text } }]);
  });
});
