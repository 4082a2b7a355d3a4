import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import type { ResponseInputItem, Tool } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { failure, goodEnd, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn, upstreamTurns } from '../support/upstream-turns.js';
import { GET_WEATHER, HELLO, ONE_CALL, WEATHER_QUESTION } from '../support/weather.js';

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
const asked = { role: 'user' as const, content: WEATHER_QUESTION };
const question = { model: 'claude-sonnet-5', input: WEATHER_QUESTION };

describe('what agents send through the SDK', () => {
  it('answers custom tools and tools of a namespace in their own terms', async () => {
    const tools: Tool[] = [
      { type: 'custom', name: 'apply_patch', description: 'Applies a patch.' },
      { type: 'namespace', name: 'mcp__weather', description: 'Weather.', tools: [weather] },
      weather,
    ];
    const names = () => lastUpstreamTurn(simulator).tools;
    await connect().responses.create({ ...question, tools });
    const [patch = '', inNamespace = '', plain = ''] = names();
    expect(new Set(names()).size).toBe(3);
    simulator.enqueue(
      stream(
        toolUse('tooluse_1', patch, ['{"input":"*** Begin\\n+', '\\"x\\""}']),
        toolUse('tooluse_2', inNamespace, ['{"city":"Oslo"}']),
        toolUse('tooluse_3', plain, ['{"city":"Bergen"}']),
        goodEnd({}, 'TOOL_USE'),
      ),
      HELLO,
    );
    const streamed = await connect()
      .responses.stream({ ...question, tools })
      .finalResponse();
    expect(streamed.output).toMatchObject([
      { id: expect.stringMatching(/^ctc_./), type: 'custom_tool_call', call_id: 'call_1', name: 'apply_patch' },
      { type: 'function_call', call_id: 'call_2', name: 'get_weather', namespace: 'mcp__weather' },
      { type: 'function_call', call_id: 'call_3', name: 'get_weather' },
    ]);
    expect(streamed.output[0]).toMatchObject({ input: '*** Begin\n+"x"', status: 'completed' });
    expect(streamed.output[2]).not.toHaveProperty('namespace', expect.any(String));
    await connect().responses.create({
      ...question,
      tools,
      input: [
        { role: 'user', content: question.input },
        ...(streamed.output as ResponseInputItem[]),
        { type: 'custom_tool_call_output', call_id: 'call_1', output: 'Done.' },
        { type: 'function_call_output', call_id: 'call_2', output: [{ type: 'input_text', text: '4 degrees' }] },
        { type: 'function_call_output', call_id: 'call_3', output: '9 degrees' },
      ],
    });
    expect(lastUpstreamTurn(simulator)).toMatchObject({
      results: ['Done.', '4 degrees', '9 degrees'],
      history: [
        expect.anything(),
        `assistant: ${patch}({"input":"*** Begin\\n+\\"x\\""}) | ${inNamespace}({"city":"Oslo"}) | ${plain}({"city":"Bergen"})`,
      ],
    });
  });

  it('answers a search for tools, and offers what it found from then on', async () => {
    const search = {
      type: 'tool_search' as const,
      execution: 'client' as const,
      description: 'Finds tools.',
      parameters: { type: 'object', properties: { query: { type: 'string' } } },
    };
    await connect().responses.create({ ...question, tools: [search] });
    const [name = ''] = lastUpstreamTurn(simulator).tools;
    simulator.enqueue(
      stream(toolUse('tooluse_1', name, ['{"query":"wea', 'ther"}']), goodEnd({}, 'TOOL_USE')),
      ONE_CALL,
    );
    const { output } = await connect()
      .responses.stream({ ...question, tools: [search] })
      .finalResponse();
    expect(output).toMatchObject([
      {
        id: expect.stringMatching(/^tsc_./),
        type: 'tool_search_call',
        call_id: 'call_1',
        execution: 'client',
        status: 'completed',
        arguments: { query: 'weather' },
      },
    ]);
    const found: ResponseInputItem = {
      type: 'tool_search_output',
      call_id: 'call_1',
      execution: 'client',
      tools: [weather],
    };
    const next = await connect().responses.create({
      ...question,
      tools: [search],
      input: [asked, ...(output as ResponseInputItem[]), found],
    });
    expect(lastUpstreamTurn(simulator).tools).toEqual([name, 'get_weather']);
    expect(next.output).toMatchObject([{ type: 'function_call', call_id: 'call_3', name: 'get_weather' }]);
  });

  it('offers the tools of an input item', async () => {
    simulator.enqueue(ONE_CALL);
    const { output } = await connect().responses.create({
      ...question,
      input: [{ type: 'additional_tools', role: 'developer', tools: [weather] }, asked],
    });
    expect(lastUpstreamTurn(simulator).tools).toEqual(['get_weather']);
    expect(output).toMatchObject([{ type: 'function_call', name: 'get_weather' }]);
  });

  it('answers in the format that an input item asks for', async () => {
    simulator.enqueue(stream(text('```json\n{"city":"Oslo"}\n```'), goodEnd()));
    const format = zodTextFormat(z.object({ city: z.string() }), 'city');
    const parsed = await connect().responses.parse({
      ...question,
      input: [asked, { type: 'configuration_update', text: { format } }],
    });
    expect(parsed.output_parsed).toEqual({ city: 'Oslo' });
  });

  it('gets on with items of tools that the service would run itself', async () => {
    const { status } = await connect().responses.create({
      ...question,
      input: [
        asked,
        { type: 'web_search_call', id: 'ws_1', status: 'completed', action: { type: 'search', query: 'weather' } },
        {
          type: 'local_shell_call',
          id: 'lsh_1',
          call_id: 'call_9',
          status: 'completed',
          action: { type: 'exec', command: ['date'], env: {} },
        },
        { type: 'local_shell_call_output', id: 'call_9', output: 'Saturday' },
        { role: 'user', content: 'And now?' },
      ] as ResponseInputItem[],
    });
    expect(status).toBe('completed');
    expect(lastUpstreamTurn(simulator).text).toContain('And now?');
  });

  it('compacts a conversation at its trigger, to one item that stands for all before', async () => {
    simulator.enqueue(stream(text('They spoke of Oslo.'), goodEnd()), HELLO);
    const { output } = await connect()
      .responses.stream({
        ...question,
        store: false,
        input: [asked, { role: 'assistant', content: 'Four degrees.' }, { type: 'compaction_trigger' }],
      })
      .finalResponse();
    expect(output).toMatchObject([
      { id: expect.stringMatching(/^cmp_./), type: 'compaction', encrypted_content: expect.stringMatching(/./) },
    ]);
    await connect().responses.create({
      ...question,
      input: [...(output as ResponseInputItem[]), { role: 'user', content: 'And in Bergen?' }],
    });
    const { whole } = lastUpstreamTurn(simulator);
    expect(whole).toContain('They spoke of Oslo.');
    expect(whole).toContain('And in Bergen?');
    expect(whole).not.toContain('Four degrees.');
  });

  describe('of a conversation that is too long', () => {
    const tooLong = failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD');
    const input = Array.from({ length: 40 }, (_, index) => ({
      role: index % 2 === 0 ? ('user' as const) : ('assistant' as const),
      content: `Turn ${index} of many words.`,
    })).concat({ role: 'user', content: 'And now?' });

    it('leaves out the oldest turns where it may', async () => {
      simulator.enqueue(tooLong, HELLO);
      const response = await connect().responses.create({ ...question, input, truncation: 'auto' });
      expect(response).toMatchObject({ status: 'completed', output_text: 'Hello.', truncation: 'auto' });
      const [whole, shortened] = upstreamTurns(simulator);
      expect(whole?.history).toHaveLength(40);
      expect(shortened?.history.length).toBeLessThan(40);
      expect(shortened?.text).toBe('And now?');
    });

    it('refuses it where it may not', async () => {
      simulator.answer(() => tooLong);
      await expect(connect().responses.create({ ...question, input })).rejects.toMatchObject({
        constructor: OpenAI.BadRequestError,
        code: 'context_length_exceeded',
        param: 'input',
      });
    });
  });
});
