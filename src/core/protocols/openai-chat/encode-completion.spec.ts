import { describe, expect, it } from '@jest/globals';
import { messageOf, readChatStream } from '../../../../test/support/chat-streams.js';
import { begin, end, foldInOrder, text, thinking, toolUse } from '../../../../test/support/messages-events.js';
import type { Message, MessagesEvent } from '../../messages/vocabulary.js';
import { ClientTools } from '../openai/client-tools.js';
import type { AnswerForm } from './chat-request.js';
import { ChatStreamCodec } from './chat-stream-codec.js';
import { completionHead } from './completion-head.js';
import { encodeCompletion } from './encode-completion.js';

const HEAD = completionHead('req_0a1b', 1_800_000_000, 'gpt-5');
const tools = new ClientTools();
const PATCH = tools.nameOf({ kind: 'custom', name: 'apply patch' });
const FORM: AnswerForm = { tools, includeUsage: false, isLegacy: false };

function encode(events: readonly MessagesEvent[], form: Partial<AnswerForm> = {}) {
  return encodeCompletion(foldInOrder(events) as Message, HEAD, { ...FORM, ...form });
}

const choiceOf = (events: readonly MessagesEvent[], form?: Partial<AnswerForm>) => encode(events, form).choices[0];

describe('a chat completion', () => {
  it('is that of openai.md §5', () => {
    expect(encode([begin, ...text(0, 'Hi', ' you'), ...end('end_turn')])).toEqual({
      id: 'chatcmpl-0a1b',
      object: 'chat.completion',
      created: 1_800_000_000,
      model: 'gpt-5',
      service_tier: 'default',
      system_fingerprint: 'fp_amq_gateway',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi you', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 80,
        completion_tokens: 9,
        total_tokens: 89,
        prompt_tokens_details: { cached_tokens: 0, audio_tokens: 0 },
        completion_tokens_details: {
          reasoning_tokens: 0,
          audio_tokens: 0,
          accepted_prediction_tokens: 0,
          rejected_prediction_tokens: 0,
        },
      },
    });
  });

  it('has no content where there are only calls', () => {
    const events = [begin, ...toolUse(0, 'f', '{"a":1}', 'toolu_1'), ...toolUse(1, 'g', '', 'toolu_2')];
    expect(choiceOf([...events, ...end('tool_use')])).toMatchObject({
      message: {
        content: null,
        tool_calls: [
          { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } },
          { id: 'call_2', type: 'function', function: { name: 'g', arguments: '{}' } },
        ],
      },
      finish_reason: 'tool_calls',
    });
  });

  it('has the text around calls as one', () => {
    const events = [begin, ...text(0, 'a'), ...toolUse(1, 'f', '{}'), ...text(2, 'b'), ...end('tool_use')];
    expect(choiceOf(events)?.message).toMatchObject({ content: 'ab', tool_calls: [{}] });
  });

  it('has an empty text where nothing was said', () => {
    expect(choiceOf([begin, ...end('end_turn')])?.message).toEqual({
      role: 'assistant',
      content: '',
      refusal: null,
      annotations: [],
    });
  });

  it('has the reasoning beside the content', () => {
    expect(choiceOf([begin, ...thinking(0, 'H', 'm'), ...text(1, 'Yes'), ...end('end_turn')])?.message).toMatchObject({
      content: 'Yes',
      reasoning_content: 'Hm',
    });
  });

  it('answers calls of custom tools as such', () => {
    const events = [begin, ...toolUse(0, PATCH, '{"input":"a\\"b"}', 'toolu_1'), ...end('tool_use')];
    expect(choiceOf(events)?.message.tool_calls).toEqual([
      { id: 'call_1', type: 'custom', custom: { name: 'apply patch', input: 'a"b' } },
    ]);
  });

  it('has the first call alone for a client that offers `functions`', () => {
    const events = [begin, ...toolUse(0, 'f', '{"a":1}'), ...toolUse(1, 'g', '{}'), ...end('tool_use')];
    const choice = choiceOf(events, { isLegacy: true });
    expect(choice).toMatchObject({
      message: { content: null, function_call: { name: 'f', arguments: '{"a":1}' } },
      finish_reason: 'function_call',
    });
    expect(choice?.message).not.toHaveProperty('tool_calls');
  });

  it.each<[string, MessagesEvent[], Partial<AnswerForm>]>([
    ['text', [begin, ...text(0, 'a', 'b'), ...end('max_tokens')], {}],
    ['a call', [begin, ...toolUse(0, 'f', ''), ...end('tool_use')], {}],
    ['a legacy call', [begin, ...text(0, 'a'), ...toolUse(1, 'f', '{"x":[]}'), ...end('tool_use')], { isLegacy: true }],
    [
      'everything',
      [
        begin,
        ...thinking(0, 'H', 'm'),
        ...text(1, 'a', 'b'),
        ...toolUse(2, 'f', '{"x":1}'),
        ...toolUse(3, PATCH, '{"input":"y"}'),
        ...text(4, 'c'),
        ...end('tool_use'),
      ],
      {},
    ],
  ])('says of %s what its stream says', (_what, events, form) => {
    const codec = new ChatStreamCodec(HEAD, { ...FORM, ...form });
    const streamed = messageOf(readChatStream(events.map((event) => codec.push(event)).join('')));
    const { message, finish_reason } = choiceOf(events, form) ?? {};
    const { annotations, tool_calls = [], ...rest } = message ?? {};
    expect(annotations).toEqual([]);
    expect({ refusal: null, ...streamed.message }).toEqual(rest);
    expect(streamed.finish_reason).toBe(finish_reason);
    expect(streamed.calls).toEqual(
      tool_calls.map((call) =>
        call.type === 'custom'
          ? { id: call.id, type: call.type, ...call.custom }
          : { id: call.id, type: call.type, name: call.function.name, input: call.function.arguments },
      ),
    );
  });
});
