import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ResponseInputItem } from 'openai/resources/responses/responses';
import { failure, goodEnd, pause, reasoning, signature, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { AnswerRunner } from '../../src/proxy/reply/answer-runner.js';
import { eventually } from '../support/ask.js';
import { ASKED, answered, framesOf, postResponses, streamedFrames } from '../support/ask-responses.js';
import { connectOpenai, type OpenaiClient } from '../support/openai-sdk.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';
import { lastUpstreamTurn, upstreamTurns } from '../support/upstream-turns.js';

let simulator: Simulator;
let gateway: RunningGateway;
let openai: OpenaiClient['client'];

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
  openai = connectOpenai(gateway).client;
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const tooLong = failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD');
const fine = () => stream(text('fine'), goodEnd());
const look = { type: 'function', name: 'look', parameters: { type: 'object' }, strict: false } as const;

describe('POST /v1/responses', () => {
  it('answers with JSON, status 200 and the model as it was asked for', async () => {
    simulator.enqueue(stream(text('Hel'), text('lo'), goodEnd()));
    const response = await postResponses(gateway, { ...ASKED, instructions: 'Be nice.', metadata: { a: 'b' } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({
      id: expect.stringMatching(/^resp_[0-9a-f]+$/),
      object: 'response',
      status: 'completed',
      model: 'claude-sonnet-5',
      instructions: 'Be nice.',
      metadata: { a: 'b' },
      output: [{ type: 'message', status: 'completed', role: 'assistant', content: [{ text: 'Hello' }] }],
      usage: { input_tokens: expect.any(Number), output_tokens: 5 },
    });
  });

  it('answers as a stream that proxies must not gather, though the SDK accepts JSON only', async () => {
    const headers = { accept: 'application/json' };
    const response = await postResponses(gateway, { ...ASKED, stream: true }, { headers });
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
      'x-amq-account': expect.any(String),
    });
    expect(framesOf(await response.text()).at(-1)?.type).toBe('response.completed');
  });

  it.each(['/v1/responses', '/responses'])('is at %s', async (path) => {
    simulator.enqueue(fine());
    const response = await postResponses(gateway, ASKED, { path });
    expect([response.status, await response.json()]).toMatchObject([200, { object: 'response' }]);
  });

  it("is put together by the SDK's own helper", async () => {
    simulator.enqueue(
      stream(reasoning('hm'), signature('c2ln'), text('I look.'), toolUse('t1', 'look', ['{"a":1}']), goodEnd()),
    );
    const final = await openai.responses
      .stream({ ...ASKED, tools: [look], reasoning: { summary: 'auto' } })
      .finalResponse();
    expect(final.output_text).toBe('I look.');
    expect(final.output).toMatchObject([
      { type: 'reasoning', summary: [{ text: 'hm' }] },
      { type: 'message' },
      { type: 'function_call', call_id: 'call_t1', name: 'look', arguments: '{"a":1}' },
    ]);
  });

  it('counts no text twice in a long answer of many pieces', async () => {
    const pieces = Array.from({ length: 2_000 }, (_piece, index) => `${index} `);
    simulator.enqueue(
      stream(
        pieces.map((piece) => text(piece)),
        goodEnd(),
      ),
    );
    const final = await openai.responses.stream(ASKED).finalResponse();
    expect(final.output_text).toBe(pieces.join(''));
  });
});

describe('the loop of a tool', () => {
  it('goes on from a call to its result, with the thinking before it', async () => {
    simulator.enqueue(stream(reasoning('hm'), signature('c2ln'), toolUse('tooluse_1', 'look', ['{"a":1}']), goodEnd()));
    const input: ResponseInputItem[] = [{ role: 'user', content: 'Look!' }];
    const asked = { ...ASKED, tools: [look], store: false, include: ['reasoning.encrypted_content' as const] };
    const first = await openai.responses.create({ ...asked, input, reasoning: { summary: 'auto' } });
    expect(first.output.map(({ type }) => type)).toEqual(['reasoning', 'function_call']);

    simulator.enqueue(fine());
    const second = await openai.responses.create({
      ...asked,
      input: [
        ...input,
        ...(first.output as ResponseInputItem[]),
        { type: 'function_call_output', call_id: 'call_1', output: 'a tree' },
      ],
    });
    expect(second.output_text).toBe('fine');
    expect(lastUpstreamTurn(simulator)).toMatchObject({ results: ['a tree'] });
    expect(lastUpstreamTurn(simulator).history.join()).toContain('look({"a":1})');
  });
});

describe('the end of an answer', () => {
  it('is a completed message with a refusal where the model refused', async () => {
    simulator.enqueue(stream(goodEnd({}, 'CONTENT_FILTERED')));
    const response = await answered(gateway);
    expect(response).toMatchObject({
      status: 'completed',
      output: [{ type: 'message', status: 'completed', content: [{ type: 'refusal', refusal: expect.any(String) }] }],
    });
    simulator.enqueue(stream(goodEnd({}, 'CONTENT_FILTERED')));
    const final = await openai.responses.stream(ASKED).finalResponse();
    expect(final.output).toMatchObject([{ content: [{ type: 'refusal' }] }]);
  });

  it('is incomplete at max_output_tokens, and upstream is left', async () => {
    simulator.enqueue(stream(text('one two three four five six'), pause(10_000), text('late')));
    // This model keeps no limit of tokens itself.
    expect(await answered(gateway, { model: 'claude-sonnet-4.5', max_output_tokens: 3 })).toMatchObject({
      status: 'incomplete',
      incomplete_details: { reason: 'max_output_tokens' },
      max_output_tokens: 3,
      output: [{ type: 'message', status: 'incomplete' }],
    });
    await eventually(() => simulator.openStreams === 0);
  });

  it('is never a call that upstream cut', async () => {
    const half = toolUse('tooluse_1', 'look', ['{"wipe":"al', 'l"}']).slice(0, 2);
    simulator.enqueue(stream(text('I call'), half));
    const frames = await streamedFrames(gateway, { tools: [look] });
    expect(JSON.stringify(frames)).not.toContain('wipe');
    expect(frames.at(-1)).toMatchObject({ type: 'response.incomplete' });
  });
});

describe('a failure', () => {
  it.each([
    ['streamed', true],
    ['whole', false],
  ])('before the first event has a status of its own (%s)', async (_what, streaming) => {
    simulator.enqueue(failure(400, 'ValidationException', 'Bad schema.', 'REQUEST_BODY_INVALID'));
    const response = await postResponses(gateway, { ...ASKED, stream: streaming });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', code: 'invalid_prompt', message: expect.any(String) } },
    ]);
  });

  it('in the middle is raised by the SDK, and has a status of its own without a stream', async () => {
    const broken = stream(text('good'), { reset: true as const });
    simulator.enqueue(broken);
    await expect(openai.responses.stream(ASKED).finalResponse()).rejects.toMatchObject({ code: 'server_error' });
    simulator.enqueue(broken);
    expect((await postResponses(gateway, ASKED)).status).toBe(502);
  });

  it('is told of a model nobody has, by its parameter', async () => {
    const response = await postResponses(gateway, { ...ASKED, model: 'no-such-model', stream: true });
    expect([response.status, await response.json()]).toMatchObject([
      404,
      { error: { type: 'invalid_request_error', code: 'model_not_found', param: 'model' } },
    ]);
  });

  it('is told of a request that makes no sense', async () => {
    const response = await postResponses(gateway, { input: 'Hello' });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'missing_required_parameter', param: 'model' } },
    ]);
  });

  it('is told of a response that is not stored', async () => {
    const response = await postResponses(gateway, { ...ASKED, previous_response_id: 'resp_gone' });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { code: 'previous_response_not_found', param: 'previous_response_id' } },
    ]);
  });
});

describe('a client that hangs up', () => {
  it.each([
    ['a stream', true],
    ['a JSON answer', false],
  ])('ends %s upstream', async (_what, streaming) => {
    simulator.enqueue(stream(text('early'), pause(10_000)));
    const client = new AbortController();
    const asking = postResponses(gateway, { ...ASKED, stream: streaming }, { signal: client.signal });
    await eventually(() => simulator.openStreams === 1);
    client.abort();
    await asking.then((response) => response.text()).catch(() => undefined);
    await eventually(() => simulator.openStreams === 0 && gateway.app.get(AnswerRunner).running === 0);
    expect(simulator.requests.at(-1)).toMatchObject({ aborted: true });
  });
});

describe('a conversation that is too long', () => {
  const input = Array.from({ length: 8 }, (_turn, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `turn ${index}`,
  })).slice(0, 7);

  it.each([
    ['streamed', true],
    ['whole', false],
  ])('is answered without its oldest turns where the client wants that (%s)', async (_what, streaming) => {
    simulator.enqueue(tooLong, tooLong, fine());
    const response = await postResponses(gateway, { ...ASKED, input, truncation: 'auto', stream: streaming });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('fine');
    const [whole, half, rest] = upstreamTurns(simulator).map((turn) => JSON.stringify(turn));
    expect(whole).toContain('turn 0');
    expect(half).not.toContain('turn 0');
    expect(rest?.length).toBeLessThan(half?.length ?? 0);
    expect(rest).toContain('turn 6');
    // Every try belongs to this request.
    const line = gateway.logs.findLast((each) => each.msg === 'request');
    expect(line).toMatchObject({ account: expect.any(String), attempts: 1, inputTokens: expect.any(Number) });
  });

  it.each([[undefined], ['disabled']])('is refused where it does not (truncation: %s)', async (truncation) => {
    simulator.enqueue(tooLong);
    const response = await postResponses(gateway, { ...ASKED, input, truncation, stream: true });
    expect([response.status, await response.json()]).toMatchObject([
      400,
      { error: { type: 'invalid_request_error', code: 'context_length_exceeded', param: 'input' } },
    ]);
    expect(upstreamTurns(simulator)).toHaveLength(1);
  });

  it('is refused in the end where nothing is left to leave out', async () => {
    simulator.enqueue(tooLong, tooLong);
    const response = await postResponses(gateway, { ...ASKED, truncation: 'auto' });
    expect(response.status).toBe(400);
    expect(upstreamTurns(simulator)).toHaveLength(1);
  });
});

describe('a compaction', () => {
  const conversation = [
    { role: 'user', content: 'Build a boat.' },
    { type: 'function_call', call_id: 'call_1', name: 'look', arguments: '{}' },
    { type: 'function_call_output', call_id: 'call_1', output: 'wood' },
  ];

  it('that Codex asks for is a summary, and exactly one item', async () => {
    simulator.enqueue(stream(text('A boat of '), text('wood.'), goodEnd()));
    const frames = await streamedFrames(gateway, {
      input: [...conversation, { type: 'compaction_trigger' }],
      tools: [look],
      store: false,
    });
    expect(frames.map(({ type }) => type)).toEqual([
      'response.created',
      'response.in_progress',
      'response.output_item.added',
      'response.output_item.done',
      'response.completed',
    ]);
    const [, , , done, completed] = frames;
    expect(done?.item).toEqual({
      id: expect.stringMatching(/^cmp_/),
      type: 'compaction',
      encrypted_content: expect.not.stringContaining('boat'),
    });
    expect(completed?.response.output).toEqual([done?.item]);

    simulator.enqueue(fine());
    await answered(gateway, { input: [done?.item, { role: 'user', content: 'Go on.' }], store: false });
    expect(lastUpstreamTurn(simulator).whole).toContain('A boat of wood.');
  });

  it('is made of what fits, where not all does', async () => {
    simulator.enqueue(tooLong, stream(text('A boat.'), goodEnd()));
    const frames = await streamedFrames(gateway, {
      input: [
        { role: 'user', content: 'x'.repeat(100) },
        { role: 'user', content: 'y' },
        ...conversation,
        { type: 'compaction_trigger' },
      ],
    });
    expect(frames.at(-1)).toMatchObject({ type: 'response.completed' });
  });

  it('by the SDK gives what the next request begins with', async () => {
    simulator.enqueue(stream(text('A boat of wood.'), goodEnd()));
    const compacted = await openai.responses.compact({
      model: 'claude-sonnet-5',
      input: conversation as ResponseInputItem[],
    });
    expect(compacted).toEqual({
      id: expect.stringMatching(/^resp_/),
      object: 'response.compaction',
      created_at: expect.any(Number),
      output: [
        expect.objectContaining({
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: 'Build a boat.' }],
        }),
        { id: expect.stringMatching(/^cmp_/), type: 'compaction', encrypted_content: expect.any(String) },
      ],
      usage: expect.objectContaining({ total_tokens: expect.any(Number) }),
    });

    simulator.enqueue(fine());
    const next = [...(compacted.output as ResponseInputItem[]), { role: 'user' as const, content: 'Go on.' }];
    expect((await openai.responses.create({ model: 'claude-sonnet-5', input: next })).output_text).toBe('fine');
    expect(lastUpstreamTurn(simulator).whole).toContain('A boat of wood.');
  });

  it('of nothing is refused', async () => {
    const response = await postResponses(gateway, { model: 'claude-sonnet-5' }, { path: '/v1/responses/compact' });
    expect([response.status, await response.json()]).toMatchObject([400, { error: { param: 'input' } }]);
  });
});

describe('GET /v1/responses', () => {
  /** What a client that begins a WebSocket is answered, key or not. */
  async function upgrade(protocol: string): Promise<string> {
    const { port, hostname } = new URL(gateway.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /v1/responses HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n` +
        'sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [Buffer];
    socket.destroy();
    return answer.toString();
  }

  it.each(['websocket', 'WebSocket'])(
    'sends whoever asks for a %s to HTTP, without looking at a key',
    async (protocol) => {
      const answer = await upgrade(protocol);
      expect(answer).toMatch(/^HTTP\/1\.1 426 /);
      expect(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n')))).toEqual({
        error: {
          message: expect.any(String),
          type: 'invalid_request_error',
          param: null,
          code: 'websocket_not_supported',
        },
      });
    },
  );

  it('is no list of responses', async () => {
    const response = await fetch(`${gateway.url}/v1/responses`);
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } });
  });
});
