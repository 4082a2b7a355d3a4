import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type {
  ResponseCreateParamsNonStreaming,
  ResponseInputItem,
  ResponseOutputItem,
} from 'openai/resources/responses/responses';
import { goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { collect } from '../support/collect.js';
import { png } from '../support/image-files.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn } from '../support/upstream-turns.js';
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

const weather = { type: 'function' as const, ...GET_WEATHER, strict: null };
const question = { model: 'claude-sonnet-5', input: WEATHER_QUESTION };

describe('tools over several steps', () => {
  const script = () => simulator.enqueue(TWO_CALLS, ONE_CALL, HELLO);
  const resultsOf = (output: readonly ResponseOutputItem[]): ResponseInputItem[] =>
    output.flatMap((item) =>
      item.type === 'function_call'
        ? {
            type: 'function_call_output',
            call_id: item.call_id,
            output: weatherIn(JSON.parse(item.arguments).city),
          }
        : [],
    );

  it.each([
    ['plain', false],
    ['streamed', true],
  ])('go on from previous_response_id, %s', async (_how, isStreaming) => {
    script();
    const client = connect();
    const ask = (request: ResponseCreateParamsNonStreaming) =>
      isStreaming
        ? client.responses.stream({ ...request, stream: true }).finalResponse()
        : client.responses.create(request);
    let response = await ask({ ...question, tools: [weather] });
    const seen = [response.output_text];
    while (resultsOf(response.output).length > 0) {
      const previous = response.id;
      response = await ask({
        ...question,
        tools: [weather],
        input: resultsOf(response.output),
        previous_response_id: previous,
      });
      expect(response.previous_response_id).toBe(previous);
      seen.push(response.output_text);
    }
    expect(seen).toEqual(['Looking.', '', 'Hello.']);
    expectThreeSteps(simulator);
  });

  it.each([
    ['kept', true],
    ['not kept', false],
  ])('go on from the whole conversation sent back, %s', async (_how, store) => {
    script();
    const client = connect();
    const input: ResponseInputItem[] = [{ role: 'user', content: question.input }];
    for (let step = 0; step < 3; step++) {
      const { output } = await client.responses.stream({ ...question, input, store, tools: [weather] }).finalResponse();
      input.push(...(output as ResponseInputItem[]), ...resultsOf(output));
    }
    expectThreeSteps(simulator);
  });

  it('go on from references to what is kept', async () => {
    script();
    const client = connect();
    const input: ResponseInputItem[] = [{ role: 'user', content: question.input }];
    for (let step = 0; step < 3; step++) {
      const { output } = await client.responses.create({ ...question, input, tools: [weather] });
      input.push(
        ...output.map((item): ResponseInputItem => ({ type: 'item_reference', id: item.id ?? '' })),
        ...resultsOf(output),
      );
    }
    expectThreeSteps(simulator);
  });

  it('do not inherit instructions', async () => {
    simulator.enqueue(HELLO, HELLO);
    const first = await connect().responses.create({ ...question, instructions: 'Speak like a pirate.' });
    await connect().responses.create({ ...question, input: 'And now?', previous_response_id: first.id });
    const { history, text: current, whole } = lastUpstreamTurn(simulator);
    expect(history).toEqual([`user: ${WEATHER_QUESTION}`, 'assistant: Hello.']);
    expect(current).toBe('And now?');
    expect(whole).not.toContain('pirate');
  });

  it('show an image in a result to the model', async () => {
    simulator.enqueue(ONE_CALL, HELLO);
    const first = await connect().responses.create({ ...question, tools: [weather] });
    await connect().responses.create({
      ...question,
      tools: [weather],
      previous_response_id: first.id,
      input: [
        {
          type: 'function_call_output',
          call_id: 'call_3',
          output: [
            { type: 'input_text', text: 'The sky:' },
            { type: 'input_image', image_url: `data:image/png;base64,${png().toString('base64')}`, detail: 'auto' },
          ],
        },
      ],
    });
    const turn = lastUpstreamTurn(simulator);
    expect(turn.images).toEqual(['png']);
    expect(turn.results.join()).toContain('The sky:');
  });
});

describe('kept responses', () => {
  it.each([
    ['plain', false],
    ['streamed', true],
  ])('are retrieved as they were given, %s, until they are deleted', async (_how, isStreaming) => {
    simulator.enqueue(TWO_CALLS);
    const { responses } = connect();
    const request = { ...question, tools: [weather], metadata: { trace: 'x' } };
    const given = isStreaming
      ? await collect(await responses.create({ ...request, stream: true })).then((events) => {
          const last = events.at(-1);
          if (last?.type !== 'response.completed') throw new Error(`the stream ended with ${last?.type}`);
          return last.response;
        })
      : await responses.create(request);
    const { output_text: _given, ...kept } = { ...(await responses.retrieve(given.id)) };
    const { output_text: _kept, ...expected } = { ...given };
    expect(JSON.parse(JSON.stringify(kept))).toEqual(JSON.parse(JSON.stringify(expected)));
    expect(await responses.delete(given.id)).toMatchObject({ id: given.id, object: 'response', deleted: true });
    await expect(responses.retrieve(given.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(responses.delete(given.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(responses.inputItems.list(given.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('list what they were asked, in pages', async () => {
    simulator.enqueue(HELLO);
    const { responses } = connect();
    const { id } = await responses.create({
      ...question,
      input: [
        { role: 'user', content: 'One' },
        { role: 'assistant', content: 'Two' },
        { role: 'user', content: [{ type: 'input_text', text: 'Three' }] },
      ],
    });
    const inOrder = await collect(responses.inputItems.list(id, { order: 'asc', limit: 2 }));
    expect(inOrder).toMatchObject([
      { type: 'message', role: 'user', content: [{ text: 'One' }] },
      { type: 'message', role: 'assistant', content: [{ text: 'Two' }] },
      { type: 'message', role: 'user', content: [{ text: 'Three' }] },
    ]);
    for (const item of inOrder) expect(item.id).toMatch(/./);
    const newestFirst = await collect(responses.inputItems.list(id));
    expect(newestFirst.map((item) => item.id)).toEqual(inOrder.map((item) => item.id).reverse());
    const page = await responses.inputItems.list(id, { order: 'asc', limit: 2 });
    expect(page.data).toEqual(inOrder.slice(0, 2));
    expect(page.hasNextPage()).toBe(true);
  });

  it('are none where the client wants none', async () => {
    const { responses } = connect();
    const response = await responses.create({ ...question, store: false });
    expect(response).toMatchObject({ store: false });
    await expect(responses.retrieve(response.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('are never in the background, so that there is nothing to cancel', async () => {
    const { responses } = connect();
    const { id } = await responses.create(question);
    await expect(responses.cancel(id)).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  });
});

describe('responses.inputTokens.count', () => {
  it('counts more for more text, tools, instructions and what came before', async () => {
    simulator.enqueue(HELLO);
    const { responses } = connect();
    const before = await responses.create({ ...question, input: 'Tell me everything about Norway. '.repeat(50) });
    const count = async (more: object = {}) => {
      const counted = await responses.inputTokens.count({ ...question, ...more });
      expect(counted.object).toBe('response.input_tokens');
      return counted.input_tokens;
    };
    const [plain = 0, ...larger] = await Promise.all([
      count(),
      count({ tools: [weather] }),
      count({ instructions: 'Answer in the language of the question, and never mention the service by its name.' }),
      count({ input: 'Weather in Oslo? '.repeat(100) }),
      count({ previous_response_id: before.id }),
    ]);
    expect(plain).toBeGreaterThan(0);
    for (const each of larger) expect(each).toBeGreaterThan(plain + 5);
  });
});

describe('responses.compact', () => {
  it('makes a conversation short, and goes on from that', async () => {
    simulator.enqueue(stream(text('They spoke of Oslo.'), goodEnd()), HELLO);
    const { responses } = connect();
    const compacted = await responses.compact({
      model: 'claude-sonnet-5',
      input: [
        { role: 'user', content: 'How is the weather in Oslo?' },
        { role: 'assistant', content: 'Four degrees.' },
      ],
    });
    expect(compacted).toMatchObject({
      object: 'response.compaction',
      created_at: expect.any(Number),
      usage: { total_tokens: expect.any(Number) },
    });
    expect(compacted.output.filter(({ type }) => type === 'compaction')).toMatchObject([
      { id: expect.stringMatching(/^cmp_./), encrypted_content: expect.stringMatching(/./) },
    ]);
    await responses.create({
      ...question,
      input: [...(compacted.output as ResponseInputItem[]), { role: 'user', content: 'And in Bergen?' }],
    });
    const { whole, text: current } = lastUpstreamTurn(simulator);
    expect(whole).toContain('They spoke of Oslo.');
    expect(current).toContain('And in Bergen?');
  });
});
