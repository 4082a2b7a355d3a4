import { describe, expect, it } from '@jest/globals';
import { NO_OUTPUT_LIMIT } from '../../messages/no-output-limit.js';
import type { MessagesRequest } from '../../messages/vocabulary.js';
import type { UpstreamModel } from '../../models/upstream-model.js';
import type { RequestChange } from '../../pool/failure.js';
import { encodeRequest } from './encode-request.js';

const MODEL: UpstreamModel = { id: 'claude-sonnet-5' };
const THINKER: UpstreamModel = {
  id: 'claude-opus-5',
  maxOutputTokens: 64_000,
  requestFieldsSchema: {
    properties: {
      thinking: { properties: { type: { enum: ['adaptive', 'disabled'] } } },
      output_config: { properties: { effort: { enum: ['low', 'medium', 'high'] } } },
    },
  },
};
const FORMAT = { type: 'json_schema', schema: { type: 'object' } } as const;

function encode(
  fields: object,
  {
    model = MODEL,
    changes = [],
    isClients = false,
  }: { model?: UpstreamModel; changes?: RequestChange[]; isClients?: boolean } = {},
) {
  const request = { model: 'asked', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], ...fields };
  return encodeRequest(request as MessagesRequest, { model, changes: new Set(changes), isClients });
}

describe('encodeRequest', () => {
  it('asks for a stream of the endpoint’s own model, everything else as it is', () => {
    const fields = {
      stop_sequences: ['x'],
      tool_choice: { type: 'none' },
      tools: [],
      output_config: { format: FORMAT },
    };
    expect(encode(fields)).toEqual({
      ...{ model: 'claude-sonnet-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], stream: true },
      ...fields,
    });
  });

  it.each([
    ['what was asked for', MODEL, 100, 100],
    ['what was asked for, whatever it is, of an unknown model', MODEL, 999_999, 999_999],
    ['what the model can at most', THINKER, 128_000, 64_000],
    ['what the model can at most, for a client without a limit', THINKER, NO_OUTPUT_LIMIT, 64_000],
    ['what every model can, for a client without a limit', MODEL, NO_OUTPUT_LIMIT, 32_000],
  ])('limits the output to %s', (_what, model, max_tokens, expected) => {
    expect(encode({ max_tokens }, { model }).max_tokens).toBe(expected);
  });

  it('says of thinking and effort what the model takes', () => {
    const fields = { thinking: { type: 'adaptive' }, output_config: { effort: 'max', format: FORMAT } };
    expect(encode(fields, { model: THINKER })).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high', format: FORMAT },
    });
    const { thinking, output_config } = encode(fields);
    expect({ thinking, output_config }).toEqual({ thinking: undefined, output_config: { format: FORMAT } });
  });

  it('does not ask for thinking beside a demanded tool', () => {
    const fields = { thinking: { type: 'adaptive' }, tool_choice: { type: 'any' } };
    expect(encode(fields, { model: THINKER })).not.toHaveProperty('thinking');
  });

  it('leaves what a client of the same API says', () => {
    const fields = {
      thinking: { type: 'enabled', budget_tokens: 2000 },
      output_config: { effort: 'xhigh' },
      new_field: 1,
    };
    expect(encode(fields, { isClients: true })).toMatchObject(fields);
  });

  it('leaves out thinking that was refused', () => {
    const thinking = { type: 'thinking', thinking: 'a', signature: 'b' };
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: [thinking, { type: 'text', text: 'Ho' }] },
      { role: 'assistant', content: [thinking, { type: 'redacted_thinking', data: 'x' }] },
      { role: 'user', content: [] },
    ];
    expect(encode({ messages }, { changes: ['without-thinking'] }).messages).toEqual([
      messages[0],
      { role: 'assistant', content: [{ type: 'text', text: 'Ho' }] },
      messages[3],
    ]);
  });

  it('leaves out schemas that were refused', () => {
    const tools = [{ name: 'f', input_schema: { type: 'object' }, strict: true }];
    const fields = { tools, output_config: { format: FORMAT } };
    const encoded = encode(fields, { changes: ['reduced-schemas'] });
    expect(encoded.tools).toEqual([{ name: 'f', input_schema: { type: 'object' } }]);
    expect(encoded).not.toHaveProperty('output_config');
    expect(tools[0]).toHaveProperty('strict');
  });
});
