import { describe, expect, it } from '@jest/globals';
import { decodeResponses, responsesRefusal } from '../../../../test/support/decode-responses.js';
import { decodeRequest } from '../anthropic/decode-request.js';
import { SUMMARIZE } from './compaction-summary.js';
import { encodeReasoning } from './encrypted-reasoning.js';

const text = (words: string) => ({ type: 'text', text: words });
const said = (role: string, words: string) => ({
  type: 'message',
  role,
  content: [{ type: role === 'assistant' ? 'output_text' : 'input_text', text: words }],
});
const shell = { type: 'function', name: 'exec_command', strict: false, parameters: { type: 'object', properties: {} } };
const agents = {
  type: 'namespace',
  name: 'multi_agent_v1',
  description: 'Agents.',
  tools: [{ ...shell, name: 'spawn' }],
};

/** What Codex sends with every turn (openai.md §11). */
const TURN = {
  model: 'claude-sonnet-5',
  input: [said('developer', 'You are a coding agent.'), said('user', 'Fix it')],
  tools: [shell, agents, { type: 'web_search', external_web_access: false }],
  tool_choice: 'auto',
  parallel_tool_calls: true,
  reasoning: { summary: 'auto' },
  store: false,
  stream: true,
  include: ['reasoning.encrypted_content'],
  prompt_cache_key: '0199a213-81c0-7800-8aa1-bbab2a035a53',
  client_metadata: { 'x-codex-turn-metadata': '{}' },
};

describe('requests of Codex (openai.md §11)', () => {
  it('are understood', () => {
    const { request, ...decoded } = decodeResponses(TURN);
    expect(request).toMatchObject({
      model: 'claude-sonnet-5',
      system: [text('You are a coding agent.'), { type: 'text' }],
      messages: [{ role: 'user', content: [text('Fix it')] }],
      tools: [{ name: 'exec_command' }, { name: 'multi_agent_v1__spawn' }],
      thinking: { type: 'adaptive', display: 'summarized' },
    });
    expect(request.tool_choice).toBeUndefined();
    expect(decoded).toMatchObject({
      store: false,
      stream: true,
      showsSummary: true,
      includesEncryptedReasoning: true,
      isCompaction: false,
      cacheKey: TURN.prompt_cache_key,
    });
    expect(decodeRequest(request)).toBe(request);
  });

  it('of the newest models bring their tools in an item', () => {
    const tools = [
      {
        type: 'namespace',
        name: 'functions',
        tools: [
          { type: 'custom', name: 'exec' },
          { ...shell, name: 'wait' },
        ],
      },
      { type: 'namespace', name: 'clock', tools: [{ ...shell, name: 'now' }] },
    ];
    const input = [{ type: 'additional_tools', role: 'developer', tools }, ...TURN.input];
    const { request, tools: known } = decodeResponses({ ...TURN, tools: undefined, parallel_tool_calls: false, input });
    expect(request).toMatchObject({
      tools: [{ name: 'functions__exec' }, { name: 'functions__wait' }, { name: 'clock__now' }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
    });
    expect(known.find('functions__exec')).toEqual({ kind: 'custom', name: 'exec', namespace: 'functions' });
  });

  it('come back with the whole history: thinking, calls and their outputs', () => {
    const thinking = { type: 'thinking' as const, thinking: 'Hm', signature: 's' };
    const { messages } = decodeResponses({
      ...TURN,
      input: [
        ...TURN.input,
        { type: 'reasoning', summary: [], content: null, encrypted_content: encodeReasoning([thinking]) },
        { type: 'function_call', name: 'exec_command', arguments: '{"cmd":"ls"}', call_id: 'call_1' },
        { type: 'custom_tool_call', name: 'apply_patch', input: '***', call_id: 'call_2', status: 'completed' },
        { type: 'function_call_output', call_id: 'call_1', output: 'a.txt' },
        { type: 'custom_tool_call_output', call_id: 'call_2', output: 'Done' },
      ],
    }).request;
    expect(messages).toEqual([
      { role: 'user', content: [text('Fix it')] },
      {
        role: 'assistant',
        content: [
          thinking,
          { type: 'tool_use', id: 'call_1', name: 'exec_command', input: { cmd: 'ls' } },
          { type: 'tool_use', id: 'call_2', name: 'apply_patch', input: { input: '***' } },
        ],
      },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'call_1', content: [text('a.txt')] },
          { type: 'tool_result', tool_use_id: 'call_2', content: [text('Done')] },
        ],
      },
    ]);
  });

  it('have an effort that only Codex knows', () => {
    expect(decodeResponses({ ...TURN, reasoning: { effort: 'ultra' } }).request.output_config).toEqual({
      effort: 'max',
    });
  });
});

describe('a request for compaction (openai.md §11)', () => {
  const trigger = { type: 'compaction_trigger' };
  const compaction = (fields: object) => decodeResponses({ ...TURN, input: [...TURN.input, trigger], ...fields });

  it('asks for a summary, and for no thinking, format or call', () => {
    const { request, isCompaction } = compaction({
      text: { format: { type: 'json_object' } },
      tool_choice: 'required',
    });
    expect(isCompaction).toBe(true);
    expect(request.messages).toEqual([{ role: 'user', content: [text('Fix it'), text(SUMMARIZE)] }]);
    expect(request).toMatchObject({ tool_choice: { type: 'none' } });
    expect([request.thinking, request.output_config]).toEqual([undefined, undefined]);
    expect(decodeRequest(request)).toBe(request);
  });

  it('may be of nothing but what was said before', () => {
    const { request, isCompaction } = decodeResponses({ input: [trigger] }, { previous: [said('user', 'Hi')] });
    expect(isCompaction).toBe(true);
    expect(request.messages).toEqual([{ role: 'user', content: [text('Hi'), text(SUMMARIZE)] }]);
  });

  it('is one by its last item alone', () => {
    expect(decodeResponses({ input: [said('user', 'Hi'), trigger, said('user', 'And?')] })).toMatchObject({
      isCompaction: false,
      request: { messages: [{ role: 'user', content: [text('Hi'), text('And?')] }] },
    });
  });

  it('is checked as any other', () => {
    expect(responsesRefusal({ input: [{ role: 'critic' }, trigger] })[1]).toBe('input[0].role');
  });
});
