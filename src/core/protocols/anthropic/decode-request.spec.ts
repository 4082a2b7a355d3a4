import { describe, expect, it } from '@jest/globals';
import { GatewayError } from '../../errors.js';
import { decodeRequest } from './decode-request.js';

const valid = { model: 'm', max_tokens: 10, messages: [{ role: 'user', content: 'Hi' }] };
const user = (...content: unknown[]) => ({ ...valid, messages: [{ role: 'user', content }] });
const use = { role: 'assistant', content: [{ type: 'tool_use', id: 't1', name: 'f', input: {} }] };
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'ok' }] };
const tool = { name: 'f', input_schema: { type: 'object' } };

function refusal(body: unknown): GatewayError {
  try {
    decodeRequest(body);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('accepted');
}

const secondUse = { role: 'assistant', content: [{ type: 'tool_use', id: 't2', name: 'f', input: {} }] };
const bothResults = { role: 'user', content: ['t1', 't2'].map((id) => ({ type: 'tool_result', tool_use_id: id })) };
const nested = (depth: number): unknown => (depth === 0 ? {} : { a: nested(depth - 1) });

describe('decodeRequest', () => {
  it('takes assistant messages that follow each other as one turn', () => {
    const body = { ...valid, messages: [...valid.messages, use, secondUse, bothResults] };
    expect(decodeRequest(body)).toBe(body);
  });

  it('refuses what is nested too deep before anything recurses over it', () => {
    const tools = (depth: number) => ({
      ...valid,
      tools: [{ name: 'f', input_schema: { type: 'object', properties: nested(depth) } }],
    });
    expect(decodeRequest(tools(190))).toBeDefined();
    expect(refusal(tools(210)).message).toMatch(/^tools: Input is nested more than 200 levels deep$/);
    const endless = JSON.parse(`{"model":"m","max_tokens":1,"messages":${'['.repeat(50_000)}${']'.repeat(50_000)}}`);
    expect(refusal(endless).message).toMatch(/^messages: Input is nested/);
  });

  it.each<[unknown, string]>([
    [
      { type: 'image', source: { type: 'url', url: 'http://x' } },
      "messages.0.content.0.source.type: 'url' is not supported",
    ],
    [
      { type: 'document', source: { type: 'base64', media_type: 'application/pdf', data: 'AA==' } },
      "messages.0.content.0.source.type: 'base64' is not supported",
    ],
    [
      { type: 'document', source: { type: 'content', content: [{ type: 'text' }] } },
      'messages.0.content.0.source.content.0.text: Field required',
    ],
    [{ type: 'document', source: { type: 'content', content: [null] } }, 'messages.0.content.0.source.content.0'],
  ])('names the place of content that cannot be sent: %j', (block, message) => {
    expect(refusal(user(block)).message.slice(0, message.length)).toBe(message);
  });

  it.each<[string, unknown]>([
    ['a plain request', valid],
    ['fields it does not know', { ...valid, something_new: { a: 1 }, context_management: { edits: [] } }],
    [
      'nulls where they mean absent',
      { ...valid, system: null, tools: null, tool_choice: null, temperature: null, stream: null },
    ],
    ['system messages inside messages', { ...valid, messages: [...valid.messages, { role: 'system', content: 'x' }] }],
    [
      'a system message of directives alone',
      { ...valid, messages: [...valid.messages, { role: 'system', output_config: {} }] },
    ],
    ['a tool loop', { ...valid, tools: [tool], messages: [...valid.messages, use, result] }],
    [
      'a tool result in the second of two user messages',
      { ...valid, messages: [...valid.messages, use, valid.messages[0], result] },
    ],
    [
      'a tool result without content',
      {
        ...valid,
        messages: [...valid.messages, use, { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1' }] }],
      },
    ],
    [
      'an empty final assistant message',
      { ...valid, messages: [...valid.messages, { role: 'assistant', content: '' }] },
    ],
    [
      'thinking that was sent back',
      {
        ...valid,
        messages: [
          ...valid.messages,
          {
            role: 'assistant',
            content: [
              { type: 'thinking', thinking: '', signature: '' },
              { type: 'text', text: 'a' },
            ],
          },
        ],
      },
    ],
    ['a large max_tokens', { ...valid, max_tokens: 128_000 }],
  ])('accepts %s and hands it on as it is', (_what, body) => {
    expect(decodeRequest(body)).toBe(body);
  });

  it.each<[unknown, string]>([
    [undefined, 'The request body should be a JSON object'],
    [[], 'The request body should be a JSON object'],
    [{ ...valid, model: undefined }, 'model: Field required'],
    [{ ...valid, max_tokens: undefined }, 'max_tokens: Field required'],
    [{ ...valid, max_tokens: '10' }, 'max_tokens: Input should be a valid integer'],
    [{ ...valid, max_tokens: -1 }, 'max_tokens: Input should be greater than or equal to 0'],
    [{ ...valid, messages: undefined }, 'messages: Field required'],
    [{ ...valid, messages: 'Hi' }, 'messages: Input should be a valid list'],
    [{ ...valid, messages: [] }, 'messages: List should have at least 1 item after validation, not 0'],
    [{ ...valid, messages: [{ role: 'robot', content: 'x' }] }, 'messages.0.role: '],
    [{ ...valid, messages: [{ role: 'user' }] }, 'messages.0.content: Field required'],
    [
      { ...valid, messages: [{ role: 'user', content: 5 }] },
      'messages.0.content: Input should be a valid string or a valid list',
    ],
    [{ ...valid, messages: [{ role: 'user', content: '' }] }, 'messages.0: all messages must have non-empty content'],
    [{ ...valid, messages: [{ role: 'user', content: [] }] }, 'messages.0: all messages must have non-empty content'],
    [user({ type: 'text' }), 'messages.0.content.0.text: Field required'],
    [user({ type: 'text', text: 7 }), 'messages.0.content.0.text: Input should be a valid string'],
    [user({ type: 'text', text: 'a' }, { type: 'hologram' }), 'messages.0.content.1.type: '],
    [
      user({ type: 'image', source: { type: 'base64', media_type: 'image/bmp', data: 'AA==' } }),
      "messages.0.content.0.source.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
    ],
    [{ ...valid, system: 5 }, 'system: Input should be a valid string or a valid list'],
    [{ ...valid, temperature: 2 }, 'temperature: Input should be less than or equal to 1'],
    [{ ...valid, stream: 'yes' }, 'stream: Input should be a valid boolean'],
    [{ ...valid, tools: [{ name: 'f' }] }, 'tools.0.input_schema: Field required'],
    [{ ...valid, tools: [tool, tool] }, 'tools.1.name: Tool names must be unique.'],
    [
      { ...valid, tools: [{ type: 'code_execution_20260120', name: 'x' }] },
      "tools.0.type: the tool type 'code_execution_20260120' is not supported",
    ],
    [{ ...valid, tools: [tool], tool_choice: { type: 'tool', name: 'g' } }, 'tool_choice.name: '],
    [
      { ...valid, messages: [...valid.messages, result] },
      'messages.1.content.0: unexpected `tool_use_id` found in `tool_result` blocks: t1',
    ],
    [
      { ...valid, messages: [...valid.messages, use, result, { role: 'assistant', content: 'a' }, result] },
      'messages.4.content.0: unexpected `tool_use_id`',
    ],
  ])('refuses %j: %s', (body, message) => {
    const error = refusal(body);
    expect(error.kind).toBe('invalid_request');
    expect(error.message.slice(0, message.length)).toBe(message);
  });
});
