import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Answer } from '../../simulator/answer.js';
import { failure, goodEnd, pause, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { type AcceptedRequest, Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { MeteredConversations } from '../../src/proxy/metered-conversations.js';
import { AnswerRunner } from '../../src/proxy/reply/answer-runner.js';
import { eventually, post } from '../support/ask.js';
import { CHAT_QUESTION, postChat, streamedChat } from '../support/ask-chat.js';
import { messageOf } from '../support/chat-streams.js';
import { gif, png } from '../support/image-files.js';
import { withoutPauses } from '../support/no-pauses.js';
import { pdf } from '../support/pdf-files.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn, upstreamTurns } from '../support/upstream-turns.js';

let simulator: Simulator;
let gateway: RunningGateway;
/** A key that may not infer. */
let metricsKey: string;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
  const created = await fetch(`${gateway.url}/v2/api-keys`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'metrics only', scopes: ['metrics'] }),
  });
  metricsKey = ((await created.json()) as { key: string }).key;
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

// biome-ignore lint/suspicious/noExplicitAny: an answer under test, looked into at any depth
async function completion(fields: object = {}): Promise<any> {
  const response = await postChat(gateway, fields);
  expect(response.status).toBe(200);
  return response.json();
}

async function refusal(fields: object) {
  const response = await postChat(gateway, fields);
  const { error } = (await response.json()) as { error: object };
  return { status: response.status, ...error };
}

/** Answers each question of a conversation in its turn. */
function answerWith(...answers: Answer[]): void {
  let round = 0;
  simulator.answer(() => answers[round++]);
}

async function released(): Promise<void> {
  await eventually(
    () =>
      simulator.openStreams === 0 &&
      gateway.app.get(AnswerRunner).running === 0 &&
      gateway.app.get(Pool).totalInFlight() === 0,
  );
}

async function metric(line: string): Promise<number> {
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  const found = page.split('\n').find((each) => each.startsWith(line));
  return Number(found?.split(' ').at(-1) ?? 0);
}

const user = (content: unknown) => ({ role: 'user', content });
const tool = (name: string, more: object = {}) => ({
  type: 'function',
  function: {
    name,
    parameters: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
    ...more,
  },
});
const hello = stream(text('Hello'), goodEnd({ uncachedInputTokens: 12, outputTokens: 3 }));
const dataUrl = (mediaType: string, bytes: Buffer) => `data:${mediaType};base64,${bytes.toString('base64')}`;
const imagePart = (url: string) => ({ type: 'image_url', image_url: { url } });

describe('POST /v1/chat/completions', () => {
  it('answers as openai.md §5 says', async () => {
    simulator.enqueue(hello);
    const before = Math.floor(Date.now() / 1000);
    const response = await postChat(gateway);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    const requestId = response.headers.get('x-request-id') ?? '';
    expect(requestId).toMatch(/^req_[0-9a-f]{32}$/);
    expect(response.headers.get('x-amq-attempts')).toBe('1');
    const { created, ...answer } = (await response.json()) as { created: number };
    expect(created - before).toBeLessThan(60);
    expect(answer).toEqual({
      id: requestId.replace('req_', 'chatcmpl-'),
      object: 'chat.completion',
      model: 'claude-sonnet-5',
      service_tier: 'default',
      system_fingerprint: 'fp_amq_gateway',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null, annotations: [] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 12,
        completion_tokens: 3,
        total_tokens: 15,
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

  it('counts cached tokens into the prompt', async () => {
    simulator.enqueue(stream(text('Hi'), goodEnd({ uncachedInputTokens: 2, cacheReadInputTokens: 8 })));
    const { usage } = await completion();
    expect(usage).toMatchObject({ prompt_tokens: 10, prompt_tokens_details: { cached_tokens: 8 } });
  });

  it('streams what it would answer', async () => {
    const answer = stream(text('Hel'), text('lo'), toolUse('tooluse_1', 'f', ['{"n":', '1}']), goodEnd());
    simulator.enqueue(answer, answer);
    const whole = (await completion({ tools: [tool('f')] })).choices[0];
    const streamed = messageOf(await streamedChat(gateway, { tools: [tool('f')] }));
    expect(streamed.message.content).toBe(whole.message.content);
    expect(streamed.finish_reason).toBe(whole.finish_reason);
    expect(streamed.calls).toEqual([
      { ...whole.message.tool_calls[0], function: undefined, name: 'f', input: '{"n":1}' },
    ]);
  });

  it('streams when the body says so, whatever is accepted', async () => {
    simulator.enqueue(hello, hello);
    const streaming = await postChat(gateway, { stream: true }, { headers: { accept: 'application/json' } });
    expect(streaming.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    await streaming.text();
    const whole = await postChat(gateway, {}, { headers: { accept: 'text/event-stream' } });
    expect(whole.headers.get('content-type')).toBe('application/json');
    await whole.text();
  });

  it('answers under the name the client gave the model', async () => {
    simulator.enqueue(hello, hello);
    const model = 'anthropic/claude-sonnet-5';
    expect((await completion({ model })).model).toBe(model);
    const { chunks } = await streamedChat(gateway, { model });
    expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set([model]));
  });

  it('is there without /v1 too', async () => {
    const response = await post(gateway, CHAT_QUESTION, { path: '/chat/completions' });
    expect(response.status).toBe(200);
  });

  it('counts what it ignores by name, made-up names together', async () => {
    const seeds = await metric('amq_gateway_ignored_fields_total{field="seed"}');
    const others = await metric('amq_gateway_ignored_fields_total{field="other"}');
    await completion({ seed: 1, 'mine"} 1': 1, mine: 2, tools: [tool('f')], logprobs: false });
    expect(await metric('amq_gateway_ignored_fields_total{field="seed"}')).toBe(seeds + 1);
    expect(await metric('amq_gateway_ignored_fields_total{field="other"}')).toBe(others + 1);
    expect(await (await fetch(`${gateway.url}/metrics`)).text()).not.toContain('mine');
  });

  it('is counted as its own protocol', async () => {
    const line = 'amq_gateway_requests_total{protocol="openai_chat",outcome="success"}';
    const before = await metric(line);
    await completion();
    await eventually(async () => (await metric(line)) === before + 1);
  });

  it('keeps a conversation together by its cache key', async () => {
    const prompt_cache_key = '5f0d2c1e-7a34-4b39-9d55-0c6a5e0f7b11';
    const idOf = async (more: object) => {
      await completion(more);
      return /"conversationId":"([^"]*)"/.exec(lastUpstreamTurn(simulator).whole)?.[1];
    };
    const id = await idOf({ prompt_cache_key });
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(await idOf({ prompt_cache_key, messages: [{ role: 'user', content: 'Something else' }] })).toBe(id);
    // A client's own id is another's secret, and may be another's id as well.
    expect(id).not.toBe(prompt_cache_key);
  });

  it.each([
    ['before the first content', stream(pause(60_000), text('late'))],
    ['after it', stream(text('early'), pause(60_000))],
  ])('leaves upstream when the client hangs up %s', async (_when, answer) => {
    simulator.enqueue(answer);
    const client = new AbortController();
    const asking = postChat(gateway, { stream: true }, { signal: client.signal });
    const caught = asking.then(
      (response) => response.text().catch(() => 'gone'),
      () => 'gone',
    );
    await eventually(() => simulator.openStreams === 1);
    client.abort();
    expect(await caught).toBe('gone');
    await released();
  });
});

describe('what a chat request says', () => {
  it('reaches the model: instructions, turns, calls, results and images', async () => {
    await completion({
      tools: [tool('f')],
      messages: [
        { role: 'system', content: 'Be kind.' },
        user('What is it?'),
        {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'f', arguments: '{"n":1}' } },
            { id: 'call_2', type: 'function', function: { name: 'f', arguments: '{"n":2}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'one' },
        { role: 'tool', tool_call_id: 'call_2', content: [{ type: 'text', text: 'two' }] },
        { role: 'developer', content: 'Be brief.' },
        user([{ type: 'text', text: 'And this?' }, imagePart(dataUrl('image/png', png()))]),
      ],
    });
    const turn = lastUpstreamTurn(simulator);
    expect(turn.tools).toEqual(['f']);
    expect(turn.results).toEqual(['one', 'two']);
    expect(turn.text).toContain('And this?');
    expect(turn.images).toEqual(['png']);
    for (const words of ['Be kind.', 'Be brief.', 'What is it?']) expect(turn.whole).toContain(words);
    expect(turn.history.at(-1)).toContain('f({"n":1}) | f({"n":2})');
  });

  it('names images by what their bytes are', async () => {
    await completion({ messages: [user([imagePart(dataUrl('image/png', gif()))])] });
    expect(lastUpstreamTurn(simulator).images).toEqual(['gif']);
  });

  it('may be files: PDF and text', async () => {
    const file = (filename: string, file_data: string) => ({ type: 'file', file: { filename, file_data } });
    await completion({
      model: 'claude-haiku-4.5',
      messages: [
        user([
          file('a.pdf', dataUrl('application/pdf', pdf('Words of a page.'))),
          file('a.md', dataUrl('text/markdown', Buffer.from('Grüße'))),
        ]),
      ],
    });
    const { whole } = lastUpstreamTurn(simulator);
    expect(whole).toContain('Words of a page.');
    expect(whole).toContain('Grüße');
  });

  it('may have the tools’ history without the tools', async () => {
    await completion({
      messages: [
        user('Hi'),
        {
          role: 'assistant',
          tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: 'call_1', content: 'done' },
      ],
    });
    expect(lastUpstreamTurn(simulator).results).toEqual(['done']);
  });

  it('goes round: what was answered comes back as it was', async () => {
    answerWith(stream(text('I call'), toolUse('tooluse_1', 'f', ['{"n":1}']), goodEnd()), hello);
    const { choices } = await completion({ tools: [tool('f')] });
    const { message } = choices[0];
    await completion({
      tools: [tool('f')],
      messages: [
        ...CHAT_QUESTION.messages,
        message,
        { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'done' },
      ],
    });
    const turn = lastUpstreamTurn(simulator);
    expect(turn.history).toContain('assistant: I call | f({"n":1})');
    expect(turn.results).toEqual(['done']);
  });

  it('may use names that upstream does not take', async () => {
    const name = 'files.read/all';
    simulator.answer(({ body }) => {
      const tools = (body as AcceptedRequest['body']).conversationState.currentMessage.userInputMessage
        .userInputMessageContext?.tools;
      return stream(toolUse('tooluse_1', tools?.[0]?.toolSpecification?.name ?? '', ['{"n":1}']), goodEnd());
    });
    const { choices } = await completion({ tools: [tool(name)] });
    expect(choices[0].message.tool_calls[0].function.name).toBe(name);
  });
});

describe('what upstream can’t do', () => {
  it('cuts at max_completion_tokens, and says so', async () => {
    answerWith(stream(text('one two three four five six seven'), pause(60_000)));
    const { choices, usage } = await completion({
      model: 'claude-sonnet-4.5',
      max_completion_tokens: 3,
      max_tokens: 50,
    });
    expect(choices[0].finish_reason).toBe('length');
    expect(usage.completion_tokens).toBeLessThanOrEqual(3);
    await released();
  });

  it.each(['END', ['x', 'END']])('stops at %j, which is not returned', async (stop) => {
    answerWith(stream(text('One.E'), text('ND two'), pause(60_000)));
    const { choices } = await completion({ stop });
    expect(choices[0]).toMatchObject({ message: { content: 'One.' }, finish_reason: 'stop' });
    await released();
  });

  it('answers JSON of a schema, without fences', async () => {
    answerWith(stream(text('Here:\n```json\n{"n": "one"}\n```'), goodEnd()), stream(text('{"n":1}'), goodEnd()));
    const { choices } = await completion({
      response_format: {
        type: 'json_schema',
        json_schema: {
          name: 'x',
          strict: true,
          schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
        },
      },
    });
    expect(choices[0]).toMatchObject({ message: { content: '{"n":1}' }, finish_reason: 'stop' });
    expect(upstreamTurns(simulator)).toHaveLength(2);
  });

  it('answers calls beside a format as calls', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'f', ['{"n":1}']), goodEnd()));
    const { choices } = await completion({ tools: [tool('f')], response_format: { type: 'json_object' } });
    expect(choices[0]).toMatchObject({ message: { content: null }, finish_reason: 'tool_calls' });
  });

  it('asks again for a call that is required', async () => {
    answerWith(hello, stream(toolUse('tooluse_1', 'f', ['{"n":1}']), goodEnd()));
    const { choices } = await completion({ tools: [tool('f')], tool_choice: 'required' });
    expect(choices[0]).toMatchObject({ message: { tool_calls: [{}] }, finish_reason: 'tool_calls' });
  });

  it('offers what is allowed alone, and nothing with none', async () => {
    const tools = [tool('f'), tool('g')];
    await completion({
      tools,
      tool_choice: { type: 'allowed_tools', allowed_tools: { mode: 'auto', tools: [tool('g')] } },
    });
    expect(lastUpstreamTurn(simulator).tools).toEqual(['g']);
    await completion({ tools, tool_choice: 'none' });
    expect(lastUpstreamTurn(simulator).tools).toEqual([]);
  });

  it('calls one tool where calls are not parallel', async () => {
    answerWith(stream(toolUse('tooluse_1', 'f', ['{"n":1}']), toolUse('tooluse_2', 'f', ['{"n":2}']), pause(60_000)));
    const { choices } = await completion({ tools: [tool('f')], parallel_tool_calls: false });
    expect(choices[0].message.tool_calls).toHaveLength(1);
    await released();
  });

  it('mends the input of a strict tool', async () => {
    answerWith(
      stream(toolUse('tooluse_1', 'f', ['{"n":"one"}']), goodEnd()),
      stream(toolUse('tooluse_2', 'f', ['{"n":1}']), goodEnd()),
    );
    const { choices } = await completion({ tools: [tool('f', { strict: true })] });
    expect(choices[0].message.tool_calls).toMatchObject([{ function: { name: 'f', arguments: '{"n":1}' } }]);
  });

  it('takes text for a custom tool, and answers it as such', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'patch', ['{"input":"*** Begin"}']), goodEnd()));
    const { choices } = await completion({ tools: [{ type: 'custom', custom: { name: 'patch' } }] });
    expect(choices[0].message.tool_calls).toEqual([
      { id: 'call_1', type: 'custom', custom: { name: 'patch', input: '*** Begin' } },
    ]);
  });

  it('answers a client of `functions` with one function_call', async () => {
    const functions = [{ name: 'f', parameters: { type: 'object' } }];
    answerWith(stream(toolUse('tooluse_1', 'f', ['{"n":1}']), toolUse('tooluse_2', 'f', ['{}']), pause(60_000)), hello);
    const { choices } = await completion({ functions });
    expect(choices[0]).toMatchObject({
      message: { content: null, function_call: { name: 'f', arguments: '{"n":1}' } },
      finish_reason: 'function_call',
    });
    await completion({
      functions,
      messages: [...CHAT_QUESTION.messages, choices[0].message, { role: 'function', name: 'f', content: 'done' }],
    });
    expect(lastUpstreamTurn(simulator).results).toEqual(['done']);
    await released();
  });
});

describe('reasoning', () => {
  const thought = stream(reasoning('Hm'), signature('c2ln'), text('Yes'), goodEnd());

  it('stands beside the content, in an answer and in a stream', async () => {
    simulator.enqueue(thought, thought);
    const { choices } = await completion({ reasoning_effort: 'high' });
    expect(choices[0].message).toMatchObject({ content: 'Yes', reasoning_content: 'Hm' });
    const { message } = messageOf(await streamedChat(gateway, { reasoning_effort: 'high' }));
    expect(message).toMatchObject({ content: 'Yes', reasoning_content: 'Hm' });
  });

  it('is not mentioned where there was none', async () => {
    simulator.enqueue(hello);
    expect((await completion({ reasoning_effort: 'none' })).choices[0].message).not.toHaveProperty('reasoning_content');
  });

  it('may come back and is not sent on', async () => {
    await completion({
      messages: [user('Hi'), { role: 'assistant', content: 'Yes', reasoning_content: 'A secret thought' }, user('?')],
    });
    expect(lastUpstreamTurn(simulator).whole).not.toContain('A secret thought');
  });
});

describe('what deeper rooms find wrong with a chat request', () => {
  it.each<[string, object, string, string]>([
    [
      'an image behind a URL, which is not fetched here',
      { messages: [user('Hi'), user([{ type: 'text', text: 'x' }, imagePart('https://example.com/a.png')])] },
      'invalid_image_url',
      'messages[1].content[1]',
    ],
    [
      'a PDF that is none',
      {
        messages: [
          user([
            { type: 'file', file: { filename: 'a.pdf', file_data: dataUrl('application/pdf', Buffer.from('no')) } },
          ]),
        ],
      },
      'invalid_value',
      'messages[0].content[0]',
    ],
    ['stop sequences that are too long', { stop: 'x'.repeat(40_000) }, 'invalid_value', 'stop'],
  ])('is said in its own terms: %s', async (_what, fields, code, param) => {
    const refused = await refusal(fields);
    expect(refused).toMatchObject({ status: 400, type: 'invalid_request_error', code, param });
    expect((refused as unknown as { message: string }).message).not.toMatch(/messages\.|stop_sequences/);
  });
});

const BROKEN_IMAGE = 'data:image/png;base64,%%%';

interface ErrorCase {
  row: string;
  /** What every account answers. */
  upstream?: Answer;
  settings?: Record<string, string | number>;
  /** Fields of the request, or the body as it is. */
  request?: object | string;
  apiKey?: () => string;
  param?: string;
  headers?: Record<string, string | null>;
}

const throttled = failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': '7' } });

const CASES: ErrorCase[] = [
  { row: '400 invalid_request_error missing_required_parameter', request: { model: undefined }, param: 'model' },
  { row: '400 invalid_request_error invalid_type', request: { stream: 'yes' }, param: 'stream' },
  { row: '400 invalid_request_error invalid_value', request: { temperature: 3 }, param: 'temperature' },
  { row: '400 invalid_request_error unsupported_parameter', request: { logprobs: true }, param: 'logprobs' },
  { row: '400 invalid_request_error unsupported_value', request: { n: 2 }, param: 'n' },
  { row: '400 invalid_request_error invalid_json', request: '{"model":' },
  {
    row: '400 invalid_request_error invalid_image_url',
    request: { messages: [user([imagePart('http://127.0.0.1/a.png')])] },
    param: 'messages[0].content[0]',
  },
  {
    row: '400 invalid_request_error invalid_image_format',
    request: { messages: [user([imagePart('data:image/tiff;base64,AAAA')])] },
    param: 'messages[0].content[0]',
  },
  {
    row: '400 invalid_request_error invalid_base64_image',
    request: { messages: [user([imagePart(BROKEN_IMAGE)])] },
    param: 'messages[0].content[0]',
  },
  {
    row: '400 invalid_request_error context_length_exceeded',
    upstream: failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
    param: 'messages',
  },
  {
    row: '400 invalid_request_error invalid_prompt',
    upstream: failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'),
  },
  {
    row: '401 invalid_request_error invalid_api_key',
    apiKey: () => 'not-a-key',
    headers: { 'x-should-retry': 'false' },
  },
  {
    row: '403 permission_error permission_denied',
    apiKey: () => metricsKey,
    headers: { 'x-should-retry': 'false' },
  },
  { row: '404 invalid_request_error model_not_found', request: { model: 'nobody-9' }, param: 'model' },
  {
    row: '413 invalid_request_error request_too_large',
    settings: { MAX_BODY_SIZE: '10kb' },
    request: { user: 'x'.repeat(20_000) },
  },
  {
    row: '429 rate_limit_error rate_limit_exceeded',
    upstream: throttled,
    settings: {},
    headers: { 'retry-after': '7', 'retry-after-ms': '7000' },
  },
  {
    row: '429 insufficient_quota insufficient_quota',
    upstream: failure(402, 'ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT'),
    settings: {},
    headers: { 'retry-after': null, 'retry-after-ms': null, 'x-should-retry': 'false' },
  },
  { row: '502 server_error upstream_error', upstream: failure(500, 'InternalServerException', 'secret words') },
  {
    row: '502 server_error upstream_error',
    upstream: failure(403, 'AccessDeniedException', 'The security token included in the request is expired'),
    settings: {},
  },
  {
    row: '503 server_error server_is_overloaded',
    upstream: failure(429, 'ThrottlingException', 'x', 'INSUFFICIENT_MODEL_CAPACITY'),
    settings: {},
  },
  { row: '503 server_error server_is_overloaded', settings: { accounts: 0 } },
  {
    row: '504 server_error upstream_timeout',
    upstream: { kind: 'silence' },
    settings: { UPSTREAM_FIRST_BYTE_TIMEOUT: 1 },
  },
];

describe.each([
  ['an answer', false],
  ['a stream', true],
])('openai.md §9, for %s', (_what, isStream) => {
  it.each(CASES)('$row', async ({ row, upstream, settings, request = {}, apiKey, param = null, headers = {} }) => {
    const [status, type, code] = row.split(' ');
    // Some failures put an account out of service, some settings are for one case alone.
    const own = settings ? await startGateway(simulator, settings) : undefined;
    if (own) withoutPauses(own);
    try {
      if (upstream) simulator.answer(() => upstream);
      const body =
        typeof request === 'string' ? request : JSON.stringify({ ...CHAT_QUESTION, stream: isStream, ...request });
      const response = await fetch(`${(own ?? gateway).url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${apiKey?.() ?? ADMIN_KEY}` },
        body,
      });
      const { error, ...rest } = (await response.json()) as { error: { message: string } };
      expect(response.status).toBe(Number(status));
      expect(rest).toEqual({});
      expect(error).toEqual({ message: expect.stringMatching(/./), type, param, code });
      expect(error.message).not.toContain('secret');
      expect(response.headers.get('x-request-id')).toMatch(/^req_/);
      for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value);
    } finally {
      await own?.close();
    }
  });

  it('500 server_error internal_error', async () => {
    const broken = jest.spyOn(gateway.app.get(MeteredConversations), 'converse').mockImplementation(() => {
      throw new TypeError('a secret of the code');
    });
    try {
      expect(await refusal({ stream: isStream })).toEqual({
        status: 500,
        message: 'Internal server error',
        type: 'server_error',
        param: null,
        code: 'internal_error',
      });
    } finally {
      broken.mockRestore();
    }
  });
});

describe('a request that is refused', () => {
  it('costs nothing upstream', async () => {
    for (const fields of [{ n: 2 }, { messages: [] }, { logprobs: true }, { tool_choice: 'required' }]) {
      expect(await refusal(fields)).toMatchObject({ status: 400 });
    }
    expect(upstreamTurns(simulator)).toEqual([]);
  });

  it.each([
    ['GET', '/v1/chat/completions/chatcmpl-1'],
    ['POST', '/v1/chat/completions/chatcmpl-1'],
    ['DELETE', '/v1/chat/completions/chatcmpl-1'],
  ])('is that for a stored completion too: %s %s', async (method, path) => {
    const response = await fetch(gateway.url + path, { method, headers: { authorization: `Bearer ${ADMIN_KEY}` } });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error', code: expect.any(String) } });
  });
});
