import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  type AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from '@langchain/core/messages';
import { tool } from '@langchain/core/tools';
import { ChatOpenAI, type ChatOpenAIFields } from '@langchain/openai';
import { z } from 'zod';
import type { Answer } from '../../simulator/answer.js';
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
import type { SentRequest } from '../support/anthropic-sdks.js';
import { eventually } from '../support/ask.js';
import { png } from '../support/image-files.js';
import { recordingFetch } from '../support/recording-fetch.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn } from '../support/upstream-turns.js';
import { expectThreeSteps, HELLO, ONE_CALL, TWO_CALLS, WEATHER_QUESTION, weatherIn } from '../support/weather.js';

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  // Its traces stay at home.
  for (const name of ['LANGSMITH_TRACING', 'LANGSMITH_TRACING_V2', 'LANGCHAIN_TRACING', 'LANGCHAIN_TRACING_V2'])
    process.env[name] = 'false';
  globalThis.fetch = recordingFetch([], globalThis.fetch);
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const getWeather = tool(({ city }) => weatherIn(city), {
  name: 'get_weather',
  description: 'Current weather for a city.',
  schema: z.object({ city: z.string() }),
});
const usage = {
  input_tokens: 13,
  output_tokens: 9,
  total_tokens: 22,
  input_token_details: { cache_read: 3 },
};
const textOf = ({ content }: BaseMessage) =>
  typeof content === 'string' ? content : content.map((part) => (part.type === 'text' ? part.text : '')).join('');

async function gathered(chunks: AsyncIterable<AIMessageChunk>): Promise<{ message: AIMessageChunk; pieces: string[] }> {
  const pieces: string[] = [];
  let message: AIMessageChunk | undefined;
  for await (const chunk of chunks) {
    if (textOf(chunk) !== '') pieces.push(textOf(chunk));
    message = message === undefined ? chunk : message.concat(chunk);
  }
  if (!message) throw new Error('nothing was streamed');
  return { message, pieces };
}

describe.each([
  { name: 'Chat', useResponsesApi: false, path: '/v1/chat/completions' },
  { name: 'Responses', useResponsesApi: true, path: '/v1/responses' },
])('ChatOpenAI through $name', ({ useResponsesApi, path }) => {
  const connect = (fields: ChatOpenAIFields = {}, sent: SentRequest[] = []) =>
    new ChatOpenAI({
      model: 'claude-opus-4-6',
      apiKey: ADMIN_KEY,
      maxRetries: 0,
      useResponsesApi,
      configuration: { baseURL: `${gateway.url}/v1`, fetch: recordingFetch(sent) },
      ...fields,
    });

  it('invokes', async () => {
    simulator.enqueue(HELLO);
    const sent: SentRequest[] = [];
    const message = await connect({}, sent).invoke([
      new SystemMessage('Be brief.'),
      new HumanMessage(WEATHER_QUESTION),
    ]);
    expect(textOf(message)).toBe('Hello.');
    expect(message.usage_metadata).toMatchObject({ input_tokens: 10, output_tokens: 5, total_tokens: 15 });
    expect(message.response_metadata).toMatchObject({ model_provider: 'openai' });
    expect(sent.map((request) => request.path)).toEqual([path]);
    expect(lastUpstreamTurn(simulator).text).toMatch(/^Be brief\.\s+Weather in Oslo and Bergen\?$/);
  });

  it('streams', async () => {
    simulator.enqueue(TWO_CALLS);
    const { message, pieces } = await gathered(await connect().bindTools([getWeather]).stream(WEATHER_QUESTION));
    expect(pieces).toEqual(['Look', 'ing.']);
    expect(message.tool_calls).toMatchObject([
      { id: 'call_1', name: 'get_weather', args: { city: 'Oslo' } },
      { id: 'call_2', name: 'get_weather', args: { city: 'Bergen' } },
    ]);
    expect(message.usage_metadata).toMatchObject(usage);
  });

  it.each([
    ['invoked', false],
    ['streamed', true],
  ])('goes through tools over several steps, %s', async (_how, isStreaming) => {
    simulator.enqueue(TWO_CALLS, ONE_CALL, HELLO);
    const model = connect().bindTools([getWeather]);
    const ask = async (messages: BaseMessage[]) =>
      isStreaming ? (await gathered(await model.stream(messages))).message : await model.invoke(messages);
    const messages: BaseMessage[] = [new HumanMessage(WEATHER_QUESTION)];
    const texts: string[] = [];
    for (let step = 0; step < 3; step++) {
      const message = await ask(messages);
      texts.push(textOf(message));
      messages.push(message);
      for (const call of message.tool_calls ?? []) messages.push(await getWeather.invoke(call));
    }
    expect(texts).toEqual(['Looking.', '', 'Hello.']);
    expect(messages.filter((message) => message instanceof ToolMessage)).toHaveLength(3);
    expectThreeSteps(simulator);
  });

  it('says which tool has to be called', async () => {
    simulator.enqueue(ONE_CALL);
    const model = connect().bindTools([getWeather], { tool_choice: 'get_weather' });
    expect((await model.invoke(WEATHER_QUESTION)).tool_calls).toMatchObject([{ args: { city: 'Voss' } }]);
    expect(lastUpstreamTurn(simulator).tools).toEqual(['get_weather']);
  });

  it.each(['jsonSchema', 'functionCalling', 'jsonMode'] as const)('gives an object by %s', async (method) => {
    const oslo = { city: 'Oslo', degrees: 4 };
    simulator.answer(({ body }): Answer => {
      const [forced] = body.conversationState.currentMessage.userInputMessage.userInputMessageContext?.tools ?? [];
      const name = forced?.toolSpecification?.name;
      return name
        ? stream(toolUse('tooluse_1', name, [JSON.stringify(oslo)]), goodEnd({}, 'TOOL_USE'))
        : stream(text('```json\n{"city":"Os'), text('lo","degrees":4}\n```'), goodEnd());
    });
    const schema = z.object({ city: z.string(), degrees: z.int() });
    const model = connect().withStructuredOutput(schema, { method, name: 'weather' });
    expect(await model.invoke(`${WEATHER_QUESTION} As JSON.`)).toEqual(oslo);
    // Its parser of calls takes no content in parts, which is what it makes of a stream of Responses.
    if (useResponsesApi && method === 'functionCalling') return;
    let last: unknown;
    for await (const piece of await model.stream(`${WEATHER_QUESTION} As JSON.`)) last = piece;
    expect(last).toEqual(oslo);
  });

  it('shows an image', async () => {
    const url = `data:image/png;base64,${png().toString('base64')}`;
    await connect().invoke([
      new HumanMessage({
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url } },
        ],
      }),
    ]);
    expect(lastUpstreamTurn(simulator)).toMatchObject({ text: 'What is this?', images: ['png'] });
  });

  it('asks for thinking', async () => {
    simulator.enqueue(stream(reasoning('I look first.'), signature('c2ln'), text('Hello.'), goodEnd()));
    const own = await startGateway(simulator, { MODEL_ALIASES: JSON.stringify({ 'gpt-5': 'claude-opus-4.6' }) });
    try {
      const model = connect({
        model: 'gpt-5',
        reasoning: { effort: 'high', summary: 'auto' },
        configuration: { baseURL: `${own.url}/v1`, fetch: recordingFetch([]) },
      });
      const message = await model.invoke(WEATHER_QUESTION);
      expect(textOf(message)).toBe('Hello.');
      if (useResponsesApi) expect(JSON.stringify(message)).toContain('I look first.');
      expect(lastUpstreamTurn(simulator).fields).toMatchObject({ thinking: { type: 'adaptive' } });
    } finally {
      await own.close();
    }
  });

  it('ends at its limit of tokens', async () => {
    const words = Array.from({ length: 40 }, (_, index) => text(`word${index} `));
    simulator.answer(() => stream(words, goodEnd()));
    const message = await connect({ model: 'claude-haiku-4-5', maxTokens: 5 }).invoke(WEATHER_QUESTION);
    expect(textOf(message).length).toBeLessThan(40);
    const { finish_reason, incomplete_details } = message.response_metadata;
    expect(finish_reason ?? incomplete_details).toEqual(useResponsesApi ? { reason: 'max_output_tokens' } : 'length');
  });

  it('lets upstream go when it aborts in mid-stream', async () => {
    simulator.enqueue(stream(text('Hi'), pause(600_000), text('never')));
    const controller = new AbortController();
    const reading = (async () => {
      for await (const chunk of await connect().stream(WEATHER_QUESTION, { signal: controller.signal }))
        if (textOf(chunk) !== '') controller.abort();
    })();
    await expect(reading).rejects.toThrow(/abort/i);
    await eventually(() => simulator.openStreams === 0);
  });

  it.each([
    ['a refused request', failure(400, 'ValidationException', 'x', 'REQUEST_BODY_INVALID'), 400],
    ['a spent quota', failure(402, 'ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT'), 429],
  ])('does not come again after %s', async (_what, upstream, status) => {
    const own = await startGateway(simulator);
    try {
      simulator.answer(() => upstream);
      const sent: SentRequest[] = [];
      const configuration = { baseURL: `${own.url}/v1`, fetch: recordingFetch(sent) };
      await expect(connect({ maxRetries: 2, configuration }).invoke(WEATHER_QUESTION)).rejects.toMatchObject({
        status,
      });
      expect(sent).toHaveLength(1);
    } finally {
      await own.close();
    }
  });

  it('throws what ends a stream that began', async () => {
    simulator.enqueue(stream(text('Half'), exception('error', { message: 'secret words' })));
    const reading = gathered(await connect().stream(WEATHER_QUESTION));
    await expect(reading).rejects.toThrow(/./);
    await expect(reading).rejects.not.toThrow(/secret/);
  });
});
