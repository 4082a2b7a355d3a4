import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { goodEnd, pause, stream, text } from '../../simulator/script.js';
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
  gateway = await startGateway(simulator, {
    MODEL_ALIASES: JSON.stringify({ 'gpt-5': 'claude-sonnet-5' }),
    STREAM_PING_INTERVAL: 1,
  });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const connect = () => connectOpenai(gateway).client;

const weather = { type: 'function' as const, ...GET_WEATHER, strict: null };
const question = { model: 'claude-sonnet-5', input: WEATHER_QUESTION };
const messageOf = (content: string) => ({
  id: expect.stringMatching(/^msg_./),
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: content, annotations: [], logprobs: [] }],
});
const callOf = (call_id: string, city: string) => ({
  id: expect.stringMatching(/^fc_./),
  type: 'function_call',
  status: 'completed',
  call_id,
  name: 'get_weather',
  arguments: JSON.stringify({ city }),
});
const twoCalls = [messageOf('Looking.'), callOf('call_1', 'Oslo'), callOf('call_2', 'Bergen')];

/** Types in their order, runs of the same as one. */
const shapeOf = (events: readonly ResponseStreamEvent[]) =>
  events.map(({ type }) => type).filter((type, index, types) => type !== types[index - 1]);
/** Ids and times, which are new for each answer, as marks. */
const plainly = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, member) =>
      (key === 'id' || key === 'created_at' || key === 'completed_at') && member !== null ? `<${key}>` : member,
    ),
  );

describe('responses.create with stream', () => {
  it('sends the whole sequence', async () => {
    simulator.enqueue(TWO_CALLS);
    const events = await collect(
      await connect().responses.create({
        ...question,
        tools: [weather],
        reasoning: { effort: 'high', summary: 'auto' },
        stream: true,
      }),
    );
    const call = [
      'response.output_item.added',
      'response.function_call_arguments.delta',
      'response.function_call_arguments.done',
      'response.output_item.done',
    ];
    expect(shapeOf(events)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.reasoning_summary_part.added',
      'response.reasoning_summary_text.delta',
      'response.reasoning_summary_text.done',
      'response.reasoning_summary_part.done',
      'response.output_item.done',
      'response.output_item.added',
      'response.content_part.added',
      'response.output_text.delta',
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      ...call,
      ...call,
      'response.completed',
    ]);
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, index) => index));
  });

  it('names each item and its place the same from its beginning to the end', async () => {
    simulator.enqueue(TWO_CALLS);
    const events = await collect(await connect().responses.create({ ...question, tools: [weather], stream: true }));
    const added = events.flatMap((event) => (event.type === 'response.output_item.added' ? event : []));
    const done = events.flatMap((event) => (event.type === 'response.output_item.done' ? event : []));
    expect(added.map(({ output_index }) => output_index)).toEqual([0, 1, 2]);
    expect(done.map(({ output_index }) => output_index)).toEqual([0, 1, 2]);
    expect(added.map(({ item }) => item)).toMatchObject([
      { type: 'message', status: 'in_progress', role: 'assistant', content: [] },
      { type: 'function_call', status: 'in_progress', call_id: 'call_1', name: 'get_weather', arguments: '' },
      { type: 'function_call', status: 'in_progress', call_id: 'call_2', name: 'get_weather', arguments: '' },
    ]);
    expect(done.map(({ item }) => item)).toMatchObject(twoCalls);
    expect(done.map(({ item }) => item.id)).toEqual(added.map(({ item }) => item.id));
    for (const event of events) {
      if ('item_id' in event && 'output_index' in event) expect(event.item_id).toBe(added[event.output_index]?.item.id);
    }
    const [first, last] = [events[0], events.at(-1)];
    expect(first).toMatchObject({
      response: {
        status: 'in_progress',
        output: [],
        model: 'claude-sonnet-5',
        created_at: expect.any(Number),
      },
    });
    expect(last).toMatchObject({ type: 'response.completed', response: { status: 'completed' } });
    if (last?.type === 'response.completed') expect(last.response.output).toEqual(done.map(({ item }) => item));
  });

  it('tells a quiet client that it is alive, in a form that the helper knows', async () => {
    simulator.enqueue(stream(text('Hel'), pause(1_300), text('lo.'), goodEnd()));
    const types: string[] = [];
    const streaming = connect().responses.stream(question);
    streaming.on('event', ({ type }) => types.push(type));
    expect((await streaming.finalResponse()).output_text).toBe('Hello.');
    expect(types).toContain('keepalive');
  });
});

describe('responses.stream', () => {
  it('comes to the same response as create', async () => {
    simulator.enqueue(TWO_CALLS, TWO_CALLS);
    const request = { ...question, tools: [weather] };
    const created = await connect().responses.create(request);
    const pieces: string[] = [];
    const calls: string[] = [];
    const streaming = connect().responses.stream(request);
    streaming.on('response.output_text.delta', ({ delta }) => pieces.push(delta));
    streaming.on('response.function_call_arguments.delta', ({ snapshot }) => calls.push(snapshot));
    const streamed = await streaming.finalResponse();
    expect(pieces).toEqual(['Look', 'ing.']);
    expect(calls).toContain('{"city":"Oslo"}');
    expect(calls).toContain('{"city":"Bergen"}');
    const { output: createdOutput, ...rest } = created;
    expect(plainly(streamed)).toMatchObject(plainly({ ...rest }) as object);
    expect(plainly(streamed.output)).toMatchObject(plainly(createdOutput) as object[]);
  });

  it('answers with the name the client asked for', async () => {
    const request = { ...question, model: 'gpt-5' };
    expect(await connect().responses.create(request)).toMatchObject({ model: 'gpt-5' });
    expect(await connect().responses.stream(request).finalResponse()).toMatchObject({ model: 'gpt-5' });
  });

  it('lets upstream go when it aborts in mid-stream', async () => {
    simulator.enqueue(stream(text('Hi'), pause(600_000), text('never')));
    const streaming = connect().responses.stream(question);
    await new Promise((resolve) => streaming.once('response.output_text.delta', resolve));
    expect(simulator.openStreams).toBe(1);
    streaming.abort();
    await expect(streaming.done()).rejects.toBeInstanceOf(OpenAI.APIUserAbortError);
    await eventually(() => simulator.openStreams === 0);
    expect(simulator.requests.at(-1)).toMatchObject({ aborted: true, finished: false });
    expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
  });
});
