import { describe, expect, it } from '@jest/globals';
import { deviationsOf } from '../../../../test/support/chat-deviations.js';
import { contentOf, messageOf, readChatStream } from '../../../../test/support/chat-streams.js';
import { begin, end, text, thinking, toolUse } from '../../../../test/support/messages-events.js';
import { GatewayError } from '../../errors.js';
import type { MessagesEvent } from '../../messages/vocabulary.js';
import { ClientTools } from '../openai/client-tools.js';
import type { AnswerForm } from './chat-request.js';
import { ChatStreamCodec } from './chat-stream-codec.js';

const HEAD = { id: 'chatcmpl-1', created: 1_800_000_000, model: 'gpt-5' };
const FIELDS =
  '"id":"chatcmpl-1","object":"chat.completion.chunk","created":1800000000,"model":"gpt-5","service_tier":"default","system_fingerprint":"fp_amq_gateway"';

const tools = new ClientTools();
const PATCH = tools.nameOf({ kind: 'custom', name: 'apply patch' });

function codec(form: Partial<AnswerForm> = {}): ChatStreamCodec {
  return new ChatStreamCodec(HEAD, { tools, includeUsage: false, isLegacy: false, ...form });
}

function encode(events: readonly MessagesEvent[], form?: Partial<AnswerForm>): string {
  const encoding = codec(form);
  return events.map((event) => encoding.push(event)).join('');
}

/** A chunk as it has to be, to the byte. */
const chunk = (delta: object, finish_reason: string | null = null) =>
  `data: {${FIELDS},"choices":[{"index":0,"delta":${JSON.stringify(delta)},"logprobs":null,"finish_reason":${JSON.stringify(finish_reason)}}]}\n\n`;

const ROLE = chunk({ role: 'assistant', content: '', refusal: null });
const DONE = 'data: [DONE]\n\n';

describe('the chunks of a chat completion', () => {
  it('are those of openai.md §5 for text', () => {
    expect(encode([begin, ...text(0, 'Hi', ' you'), ...end('end_turn')])).toBe(
      ROLE + chunk({ content: 'Hi' }) + chunk({ content: ' you' }) + chunk({}, 'stop') + DONE,
    );
  });

  it('say the call in the first chunk when there is nothing before it', () => {
    expect(encode([begin, ...toolUse(0, 'f', '{"a":1}', 'toolu_1'), ...end('tool_use')])).toBe(
      chunk({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } }],
      }) +
        chunk({ tool_calls: [{ index: 0, function: { arguments: '{"a":1}' } }] }) +
        chunk({}, 'tool_calls') +
        DONE,
    );
  });

  it('give reasoning a delta of its own, before the text', () => {
    expect(encode([begin, ...thinking(0, 'Hm', '.'), ...text(1, 'Yes'), ...end('end_turn')])).toBe(
      ROLE +
        chunk({ reasoning_content: 'Hm' }) +
        chunk({ reasoning_content: '.' }) +
        chunk({ content: 'Yes' }) +
        chunk({}, 'stop') +
        DONE,
    );
  });

  it('count calls, not blocks', () => {
    const events = [
      begin,
      ...thinking(0, 'Hm'),
      ...text(1, 'I call'),
      ...toolUse(2, 'f', '{}', 'toolu_1'),
      ...toolUse(3, 'g', '{"b":[]}', 'toolu_2'),
      ...end('tool_use'),
    ];
    const { calls } = readChatStream(encode(events));
    expect(calls).toEqual([
      { index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '' } },
      { index: 0, function: { arguments: '{}' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'g', arguments: '' } },
      { index: 1, function: { arguments: '{"b":[]}' } },
    ]);
  });

  it('never say empty arguments', () => {
    const { calls } = readChatStream(encode([begin, ...toolUse(0, 'f', ''), ...end('tool_use')]));
    expect(calls[1]).toEqual({ index: 0, function: { arguments: '{}' } });
  });

  it('say the input of a custom tool as it is, under the name the client gave', () => {
    const call = toolUse(0, PATCH, '{"input":"*** Begin\\n\\"x\\""}', 'toolu_1');
    expect(readChatStream(encode([begin, ...call, ...end('tool_use')])).calls).toEqual([
      { index: 0, id: 'call_1', type: 'custom', custom: { name: 'apply patch', input: '' } },
      { index: 0, custom: { input: '*** Begin\n"x"' } },
    ]);
  });

  it('say nothing of a call whose input did not come to its end', () => {
    const half = toolUse(1, 'f', '{"rm":').slice(0, -1);
    const bytes = encode([begin, ...text(0, 'I call'), ...half]);
    expect(bytes).toBe(ROLE + chunk({ content: 'I call' }));
  });

  it('are a role and an end for an answer without content', () => {
    expect(encode([begin, ...end('end_turn')])).toBe(ROLE + chunk({}, 'stop') + DONE);
  });

  it('begin with the first content: until then nothing is said', () => {
    expect(encode([begin, { type: 'upstream_report', credits: 1 }])).toBe('');
    expect(encode([begin, ...thinking(0)])).toBe('');
  });

  it('say nothing for deltas without text', () => {
    expect(encode([begin, ...thinking(0, ''), ...text(1, '', 'a', ''), ...end('end_turn')])).toBe(
      ROLE + chunk({ content: 'a' }) + chunk({}, 'stop') + DONE,
    );
  });

  it('hold any text in one line', () => {
    const said = 'a\n\nb\r\n"\\ \u2028 \u0000 🙂 [DONE]';
    const bytes = encode([begin, ...text(0, said), ...end('end_turn')]);
    expect(bytes.split('\n\n').slice(0, -1)).toHaveLength(4);
    expect(contentOf(readChatStream(bytes))).toBe(said);
  });
});

describe('usage in a stream', () => {
  const usage = {
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
  };

  it('has a chunk of its own when it is asked for, and is null in all others', () => {
    const bytes = encode([begin, ...text(0, 'Hi'), ...end('end_turn')], { includeUsage: true });
    const asked = (encoded: string) => encoded.replace(/\]\}\n\n$/, '],"usage":null}\n\n');
    expect(bytes).toBe(
      asked(ROLE) +
        asked(chunk({ content: 'Hi' })) +
        asked(chunk({}, 'stop')) +
        `data: {${FIELDS},"choices":[],"usage":${JSON.stringify(usage)}}\n\n` +
        DONE,
    );
  });

  it('counts cached tokens into the prompt, and thinking into the completion', () => {
    const final = end('end_turn', {
      cache_read_input_tokens: 15,
      cache_creation_input_tokens: 5,
      output_tokens_details: { thinking_tokens: 4 },
    });
    const { chunks } = readChatStream(encode([begin, ...text(0, 'Hi'), ...final], { includeUsage: true }));
    expect(chunks.at(-1)?.usage).toMatchObject({
      prompt_tokens: 100,
      completion_tokens: 9,
      total_tokens: 109,
      prompt_tokens_details: { cached_tokens: 15 },
      completion_tokens_details: { reasoning_tokens: 4 },
    });
  });

  it('is that of the beginning where the end says nothing', () => {
    const final = end('end_turn', { input_tokens: null });
    const { chunks } = readChatStream(encode([begin, ...text(0, 'Hi'), ...final], { includeUsage: true }));
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 77, completion_tokens: 9, total_tokens: 86 });
  });

  it('is not mentioned to those who did not ask', () => {
    expect(encode([begin, ...text(0, 'Hi'), ...end('end_turn')])).not.toContain('"usage"');
  });
});

describe('a client that offers `functions`', () => {
  const twoCalls = [
    begin,
    ...toolUse(0, 'f', '{"a":1}', 'toolu_1'),
    ...toolUse(1, 'g', '{}', 'toolu_2'),
    ...end('tool_use'),
  ];

  it('is told the first call, as the function it calls', () => {
    expect(encode(twoCalls, { isLegacy: true })).toBe(
      chunk({ role: 'assistant', content: null, function_call: { name: 'f', arguments: '' } }) +
        chunk({ function_call: { arguments: '{"a":1}' } }) +
        chunk({}, 'function_call') +
        DONE,
    );
  });

  it('is told text as everybody', () => {
    expect(encode([begin, ...text(0, 'Hi'), ...end('end_turn')], { isLegacy: true })).toBe(
      ROLE + chunk({ content: 'Hi' }) + chunk({}, 'stop') + DONE,
    );
  });
});

describe('what is no chunk', () => {
  it('is a comment in silence', () => {
    expect(codec().ping).toBe(': keepalive\n\n');
  });

  it('is an error, after which nothing comes', () => {
    const bytes = codec().fail(new GatewayError('upstream', 'It broke.'));
    expect(bytes).toBe(
      'data: {"error":{"message":"It broke.","type":"server_error","param":null,"code":"upstream_error"}}\n\n',
    );
  });
});

describe('none of the deviations of openai.md §5 is in', () => {
  it.each<[string, MessagesEvent[], Partial<AnswerForm>]>([
    ['text', [begin, ...text(0, 'a', 'b'), ...end('end_turn')], {}],
    ['text with usage', [begin, ...text(0, 'a', 'b'), ...end('max_tokens')], { includeUsage: true }],
    ['nothing', [begin, ...end('refusal')], {}],
    ['a call', [begin, ...toolUse(0, 'f', ''), ...end('tool_use')], {}],
    [
      'everything',
      [
        begin,
        ...thinking(0, 'Hm'),
        ...text(1, 'a'),
        ...toolUse(2, 'f', '{}'),
        ...toolUse(3, PATCH, '{"input":""}'),
        ...text(4, 'b'),
        ...end('tool_use'),
      ],
      { includeUsage: true },
    ],
    ['a legacy call', [begin, ...toolUse(0, 'f', '{}'), ...end('tool_use')], { isLegacy: true }],
  ])('%s', (_what, events, form) => {
    expect(deviationsOf(readChatStream(encode(events, form)))).toEqual([]);
  });
});

describe('a stream and its message', () => {
  it('spell the same', () => {
    const events = [begin, ...thinking(0, 'H', 'm'), ...text(1, 'a', 'b'), ...toolUse(2, 'f', '{"a":1}', 'toolu_1')];
    expect(messageOf(readChatStream(encode([...events, ...end('tool_use')])))).toEqual({
      message: { role: 'assistant', content: 'ab', refusal: null, reasoning_content: 'Hm' },
      calls: [{ id: 'call_1', type: 'function', name: 'f', input: '{"a":1}' }],
      finish_reason: 'tool_calls',
    });
  });
});
