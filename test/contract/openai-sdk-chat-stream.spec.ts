import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { StreamAnswer } from '../../simulator/answer.js';
import { goodEnd, pause, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { eventually } from '../support/ask.js';
import { collect } from '../support/collect.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { GET_WEATHER, TWO_CALLS, WEATHER_QUESTION } from '../support/weather.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const connect = () => connectOpenai(gateway).client;

const weather = { type: 'function' as const, function: GET_WEATHER };
const question = { model: 'claude-sonnet-5', messages: [{ role: 'user' as const, content: WEATHER_QUESTION }] };
const usage = {
  prompt_tokens: 13,
  completion_tokens: 9,
  total_tokens: 22,
  prompt_tokens_details: { cached_tokens: 3 },
  completion_tokens_details: { reasoning_tokens: 0 },
};

describe('chat.completions.create with stream', () => {
  it('sends role and text, each call by its index, the end, and no usage unasked', async () => {
    simulator.enqueue(TWO_CALLS);
    const chunks = await collect(
      await connect().chat.completions.create({ ...question, tools: [weather], stream: true }),
    );
    const [first] = chunks;
    expect(first).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-./),
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: { role: 'assistant', content: '', refusal: null }, finish_reason: null }],
    });
    for (const { id, created, model, object, choices, ...rest } of chunks) {
      expect({ id, created, model, object }).toEqual({
        id: first?.id,
        created: first?.created,
        model: 'claude-sonnet-5',
        object: 'chat.completion.chunk',
      });
      expect(choices).toHaveLength(1);
      expect(rest).not.toHaveProperty('usage');
    }
    const deltas = chunks.map(({ choices }) => choices[0]?.delta);
    expect(deltas.slice(1, 3)).toEqual([{ content: 'Look' }, { content: 'ing.' }]);
    const callDeltas = deltas.flatMap((delta) => delta?.tool_calls ?? []);
    expect(callDeltas.filter(({ id }) => id !== undefined)).toEqual([
      { index: 0, id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '' } },
      { index: 1, id: 'call_2', type: 'function', function: { name: 'get_weather', arguments: '' } },
    ]);
    for (const delta of callDeltas.filter(({ id }) => id === undefined)) {
      expect(delta).toEqual({ index: expect.any(Number), function: { arguments: expect.any(String) } });
    }
    expect(chunks.at(-1)?.choices).toEqual([{ index: 0, delta: {}, logprobs: null, finish_reason: 'tool_calls' }]);
    expect(chunks.filter(({ choices }) => choices[0]?.finish_reason)).toHaveLength(1);
  });

  it('begins an answer of a call alone with that call', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'get_weather', ['{"city":"Oslo"}']), goodEnd({}, 'TOOL_USE')));
    const [first] = await collect(
      await connect().chat.completions.create({ ...question, tools: [weather], stream: true }),
    );
    expect(first?.choices[0]?.delta).toMatchObject({
      role: 'assistant',
      content: null,
      tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '' } }],
    });
  });

  it('sends usage in a chunk of its own when it is asked to, and null before', async () => {
    simulator.enqueue(TWO_CALLS);
    const chunks = await collect(
      await connect().chat.completions.create({
        ...question,
        tools: [weather],
        stream: true,
        stream_options: { include_usage: true },
      }),
    );
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage });
    for (const chunk of chunks.slice(0, -1)) expect(chunk).toMatchObject({ usage: null, choices: [{ index: 0 }] });
  });

  it('ends the bytes with [DONE], and has no names of events in them', async () => {
    const response = await connect()
      .chat.completions.create({ ...question, stream: true })
      .asResponse();
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    const bytes = await response.text();
    expect(bytes).toMatch(/\n\ndata: \[DONE\]\n\n$/);
    expect(bytes).not.toMatch(/^event:/m);
  });

  it('gives text as it comes', async () => {
    simulator.enqueue(stream(text('Hi'), pause(600_000), text('never')));
    const chunks = await connect().chat.completions.create({ ...question, stream: true });
    for await (const chunk of chunks) if (chunk.choices[0]?.delta.content) break;
    await eventually(() => simulator.openStreams === 0);
    expect(simulator.requests.at(-1)).toMatchObject({ aborted: true, finished: false });
    expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
  });

  it('streams thinking before the text', async () => {
    simulator.enqueue(stream(reasoning('I look '), reasoning('first.'), signature('c2ln'), text('Hi.'), goodEnd()));
    const chunks = await collect(
      await connect().chat.completions.create({ ...question, reasoning_effort: 'low', stream: true }),
    );
    const deltas = chunks.map(
      ({ choices }) => choices[0]?.delta as ChatCompletionChunk.Choice.Delta & { reasoning_content?: string },
    );
    expect(deltas.map((delta) => delta.reasoning_content ?? '').join('')).toBe('I look first.');
    expect(deltas.map((delta) => delta.content ?? '').join('')).toBe('Hi.');
    expect(deltas.findLastIndex((delta) => delta.reasoning_content)).toBeLessThan(
      deltas.findIndex((delta) => delta.content),
    );
  });
});

describe('chat.completions.stream', () => {
  it('comes to the same completion as create', async () => {
    simulator.enqueue(TWO_CALLS, TWO_CALLS);
    const created = await connect().chat.completions.create({ ...question, tools: [weather] });
    const streaming = connect().chat.completions.stream({
      ...question,
      tools: [weather],
      stream_options: { include_usage: true },
    });
    const pieces: string[] = [];
    const finished: { index: number; arguments: string }[] = [];
    streaming.on('content', (delta) => pieces.push(delta));
    streaming.on('tool_calls.function.arguments.done', (done) => finished.push(done));
    const streamed = await streaming.finalChatCompletion();
    expect(pieces).toEqual(['Look', 'ing.']);
    expect(finished).toMatchObject([
      { index: 0, arguments: '{"city":"Oslo"}' },
      { index: 1, arguments: '{"city":"Bergen"}' },
    ]);
    expect(streamed.choices[0]).toMatchObject({
      finish_reason: created.choices[0]?.finish_reason,
      message: {
        role: 'assistant',
        content: 'Looking.',
        refusal: null,
        tool_calls: created.choices[0]?.message.tool_calls,
      },
    });
    expect(streamed.usage).toEqual(created.usage);
    expect(await streaming.totalUsage()).toMatchObject({ prompt_tokens: 13, completion_tokens: 9, total_tokens: 22 });
  });

  it('survives a first text that ends in the middle of a character', async () => {
    simulator.enqueue({ ...stream(text('Blå '), text('bær 🫐'), goodEnd()), chunking: { bytes: 3 } } as StreamAnswer);
    expect(await connect().chat.completions.stream(question).finalContent()).toBe('Blå bær 🫐');
  });

  it('lets upstream go when it aborts in mid-stream', async () => {
    simulator.enqueue(stream(text('Hi'), pause(600_000), text('never')));
    const streaming = connect().chat.completions.stream(question);
    await new Promise((resolve) => streaming.once('content', resolve));
    expect(simulator.openStreams).toBe(1);
    streaming.abort();
    await expect(streaming.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    await eventually(() => simulator.openStreams === 0);
    expect(simulator.requests.at(-1)).toMatchObject({ aborted: true, finished: false });
    expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
  });
});
