import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type OpenAI from 'openai';
import type { ChatCompletionMessageParam } from 'openai/resources/chat/completions';
import { goodEnd, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { collect } from '../support/collect.js';
import { png } from '../support/image-files.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn } from '../support/upstream-turns.js';
import { GET_WEATHER, HELLO, TWO_CALLS, WEATHER_QUESTION } from '../support/weather.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { MODEL_ALIASES: JSON.stringify({ 'gpt-5': 'claude-sonnet-5' }) });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const connect = () => connectOpenai(gateway).client;
/** A model that keeps no limit itself. */
const LIMITED_HERE = 'claude-haiku-4-5';

const weather = { type: 'function' as const, function: GET_WEATHER };
const question = { model: 'claude-sonnet-5', messages: [{ role: 'user' as const, content: WEATHER_QUESTION }] };
const calls = [
  { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Oslo"}' } },
  { id: 'call_2', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Bergen"}' } },
];
const usage = {
  prompt_tokens: 13,
  completion_tokens: 9,
  total_tokens: 22,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

describe('chat.completions.create', () => {
  it('gives a completion with parallel calls', async () => {
    simulator.enqueue(TWO_CALLS);
    const before = Math.floor(Date.now() / 1000);
    const completion = await connect().chat.completions.create({ ...question, tools: [weather] });
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-./),
      object: 'chat.completion',
      model: 'claude-sonnet-5',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Looking.', refusal: null, annotations: [], tool_calls: calls },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage,
      service_tier: 'default',
    });
    expect(completion.created).toBeGreaterThanOrEqual(before);
    expect(completion.created).toBeLessThanOrEqual(before + 60);
  });

  it('gives text alone without a list of calls, and calls alone without text', async () => {
    simulator.enqueue(
      HELLO,
      stream(toolUse('tooluse_1', 'get_weather', ['{"city":"Oslo"}']), goodEnd({}, 'TOOL_USE')),
      stream(toolUse('tooluse_1', 'now', []), goodEnd({}, 'TOOL_USE')),
    );
    const now = { type: 'function' as const, function: { name: 'now' } };
    const ask = async () =>
      (await connect().chat.completions.create({ ...question, tools: [weather, now] })).choices[0];
    const words = await ask();
    expect(words).toMatchObject({ message: { content: 'Hello.' }, finish_reason: 'stop' });
    expect(words?.message).not.toHaveProperty('tool_calls');
    expect(await ask()).toMatchObject({ message: { content: null, tool_calls: [calls[0]] } });
    expect(await ask()).toMatchObject({ message: { tool_calls: [{ function: { name: 'now', arguments: '{}' } }] } });
  });

  it('answers with the request id, its time and the version in headers', async () => {
    const { response, request_id } = await connect().chat.completions.create(question).withResponse();
    expect(request_id).toMatch(/./);
    expect(response.headers.get('x-request-id')).toBe(request_id);
    expect(response.headers.get('openai-version')).toBe('2020-10-01');
    expect(Number(response.headers.get('openai-processing-ms'))).toBeGreaterThanOrEqual(0);
    expect((await connect().chat.completions.create(question))._request_id).toMatch(/./);
  });

  it('answers with the name the client asked for', async () => {
    simulator.enqueue(HELLO, HELLO);
    const request = { ...question, model: 'gpt-5' };
    expect(await connect().chat.completions.create(request)).toMatchObject({ model: 'gpt-5' });
    const chunks = await collect(await connect().chat.completions.create({ ...request, stream: true }));
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(['gpt-5']));
  });

  it('accepts everything that upstream has no control for', async () => {
    const completion = await connect().chat.completions.create({
      ...question,
      temperature: 1.7,
      top_p: 0.5,
      presence_penalty: -2,
      frequency_penalty: 2,
      seed: 7,
      logit_bias: { 50256: -100 },
      logprobs: false,
      n: 1,
      user: 'someone',
      safety_identifier: 'someone',
      metadata: { trace: 'x' },
      store: true,
      service_tier: 'auto',
      verbosity: 'low',
      prompt_cache_key: 'key',
      parallel_tool_calls: true,
      reasoning_effort: null,
      response_format: { type: 'text' },
      ...{ something_new: { of: 'tomorrow' } },
    });
    expect(completion.choices[0]?.finish_reason).toBe('stop');
  });

  it('takes system and developer messages of any place as the system prompt', async () => {
    await connect().chat.completions.create({
      ...question,
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
        { role: 'assistant', content: 'Hello!' },
        { role: 'developer', content: [{ type: 'text', text: 'Answer in Danish.' }] },
        { role: 'user', content: [{ type: 'text', text: 'How are you?' }] },
      ],
    });
    const turn = lastUpstreamTurn(simulator);
    expect(turn.text).toBe('How are you?');
    expect(turn.history[0]).toMatch(/^user: Be brief\.\s+Answer in Danish\.\s+Hi$/);
    expect(turn.history[1]).toBe('assistant: Hello!');
  });

  it('shows an image from a data URL to the model', async () => {
    const url = `data:image/png;base64,${png().toString('base64')}`;
    await connect().chat.completions.create({
      ...question,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'image_url', image_url: { url, detail: 'high' } },
          ],
        },
      ],
    });
    expect(lastUpstreamTurn(simulator)).toMatchObject({ text: 'What is this?', images: ['png'] });
  });

  it('shows a text file from a data URL to the model', async () => {
    const file_data = `data:text/plain;base64,${Buffer.from('The code is 4711.').toString('base64')}`;
    await connect().chat.completions.create({
      ...question,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'file', file: { filename: 'notes.txt', file_data } },
            { type: 'text', text: 'What is the code?' },
          ],
        },
      ],
    });
    const { whole } = lastUpstreamTurn(simulator);
    const inline = Buffer.from('The code is 4711.').toString('base64');
    expect(whole.includes('The code is 4711.') || whole.includes(inline)).toBe(true);
  });

  it('ends at a stop sequence, which is not part of the answer', async () => {
    simulator.enqueue(stream(text('One, two, ST'), text('OP, three'), goodEnd()));
    const { choices } = await connect().chat.completions.create({ ...question, stop: ['never', 'STOP'] });
    expect(choices).toMatchObject([{ message: { content: 'One, two, ' }, finish_reason: 'stop' }]);
  });

  it.each(['max_tokens', 'max_completion_tokens'])('ends at %s with finish_reason length', async (field) => {
    const words = Array.from({ length: 40 }, (_, index) => text(`word${index} `));
    simulator.enqueue(stream(words, goodEnd()));
    const request = { ...question, model: LIMITED_HERE, [field]: 5 };
    const { choices } = await connect().chat.completions.create(request);
    expect(choices[0]?.finish_reason).toBe('length');
    expect(choices[0]?.message.content).toMatch(/^word0 /);
    expect(choices[0]?.message.content?.length).toBeLessThan(40);
  });

  it('gives the first call alone when calls may not be parallel', async () => {
    simulator.enqueue(TWO_CALLS);
    const { choices } = await connect().chat.completions.create({
      ...question,
      tools: [weather],
      parallel_tool_calls: false,
    });
    expect(choices).toMatchObject([{ message: { tool_calls: [calls[0]] }, finish_reason: 'tool_calls' }]);
    expect(choices[0]?.message.tool_calls).toHaveLength(1);
  });

  it.each<[string, OpenAI.ChatCompletionToolChoiceOption, string[]]>([
    ['auto', 'auto', ['get_weather', 'get_time']],
    ['required', 'required', ['get_weather', 'get_time']],
    ['none', 'none', []],
    ['one named', { type: 'function', function: { name: 'get_time' } }, ['get_time']],
    [
      'allowed tools',
      {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'get_weather' } }] },
      },
      ['get_weather'],
    ],
  ])('offers upstream what a choice of %s leaves', async (_choice, tool_choice, offered) => {
    const time = { type: 'function' as const, function: { name: 'get_time', parameters: { type: 'object' } } };
    simulator.answer(({ body }) => {
      const [tool] = body.conversationState.currentMessage.userInputMessage.userInputMessageContext?.tools ?? [];
      const name = tool?.toolSpecification?.name;
      return name ? stream(toolUse('tooluse_1', name, ['{"city":"Oslo"}']), goodEnd({}, 'TOOL_USE')) : HELLO;
    });
    const { choices } = await connect().chat.completions.create({ ...question, tools: [weather, time], tool_choice });
    expect(lastUpstreamTurn(simulator).tools).toEqual(offered);
    expect(choices[0]?.finish_reason).toBe(offered.length > 0 ? 'tool_calls' : 'stop');
  });

  it('answers a custom tool with its raw input, and takes that back with the result', async () => {
    simulator.enqueue(
      stream(toolUse('tooluse_1', 'apply_patch', ['{"input":"*** Begin\\n+', '\\"x\\""}']), goodEnd({}, 'TOOL_USE')),
      HELLO,
    );
    const tools = [{ type: 'custom' as const, custom: { name: 'apply_patch', description: 'Applies a patch.' } }];
    const first = await connect().chat.completions.create({ ...question, tools });
    const message = first.choices[0]?.message;
    expect(message?.tool_calls).toEqual([
      { id: 'call_1', type: 'custom', custom: { name: 'apply_patch', input: '*** Begin\n+"x"' } },
    ]);
    await connect().chat.completions.create({
      ...question,
      tools,
      messages: [
        ...question.messages,
        message as ChatCompletionMessageParam,
        { role: 'tool', tool_call_id: 'call_1', content: 'Done.' },
      ],
    });
    expect(lastUpstreamTurn(simulator)).toMatchObject({
      results: ['Done.'],
      history: [expect.anything(), 'assistant: apply_patch({"input":"*** Begin\\n+\\"x\\""})'],
    });
  });

  it('speaks the language of functions to a client of before there were tools', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'get_weather', ['{"city":"Oslo"}']), goodEnd({}, 'TOOL_USE')), HELLO);
    const functions = [weather.function];
    const first = await connect().chat.completions.create({ ...question, functions, function_call: 'auto' });
    const call = { name: 'get_weather', arguments: '{"city":"Oslo"}' };
    expect(first.choices).toMatchObject([
      { message: { content: null, function_call: call }, finish_reason: 'function_call' },
    ]);
    expect(first.choices[0]?.message).not.toHaveProperty('tool_calls');
    const second = await connect().chat.completions.create({
      ...question,
      functions,
      messages: [
        ...question.messages,
        { role: 'assistant', content: null, function_call: call },
        { role: 'function', name: 'get_weather', content: '4 degrees' },
      ],
    });
    expect(second.choices).toMatchObject([{ message: { content: 'Hello.' }, finish_reason: 'stop' }]);
    expect(lastUpstreamTurn(simulator)).toMatchObject({
      results: ['4 degrees'],
      history: [expect.anything(), 'assistant: get_weather({"city":"Oslo"})'],
    });
  });

  it('streams the call of a function in the same language', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'get_weather', ['{"city":', '"Oslo"}']), goodEnd({}, 'TOOL_USE')));
    const chunks = await collect(
      await connect().chat.completions.create({ ...question, functions: [weather.function], stream: true }),
    );
    const deltas = chunks.flatMap(({ choices }) => choices[0]?.delta.function_call ?? []);
    expect(deltas.map(({ name = '' }) => name).join('')).toBe('get_weather');
    expect(deltas.map((delta) => delta.arguments ?? '').join('')).toBe('{"city":"Oslo"}');
    expect(chunks.at(-1)?.choices[0]?.finish_reason).toBe('function_call');
  });

  it('gives thinking beside the text when effort is asked for', async () => {
    simulator.enqueue(stream(reasoning('I look '), reasoning('first.'), signature('c2ln'), text('Hi.'), goodEnd()));
    const { choices } = await connect().chat.completions.create({ ...question, reasoning_effort: 'high' });
    expect(choices[0]?.message).toMatchObject({ content: 'Hi.', reasoning_content: 'I look first.' });
    expect(lastUpstreamTurn(simulator).fields).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
  });

  it('accepts every effort there is', async () => {
    for (const reasoning_effort of ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const) {
      const request = { ...question, reasoning_effort: reasoning_effort as OpenAI.ReasoningEffort };
      expect((await connect().chat.completions.create(request)).choices[0]?.finish_reason).toBe('stop');
    }
  });

  it('says in so many words that it is filtered', async () => {
    simulator.enqueue(stream(text('I can'), goodEnd({}, 'CONTENT_FILTERED')));
    const { choices } = await connect().chat.completions.create(question);
    expect(choices[0]?.finish_reason).toBe('content_filter');
  });
});
