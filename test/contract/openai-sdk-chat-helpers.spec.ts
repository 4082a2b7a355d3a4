import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ContentFilterFinishReasonError, LengthFinishReasonError } from 'openai/error';
import { zodFunction, zodResponseFormat } from 'openai/helpers/zod';
import { z } from 'zod';
import { goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { upstreamTurns } from '../support/upstream-turns.js';
import {
  expectThreeSteps,
  GET_WEATHER,
  HELLO,
  ONE_CALL,
  TWO_CALLS,
  WEATHER_QUESTION,
  weatherIn,
} from '../support/weather.js';

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

describe('chat.completions.runTools', () => {
  const script = () => simulator.enqueue(TWO_CALLS, ONE_CALL, HELLO);
  const request = {
    ...question,
    tools: [
      {
        type: 'function' as const,
        function: {
          ...weather.function,
          parse: (json: string) => z.object({ city: z.string() }).parse(JSON.parse(json)),
          function: ({ city }: { city: string }) => weatherIn(city),
        },
      },
    ],
  };

  it('goes through several steps with parallel calls', async () => {
    script();
    const runner = connect().chat.completions.runTools(request);
    expect(await runner.finalContent()).toBe('Hello.');
    expect(runner.allChatCompletions().map(({ choices }) => choices[0]?.finish_reason)).toEqual([
      'tool_calls',
      'tool_calls',
      'stop',
    ]);
    expect(await runner.totalUsage()).toMatchObject({ prompt_tokens: 33, completion_tokens: 19, total_tokens: 52 });
    expectThreeSteps(simulator);
  });

  it('goes through the same steps while it streams', async () => {
    script();
    const runner = connect().chat.completions.runTools({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    });
    const results: string[] = [];
    runner.on('functionToolCallResult', (result) => results.push(result));
    expect(await runner.finalContent()).toBe('Hello.');
    expect(results).toEqual(['Oslo: 4', 'Bergen: 9', 'Voss: 1']);
    expect(await runner.totalUsage()).toMatchObject({ prompt_tokens: 33, completion_tokens: 19, total_tokens: 52 });
    expectThreeSteps(simulator);
  });

  it('goes on with tools described by zod', async () => {
    script();
    const cities: string[] = [];
    const tool = zodFunction({
      name: 'get_weather',
      parameters: z.object({ city: z.string() }),
      function: ({ city }) => {
        cities.push(city);
        return weatherIn(city);
      },
    });
    const runner = connect().chat.completions.runTools({ ...question, tools: [tool], stream: true });
    expect(await runner.finalContent()).toBe('Hello.');
    expect(cities).toEqual(['Oslo', 'Bergen', 'Voss']);
    expectThreeSteps(simulator);
  });
});

describe('structured output', () => {
  const format = zodResponseFormat(z.object({ city: z.string(), degrees: z.int() }), 'weather');
  const request = { ...question, response_format: format };
  const fenced = stream(text('```json\n{"city":"Os'), text('lo","degrees":4}\n```'), goodEnd());
  const cut = stream(text('{"city":"Os'), goodEnd({}, 'MAX_TOKENS'));
  const filtered = stream(text('{"city":"Os'), goodEnd({}, 'CONTENT_FILTERED'));
  const oslo = { city: 'Oslo', degrees: 4 };

  it('is parsed by zod, fences or not, streamed or not', async () => {
    simulator.enqueue(fenced, fenced);
    const parsed = await connect().chat.completions.parse(request);
    expect(parsed.choices[0]).toMatchObject({ finish_reason: 'stop', message: { parsed: oslo } });
    const streaming = connect().chat.completions.stream(request);
    const dones: unknown[] = [];
    streaming.on('content.done', (done) => dones.push(done.parsed));
    const streamed = await streaming.finalChatCompletion();
    expect(streamed.choices[0]).toMatchObject({ finish_reason: 'stop', message: { parsed: oslo } });
    expect(dones).toEqual([oslo]);
  });

  it('is asked for once more when it does not conform', async () => {
    simulator.enqueue(stream(text('{"city":"Oslo"}'), goodEnd()), stream(text(JSON.stringify(oslo)), goodEnd()));
    const parsed = await connect().chat.completions.parse(request);
    expect(parsed.choices[0]?.message.parsed).toEqual(oslo);
    expect(upstreamTurns(simulator)).toHaveLength(2);
  });

  it('may be any JSON object', async () => {
    simulator.enqueue(stream(text('Here it is: {"city":"Oslo"}'), goodEnd()));
    const { choices } = await connect().chat.completions.create({
      ...question,
      response_format: { type: 'json_object' },
    });
    expect(choices).toMatchObject([{ message: { content: '{"city":"Oslo"}' }, finish_reason: 'stop' }]);
  });

  it.each([
    ['an answer that is cut', cut, LengthFinishReasonError],
    ['a filtered answer', filtered, ContentFilterFinishReasonError],
  ])('throws for %s, streamed or not', async (_what, answer, error) => {
    simulator.answer(() => answer);
    await expect(connect().chat.completions.parse(request)).rejects.toBeInstanceOf(error);
    await expect(connect().chat.completions.stream(request).finalChatCompletion()).rejects.toBeInstanceOf(error);
  });

  it('parses the arguments of strict tools', async () => {
    simulator.enqueue(TWO_CALLS, TWO_CALLS);
    const tool = zodFunction({ name: 'get_weather', parameters: z.object({ city: z.string() }) });
    const parsed = await connect().chat.completions.parse({ ...question, tools: [tool] });
    const streamed = await connect()
      .chat.completions.stream({ ...question, tools: [tool] })
      .finalChatCompletion();
    for (const { choices } of [parsed, streamed]) {
      expect(choices[0]?.message.tool_calls).toMatchObject([
        { function: { parsed_arguments: { city: 'Oslo' } } },
        { function: { parsed_arguments: { city: 'Bergen' } } },
      ]);
    }
  });
});
