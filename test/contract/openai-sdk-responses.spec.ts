import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type OpenAI from 'openai';
import { zodResponsesFunction, zodTextFormat } from 'openai/helpers/zod';
import type { ResponseCreateParamsNonStreaming, ResponseInputItem, Tool } from 'openai/resources/responses/responses';
import { z } from 'zod';
import { goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { collect } from '../support/collect.js';
import { png } from '../support/image-files.js';
import { connectOpenai } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn, upstreamTurns } from '../support/upstream-turns.js';
import { GET_WEATHER, HELLO, TWO_CALLS, WEATHER_QUESTION } from '../support/weather.js';

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
/** A model that keeps no limit itself. */
const LIMITED_HERE = 'claude-haiku-4-5';

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
const thoughtOf = (thought: string) => ({
  id: expect.stringMatching(/^rs_./),
  type: 'reasoning',
  summary: [{ type: 'summary_text', text: thought }],
});
const twoCalls = [messageOf('Looking.'), callOf('call_1', 'Oslo'), callOf('call_2', 'Bergen')];

describe('responses.create', () => {
  it('gives a response with parallel calls, every field in its place', async () => {
    simulator.enqueue(TWO_CALLS);
    const before = Math.floor(Date.now() / 1000);
    const response = await connect().responses.create({
      ...question,
      tools: [weather],
      instructions: 'Be brief.',
      metadata: { trace: 'x' },
      temperature: 0.5,
      top_p: 0.9,
      max_output_tokens: 1000,
    });
    expect(response).toMatchObject({
      id: expect.stringMatching(/^resp_./),
      object: 'response',
      status: 'completed',
      background: false,
      error: null,
      incomplete_details: null,
      instructions: 'Be brief.',
      max_output_tokens: 1000,
      max_tool_calls: null,
      model: 'claude-sonnet-5',
      output: twoCalls,
      output_text: 'Looking.',
      parallel_tool_calls: true,
      previous_response_id: null,
      reasoning: { effort: null, summary: null },
      service_tier: expect.any(String),
      store: true,
      temperature: 0.5,
      text: { format: { type: 'text' } },
      tool_choice: 'auto',
      tools: [{ type: 'function', name: 'get_weather', parameters: GET_WEATHER.parameters }],
      top_p: 0.9,
      truncation: 'disabled',
      usage: {
        input_tokens: 13,
        input_tokens_details: { cached_tokens: 3, cache_write_tokens: 0 },
        output_tokens: 9,
        output_tokens_details: { reasoning_tokens: 0 },
        total_tokens: 22,
      },
      metadata: { trace: 'x' },
    });
    expect(Object.keys(response)).toEqual(expect.arrayContaining(['safety_identifier', 'top_logprobs', 'user']));
    expect(response.created_at).toBeGreaterThanOrEqual(before);
    expect(response.completed_at).toBeGreaterThanOrEqual(response.created_at);
    expect(response._request_id).toMatch(/./);
    expect(lastUpstreamTurn(simulator).text).toMatch(/^Be brief\.\s+Weather in Oslo and Bergen\?$/);
  });

  it('accepts everything that upstream has no control for', async () => {
    const response = await connect().responses.create({
      ...question,
      include: ['message.output_text.logprobs', 'reasoning.encrypted_content'],
      max_tool_calls: 3,
      top_logprobs: 0,
      user: 'someone',
      safety_identifier: 'someone',
      service_tier: 'auto',
      prompt_cache_key: 'key',
      truncation: 'auto',
      text: {},
      tools: [{ type: 'web_search' }, { type: 'image_generation' }, { type: 'local_shell' }] as Tool[],
      ...{ client_metadata: { a: 'b' }, something_new: 1 },
    });
    expect(response.status).toBe('completed');
    expect(lastUpstreamTurn(simulator).tools).toEqual([]);
  });

  it('takes messages of all roles, images and files', async () => {
    await connect().responses.create({
      ...question,
      instructions: 'Be brief.',
      input: [
        { role: 'developer', content: 'Answer in Danish.' },
        { role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
        { type: 'message', role: 'assistant', content: 'Hello!' },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'What is this?' },
            {
              type: 'input_image',
              detail: 'high',
              image_url: `data:image/png;base64,${png().toString('base64')}`,
            },
            {
              type: 'input_file',
              filename: 'notes.txt',
              file_data: `data:text/plain;base64,${Buffer.from('The code is 4711.').toString('base64')}`,
            },
          ],
        },
      ],
    });
    const turn = lastUpstreamTurn(simulator);
    expect(turn.history[0]).toMatch(/^user: Be brief\.\s+Answer in Danish\.\s+Hi$/);
    expect(turn.history[1]).toBe('assistant: Hello!');
    expect(turn.text).toContain('What is this?');
    expect(turn.images).toEqual(['png']);
    const inline = Buffer.from('The code is 4711.').toString('base64');
    expect(turn.whole.includes('The code is 4711.') || turn.whole.includes(inline)).toBe(true);
  });

  it('is incomplete where max_output_tokens ends it, streamed or not', async () => {
    const words = Array.from({ length: 40 }, (_, index) => text(`word${index} `));
    simulator.answer(() => stream(words, goodEnd()));
    const request = { ...question, model: LIMITED_HERE, max_output_tokens: 5 };
    const created = await connect().responses.create(request);
    expect(created).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      output: [{ type: 'message', content: [{ type: 'output_text', text: expect.stringMatching(/^word0 /) }] }],
    });
    expect(created.output_text.length).toBeLessThan(40);
    const events = await collect(await connect().responses.create({ ...request, stream: true }));
    expect(events.at(-1)).toMatchObject({
      type: 'response.incomplete',
      response: { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
    });
    const streamed = await connect().responses.stream(request).finalResponse();
    expect(streamed).toMatchObject({ status: 'incomplete', output_text: created.output_text });
  });

  it('gives a summary of the thinking before the message, when it is asked for', async () => {
    simulator.enqueue(TWO_CALLS, TWO_CALLS);
    const request = { ...question, tools: [weather], reasoning: { effort: 'high' as const, summary: 'auto' as const } };
    const response = await connect().responses.create(request);
    expect(response.output).toMatchObject([thoughtOf('I look first.'), ...twoCalls]);
    expect(response.reasoning).toMatchObject({ effort: 'high', summary: 'auto' });
    expect(response.usage?.output_tokens_details.reasoning_tokens).toBeGreaterThan(0);
    expect(lastUpstreamTurn(simulator).fields).toMatchObject({
      thinking: { type: 'adaptive' },
      output_config: { effort: 'high' },
    });
    const summaries: string[] = [];
    const streaming = connect().responses.stream(request);
    streaming.on('response.reasoning_summary_text.delta', ({ delta }) => summaries.push(delta));
    const streamed = await streaming.finalResponse();
    expect(summaries.join('')).toBe('I look first.');
    expect(streamed.output).toMatchObject([thoughtOf('I look first.'), ...twoCalls]);
  });

  it('accepts every effort there is', async () => {
    for (const effort of ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max', 'ultra'] as const) {
      const request = { ...question, reasoning: { effort: effort as OpenAI.ReasoningEffort } };
      expect((await connect().responses.create(request)).status).toBe('completed');
    }
  });

  it('restores thinking that a client without a store sends back', async () => {
    simulator.enqueue(TWO_CALLS, HELLO);
    const request: ResponseCreateParamsNonStreaming = {
      ...question,
      tools: [weather],
      store: false,
      reasoning: { effort: 'high', summary: 'auto' },
      include: ['reasoning.encrypted_content'],
    };
    const first = await connect().responses.create(request);
    expect(first.output[0]).toMatchObject({ type: 'reasoning', encrypted_content: expect.stringMatching(/./) });
    await connect().responses.create({
      ...request,
      input: [
        { role: 'user', content: question.input },
        ...(first.output as ResponseInputItem[]),
        { type: 'function_call_output', call_id: 'call_1', output: '4 degrees' },
        { type: 'function_call_output', call_id: 'call_2', output: '9 degrees' },
      ],
    });
    const { whole, results } = lastUpstreamTurn(simulator);
    expect(results).toEqual(['4 degrees', '9 degrees']);
    expect(whole).toContain('"reasoningText":{"text":"I look first.","signature":"c2ln"}');
  });

  it('says that it refuses in a part of its own', async () => {
    simulator.enqueue(stream(text('I can'), goodEnd({}, 'CONTENT_FILTERED')));
    const { status, output } = await connect().responses.create(question);
    expect(status).toBe('completed');
    expect(output.at(-1)).toMatchObject({
      type: 'message',
      content: expect.arrayContaining([{ type: 'refusal', refusal: expect.stringMatching(/./) }]),
    });
  });
});

describe('structured output', () => {
  const format = zodTextFormat(z.object({ city: z.string(), degrees: z.int() }), 'weather');
  const request = { ...question, text: { format } };
  const fenced = stream(text('```json\n{"city":"Os'), text('lo","degrees":4}\n```'), goodEnd());
  const oslo = { city: 'Oslo', degrees: 4 };

  it('is parsed by zod, fences or not, streamed or not', async () => {
    simulator.enqueue(fenced, fenced);
    const parsed = await connect().responses.parse(request);
    expect(parsed.output_parsed).toEqual(oslo);
    expect(parsed.text?.format).toMatchObject({ type: 'json_schema', name: 'weather', strict: true });
    const streamed = await connect().responses.stream(request).finalResponse();
    expect(streamed.output_parsed).toEqual(oslo);
  });

  it('is asked for once more when it does not conform', async () => {
    simulator.enqueue(stream(text('{"city":"Oslo"}'), goodEnd()), stream(text(JSON.stringify(oslo)), goodEnd()));
    expect((await connect().responses.parse(request)).output_parsed).toEqual(oslo);
    expect(upstreamTurns(simulator)).toHaveLength(2);
  });

  it('stays unparsed where it is cut', async () => {
    simulator.answer(() => stream(text('{"city":"Os'), goodEnd({}, 'MAX_TOKENS')));
    expect(await connect().responses.parse(request)).toMatchObject({ status: 'incomplete', output_parsed: null });
    const streamed = await connect().responses.stream(request).finalResponse();
    expect(streamed).toMatchObject({ status: 'incomplete', output_parsed: null });
  });

  it('parses the arguments of strict tools', async () => {
    simulator.enqueue(TWO_CALLS, TWO_CALLS);
    const tools = [zodResponsesFunction({ name: 'get_weather', parameters: z.object({ city: z.string() }) })];
    const parsed = await connect().responses.parse({ ...question, tools });
    const streamed = await connect()
      .responses.stream({ ...question, tools })
      .finalResponse();
    for (const { output } of [parsed, streamed]) {
      expect(output).toMatchObject([
        { type: 'message' },
        { parsed_arguments: { city: 'Oslo' } },
        { parsed_arguments: { city: 'Bergen' } },
      ]);
    }
  });
});
