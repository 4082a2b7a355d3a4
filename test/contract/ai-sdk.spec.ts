import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  APICallError,
  generateObject,
  generateText,
  type LanguageModel,
  type ModelMessage,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai';
import { z } from 'zod';
import {
  exception,
  failure,
  goodEnd,
  pause,
  reasoning,
  signature,
  stream,
  text,
  toolUse,
} from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import type { SentRequest } from '../support/anthropic-sdks.js';
import { eventually } from '../support/ask.js';
import { png } from '../support/image-files.js';
import { recordingFetch } from '../support/recording-fetch.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn } from '../support/upstream-turns.js';
import {
  expectThreeSteps,
  HELLO,
  ONE_CALL,
  TWO_CALLS,
  TWO_CALLS_IN_HISTORY,
  WEATHER_QUESTION,
  weatherIn,
} from '../support/weather.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  globalThis.AI_SDK_LOG_WARNINGS = false;
  globalThis.fetch = recordingFetch([], globalThis.fetch);
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

type ProviderOptions = NonNullable<Parameters<typeof generateText>[0]['providerOptions']>;
interface Line {
  name: string;
  path: string;
  connect(sent: SentRequest[], model?: string): LanguageModel;
  /** What makes it ask for thinking. */
  thinking: ProviderOptions;
}

const options = (sent: SentRequest[]) => ({
  apiKey: ADMIN_KEY,
  baseURL: `${gateway.url}/v1`,
  fetch: recordingFetch(sent),
});
const MODEL = 'claude-opus-4-6';
/** A model that keeps no limit itself. */
const LIMITED_HERE = 'claude-haiku-4-5';
const LINES: readonly Line[] = [
  {
    name: '@ai-sdk/openai',
    path: '/v1/responses',
    connect: (sent, model = MODEL) => createOpenAI(options(sent))(model),
    thinking: { openai: { reasoningEffort: 'high', reasoningSummary: 'auto', forceReasoning: true } },
  },
  {
    name: '@ai-sdk/openai .chat()',
    path: '/v1/chat/completions',
    connect: (sent, model = MODEL) => createOpenAI(options(sent)).chat(model),
    thinking: { openai: { reasoningEffort: 'high', forceReasoning: true } },
  },
  {
    name: '@ai-sdk/openai-compatible',
    path: '/v1/chat/completions',
    connect: (sent, model = MODEL) =>
      createOpenAICompatible({ name: 'gateway', includeUsage: true, ...options(sent) })(model),
    thinking: { gateway: { reasoningEffort: 'high' } },
  },
  {
    name: '@ai-sdk/openai-compatible with JSON schemas',
    path: '/v1/chat/completions',
    connect: (sent, model = MODEL) =>
      createOpenAICompatible({
        name: 'gateway',
        includeUsage: true,
        supportsStructuredOutputs: true,
        ...options(sent),
      })(model),
    thinking: { gateway: { reasoningEffort: 'high' } },
  },
  {
    name: '@ai-sdk/anthropic',
    path: '/v1/messages',
    connect: (sent, model = MODEL) => createAnthropic(options(sent))(model),
    thinking: { anthropic: { thinking: { type: 'adaptive' } } },
  },
];
/** `.chat()` reads no thinking (openai.md §5). */
const SHOWING_THINKING = LINES.filter(({ name }) => !name.endsWith('.chat()'));

const tools = {
  get_weather: tool({
    description: 'Current weather for a city.',
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => weatherIn(city),
  }),
};
const prompt = WEATHER_QUESTION;
const usage = {
  inputTokens: 33,
  inputTokenDetails: { noCacheTokens: 30, cacheReadTokens: 3 },
  outputTokens: 19,
};

describe.each(LINES)('$name', ({ path, connect, thinking }) => {
  const connected = () => {
    const sent: SentRequest[] = [];
    return { common: { model: connect(sent), maxRetries: 0, prompt }, sent };
  };

  it('generates text', async () => {
    simulator.enqueue(HELLO);
    const { common, sent } = connected();
    const result = await generateText({ ...common, instructions: 'Be brief.' });
    expect(result).toMatchObject({
      text: 'Hello.',
      finishReason: 'stop',
      usage: { inputTokens: 10, outputTokens: 5 },
      response: { modelId: MODEL },
    });
    expect(sent.map((request) => request.path)).toEqual([path]);
    expect(lastUpstreamTurn(simulator).text).toMatch(/^Be brief\.\s+Weather in Oslo and Bergen\?$/);
  });

  it('streams text as it comes', async () => {
    simulator.enqueue(HELLO);
    const result = streamText(connected().common);
    const pieces: string[] = [];
    for await (const piece of result.textStream) pieces.push(piece);
    expect(pieces.filter((piece) => piece !== '')).toEqual(['Hel', 'lo.']);
    expect(await result.finishReason).toBe('stop');
    expect(await result.usage).toMatchObject({ inputTokens: 10, outputTokens: 5 });
  });

  it('generates over several steps, with calls at once', async () => {
    simulator.enqueue(TWO_CALLS, ONE_CALL, HELLO);
    const result = await generateText({ ...connected().common, tools, stopWhen: stepCountIs(5) });
    expect(result.steps.map((step) => [step.finishReason, step.text])).toEqual([
      ['tool-calls', 'Looking.'],
      ['tool-calls', ''],
      ['stop', 'Hello.'],
    ]);
    expect(result.usage).toMatchObject(usage);
    expectThreeSteps(simulator);
  });

  it('streams over the same steps', async () => {
    simulator.enqueue(TWO_CALLS, ONE_CALL, HELLO);
    const result = streamText({ ...connected().common, tools, stopWhen: stepCountIs(5) });
    const inputs: unknown[] = [];
    for await (const part of result.fullStream) {
      if (part.type === 'error') throw part.error;
      if (part.type === 'tool-call') inputs.push(part.input);
    }
    expect(inputs).toEqual([{ city: 'Oslo' }, { city: 'Bergen' }, { city: 'Voss' }]);
    expect((await result.steps).map((step) => [step.finishReason, step.text])).toEqual([
      ['tool-calls', 'Looking.'],
      ['tool-calls', ''],
      ['stop', 'Hello.'],
    ]);
    expect(await result.usage).toMatchObject(usage);
    expectThreeSteps(simulator);
  });

  it('goes on in a conversation with what was answered', async () => {
    simulator.enqueue(TWO_CALLS, HELLO, HELLO);
    const { model } = connected().common;
    const messages: ModelMessage[] = [{ role: 'user', content: prompt }];
    const first = await generateText({ model, maxRetries: 0, messages, tools, stopWhen: stepCountIs(5) });
    messages.push(...first.responseMessages, { role: 'user', content: 'Thanks!' });
    expect((await streamText({ model, maxRetries: 0, messages, tools }).text).trim()).toBe('Hello.');
    expect(lastUpstreamTurn(simulator)).toMatchObject({
      text: 'Thanks!',
      history: [`user: ${prompt}`, TWO_CALLS_IN_HISTORY, 'user: Oslo: 4 | Bergen: 9', 'assistant: Hello.'],
    });
  });

  it('says which tool has to be called', async () => {
    const get_time = tool({ inputSchema: z.object({}), execute: () => 'noon' });
    simulator.enqueue(stream(toolUse('tooluse_1', 'get_time', ['{}']), goodEnd({}, 'TOOL_USE')));
    const result = await generateText({
      ...connected().common,
      tools: { ...tools, get_time },
      toolChoice: { type: 'tool', toolName: 'get_time' },
    });
    expect(result.toolCalls).toMatchObject([{ toolName: 'get_time', input: {} }]);
    expect(lastUpstreamTurn(simulator).tools).toEqual(['get_time']);
  });

  it('shows an image', async () => {
    const { model } = connected().common;
    await generateText({
      model,
      maxRetries: 0,
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is this?' },
            { type: 'file', data: png(), mediaType: 'image/png' },
          ],
        },
      ],
    });
    expect(lastUpstreamTurn(simulator)).toMatchObject({ text: 'What is this?', images: ['png'] });
  });

  describe('gives an object', () => {
    const schema = z.object({ city: z.string(), degrees: z.int() });
    const oslo = { city: 'Oslo', degrees: 4 };
    beforeEach(() =>
      simulator.answer(({ body }) => {
        const [forced] = body.conversationState.currentMessage.userInputMessage.userInputMessageContext?.tools ?? [];
        const name = forced?.toolSpecification?.name;
        return name
          ? stream(toolUse('tooluse_1', name, [JSON.stringify(oslo)]), goodEnd({}, 'TOOL_USE'))
          : stream(text('```json\n{"city":"Os'), text('lo","degrees":4}\n```'), goodEnd());
      }),
    );

    it('as the output of generateText', async () => {
      const result = await generateText({ ...connected().common, output: Output.object({ schema }) });
      expect(result.output).toEqual(oslo);
    });

    it('as the output of streamText', async () => {
      const result = streamText({ ...connected().common, output: Output.object({ schema }) });
      const partial: unknown[] = [];
      for await (const piece of result.partialOutputStream) partial.push(piece);
      expect(partial.at(-1)).toEqual(oslo);
      expect(await result.output).toEqual(oslo);
    });

    it('with generateObject', async () => {
      expect((await generateObject({ ...connected().common, schema })).object).toEqual(oslo);
    });
  });

  it('ends at its limit of tokens', async () => {
    const words = Array.from({ length: 40 }, (_, index) => text(`word${index} `));
    simulator.answer(() => stream(words, goodEnd()));
    const request = { ...connected().common, model: connect([], LIMITED_HERE), maxOutputTokens: 16 };
    expect(await generateText(request)).toMatchObject({ finishReason: 'length' });
    const result = streamText(request);
    expect(await result.text).toMatch(/^word0 /);
    expect(await result.finishReason).toBe('length');
  });

  it('lets upstream go when it aborts in mid-stream', async () => {
    simulator.enqueue(stream(text('Hi'), pause(600_000), text('never')));
    const controller = new AbortController();
    const result = streamText({ ...connected().common, abortSignal: controller.signal });
    const types: string[] = [];
    for await (const part of result.fullStream) {
      types.push(part.type);
      if (part.type === 'text-delta' && part.text !== '') controller.abort();
    }
    expect(types.at(-1)).toBe('abort');
    await eventually(() => simulator.openStreams === 0);
    expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
  });

  it.each([
    [400, failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'), false],
    [429, failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': '1' } }), true],
  ])('throws an error of status %i', async (statusCode, upstream, isRetryable) => {
    simulator.answer(() => upstream);
    const error = await generateText(connected().common).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(APICallError.isInstance(error)).toBe(true);
    expect(error).toMatchObject({ statusCode, isRetryable });
    expect(error.message).toMatch(statusCode === 400 ? /Improperly formed/ : /rate/);
  });

  it('tells of a failure in mid-stream', async () => {
    simulator.enqueue(stream(text('Half'), exception('error', { message: 'secret words' })));
    const result = streamText({ ...connected().common, onError: () => {} });
    const errors: unknown[] = [];
    let seen = '';
    for await (const part of result.fullStream) {
      if (part.type === 'text-delta') seen += part.text;
      if (part.type === 'error') errors.push(part.error);
    }
    expect(seen).toBe('Half');
    expect(errors).toHaveLength(1);
    expect(JSON.stringify(errors) + String(errors[0])).not.toContain('secret');
    expect(JSON.stringify(errors) + String(errors[0])).toMatch(/upstream|service/i);
  });

  it('accepts being asked for every effort', async () => {
    for (const effort of ['none', 'minimal', 'low', 'medium', 'high', 'xhigh'] as const) {
      expect(await generateText({ ...connected().common, reasoning: effort })).toMatchObject({ finishReason: 'stop' });
    }
  });

  it('accepts being asked to think', async () => {
    await generateText({ ...connected().common, providerOptions: thinking });
    expect(lastUpstreamTurn(simulator).fields).toMatchObject({ thinking: { type: 'adaptive' } });
  });
});

describe.each(SHOWING_THINKING)('$name', ({ connect, thinking }) => {
  const answers = () =>
    simulator.enqueue(
      stream(
        reasoning('I look '),
        reasoning('first.'),
        signature('c2ln'),
        text('Looking.'),
        toolUse('tooluse_1', 'get_weather', ['{"city":"Oslo"}']),
        goodEnd({}, 'TOOL_USE'),
      ),
      HELLO,
    );

  it('shows thinking, streamed or not', async () => {
    const common = { model: connect([]), maxRetries: 0, prompt, tools, providerOptions: thinking };
    answers();
    const generated = await generateText({ ...common, stopWhen: stepCountIs(5) });
    expect(generated.steps[0]?.reasoningText).toBe('I look first.');
    expect(generated.text).toBe('Hello.');
    answers();
    const streamed = streamText({ ...common, stopWhen: stepCountIs(5) });
    expect((await streamed.steps)[0]?.reasoningText).toBe('I look first.');
    expect(await streamed.text).toBe('Hello.');
  });
});

describe('@ai-sdk/openai', () => {
  const answers = () =>
    simulator.enqueue(
      stream(
        reasoning('I look first.'),
        signature('c2ln'),
        text('Looking.'),
        toolUse('tooluse_1', 'get_weather', ['{"city":"Oslo"}']),
        goodEnd({}, 'TOOL_USE'),
      ),
      HELLO,
    );
  const ask = async (openai: NonNullable<ProviderOptions['openai']>) => {
    answers();
    const sent: SentRequest[] = [];
    const result = await generateText({
      model: createOpenAI(options(sent))(MODEL),
      maxRetries: 0,
      prompt,
      tools,
      stopWhen: stepCountIs(5),
      providerOptions: { openai: { ...LINES[0]?.thinking.openai, ...openai } },
    });
    expect(result.text).toBe('Hello.');
    const input: { type?: string }[] = sent[1]?.body.input ?? [];
    return input.map(({ type = 'message' }) => type);
  };
  const restored = '"reasoningText":{"text":"I look first.","signature":"c2ln"}';

  it('refers to what is kept, and upstream gets it back, thinking too', async () => {
    expect(await ask({})).toEqual([
      'message',
      'item_reference',
      'item_reference',
      'function_call',
      'function_call_output',
    ]);
    const { whole, history, results } = lastUpstreamTurn(simulator);
    expect(history).toEqual([`user: ${prompt}`, 'assistant: Looking. | get_weather({"city":"Oslo"})']);
    expect(results).toEqual(['Oslo: 4']);
    expect(whole).toContain(restored);
  });

  it('sends everything itself when nothing is kept, thinking too', async () => {
    expect(await ask({ store: false })).toEqual([
      'message',
      'reasoning',
      'message',
      'function_call',
      'function_call_output',
    ]);
    const { whole, history } = lastUpstreamTurn(simulator);
    expect(history).toEqual([`user: ${prompt}`, 'assistant: Looking. | get_weather({"city":"Oslo"})']);
    expect(whole).toContain(restored);
  });

  it('shows an image that a tool answered', async () => {
    simulator.enqueue(stream(toolUse('tooluse_1', 'look', ['{}']), goodEnd({}, 'TOOL_USE')), HELLO);
    const look = tool({
      inputSchema: z.object({}),
      execute: () => png().toString('base64'),
      toModelOutput: ({ output }) => ({
        type: 'content',
        value: [
          { type: 'text', text: 'The sky:' },
          { type: 'file', data: { type: 'data', data: output }, mediaType: 'image/png' },
        ],
      }),
    });
    const model = createOpenAI(options([]))(MODEL);
    await generateText({ model, maxRetries: 0, prompt, tools: { look }, stopWhen: stepCountIs(5) });
    const { images, results } = lastUpstreamTurn(simulator);
    expect(images).toEqual(['png']);
    expect(results.join()).toContain('The sky:');
  });

  it('goes on from a previous response', async () => {
    simulator.enqueue(HELLO, HELLO);
    const model = createOpenAI(options([]))(MODEL);
    const first = await generateText({ model, maxRetries: 0, prompt });
    const previousResponseId = String(first.finalStep.providerMetadata?.openai?.responseId);
    await generateText({
      model,
      maxRetries: 0,
      prompt: 'And now?',
      providerOptions: { openai: { previousResponseId } },
    });
    expect(lastUpstreamTurn(simulator)).toMatchObject({
      text: 'And now?',
      history: [`user: ${prompt}`, 'assistant: Hello.'],
    });
  });

  it('sends a conversation of a name that it takes for one of OpenAI’s', async () => {
    const own = await startGateway(simulator, { MODEL_ALIASES: JSON.stringify({ 'gpt-5': 'claude-sonnet-5' }) });
    try {
      const openai = createOpenAI({ ...options([]), baseURL: `${own.url}/v1` });
      for (const model of [openai('gpt-5'), openai.chat('gpt-5')]) {
        const result = await generateText({
          model,
          maxRetries: 0,
          prompt,
          instructions: 'Be brief.',
          maxOutputTokens: 500,
        });
        expect(result.response.modelId).toBe('gpt-5');
        expect(lastUpstreamTurn(simulator).text).toMatch(/^Be brief\.\s+Weather/);
      }
    } finally {
      await own.close();
    }
  });
});
