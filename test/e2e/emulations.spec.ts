import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  exception,
  failure,
  goodEnd,
  metering,
  pause,
  reasoning,
  signature,
  stream,
  text,
  toolUse,
} from '../../simulator/script.js';
import { type AcceptedRequest, type Answer, type RecordedRequest, Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import type { Message, MessagesEvent } from '../../src/core/messages/vocabulary.js';
import { AnswerRunner } from '../../src/proxy/reply/answer-runner.js';
import { eventually, post, QUESTION, readEvents } from '../support/ask.js';
import { foldInOrder } from '../support/messages-events.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

/** This model keeps no limit of tokens itself. */
const UNLIMITED = 'claude-sonnet-4.5';
const FOREVER = pause(60_000);

let simulator: Simulator;
let gateway: RunningGateway;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { STREAM_PING_INTERVAL: 1 });
});
beforeEach(() => simulator.reset());
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const questions = (): RecordedRequest[] =>
  simulator.requests.filter(({ operation }) => operation === 'GenerateAssistantResponse');

/** What was asked in one round, as the service read it. */
function asked(round: number) {
  const body = questions()[round]?.body as AcceptedRequest['body'] | undefined;
  if (!body) throw new Error(`there was no round ${round}`);
  const { conversationState } = body;
  const { content, userInputMessageContext } = conversationState.currentMessage.userInputMessage;
  const first = conversationState.history?.[0]?.userInputMessage?.content ?? content;
  const tools = (userInputMessageContext?.tools ?? []).map((tool) => tool.toolSpecification?.name);
  return {
    content,
    first,
    tools,
    toolResults: userInputMessageContext?.toolResults,
    history: conversationState.history,
  };
}

/** Answers each question of a conversation in its turn. */
function answerWith(...answers: Answer[]): void {
  let round = 0;
  simulator.answer(() => answers[round++]);
}

async function released(): Promise<void> {
  await eventually(
    () =>
      simulator.openStreams === 0 &&
      gateway.app.get(AnswerRunner).running === 0 &&
      gateway.app.get(Pool).totalInFlight() === 0,
  );
}

async function attempts(status: string): Promise<number> {
  const page = await (await fetch(`${gateway.url}/metrics`)).text();
  return Number(new RegExp(`^amazonq_requests_total\\{.*status="${status}"\\} (\\d+)$`, 'm').exec(page)?.[1] ?? 0);
}

const tool = (name: string, more: object = {}) => ({
  name,
  description: `The tool ${name}`,
  input_schema: { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] },
  ...more,
});
const titles = {
  output_config: {
    format: {
      type: 'json_schema',
      schema: {
        type: 'object',
        properties: { title: { type: 'string' } },
        required: ['title'],
        additionalProperties: false,
      },
    },
  },
};

describe.each([
  ['a stream', true],
  ['a JSON answer', false],
])('emulations in %s', (_what, isStream) => {
  async function answer(body: object): Promise<Message> {
    const response = await post(gateway, { ...QUESTION, stream: isStream, ...body });
    expect(response.status).toBe(200);
    if (!isStream) return (await response.json()) as Message;
    const events = (await readEvents(response)).filter(({ type }) => type !== 'ping');
    return foldInOrder(events as unknown as MessagesEvent[]) as Message;
  }

  describe('limits', () => {
    it('stops at a sequence that comes in pieces, and leaves upstream there', async () => {
      answerWith(stream(text('One.\nHu'), text('man'), text(': two'), FOREVER));
      const succeeded = await attempts('success');
      const message = await answer({ stop_sequences: ['END', '\nHuman:'] });
      expect(message).toMatchObject({
        content: [{ type: 'text', text: 'One.' }],
        stop_reason: 'stop_sequence',
        stop_sequence: '\nHuman:',
        stop_details: null,
        container: null,
        usage: { input_tokens: expect.any(Number), output_tokens: expect.any(Number) },
      });
      expect(message.usage.output_tokens).toBeGreaterThan(1);
      await released();
      expect(questions()).toMatchObject([{ aborted: true }]);
      // It was upstream that was left, not the client that left.
      expect(await attempts('success')).toBe(succeeded + 1);
    });

    it('stops at max_tokens where the model does not, and leaves upstream there', async () => {
      const words = 'one two three four five six seven';
      answerWith(stream(text(words.slice(0, 13)), text(words.slice(13)), FOREVER));
      const message = await answer({ model: UNLIMITED, max_tokens: 5 });
      expect(message.stop_reason).toBe('max_tokens');
      // How many words are five tokens is a matter of the model's scale.
      const [block] = message.content;
      expect(['one two three', 'one two three four', 'one two three four five']).toContain(
        block?.type === 'text' && block.text,
      );
      expect(message.usage.output_tokens).toBeLessThanOrEqual(5);
      await released();
      expect(questions()).toMatchObject([{ aborted: true }]);
    });

    it('leaves max_tokens to a model that keeps it itself', async () => {
      answerWith(stream(text('one two three'), text(' four five six seven'), goodEnd()));
      const message = await answer({ max_tokens: 5 });
      expect(message).toMatchObject({
        stop_reason: 'end_turn',
        content: [{ text: 'one two three four five six seven' }],
      });
      expect(questions()[0]?.body).toMatchObject({ additionalModelRequestFields: { max_tokens: 5 } });
    });

    it('never hands on half a tool use, nor one over the limit', async () => {
      const input = JSON.stringify({ n: 1, text: 'word '.repeat(50) });
      answerWith(stream(text('I call.'), toolUse('t', 'f', [input]), FOREVER));
      const message = await answer({ model: UNLIMITED, max_tokens: 20, tools: [tool('f')] });
      expect(message).toMatchObject({ content: [{ type: 'text', text: 'I call.' }], stop_reason: 'max_tokens' });
      await released();
    });

    it('keeps only the first of parallel tool uses, and leaves upstream at the second', async () => {
      answerWith(stream(toolUse('a', 'f', ['{"n":1}']), toolUse('b', 'f', ['{"n":2}']), FOREVER));
      const tool_choice = { type: 'auto', disable_parallel_tool_use: true };
      const message = await answer({ tools: [tool('f')], tool_choice });
      expect(message).toMatchObject({
        content: [{ type: 'tool_use', id: 'a', input: { n: 1 } }],
        stop_reason: 'tool_use',
      });
      await released();
      expect(questions()).toMatchObject([{ aborted: true }]);
    });

    it("waits for upstream's figures after a tool use that stays the only one", async () => {
      answerWith(stream(toolUse('a', 'f', ['{"n":1}']), goodEnd({ uncachedInputTokens: 1234, outputTokens: 56 })));
      const tool_choice = { type: 'auto', disable_parallel_tool_use: true };
      const message = await answer({ tools: [tool('f')], tool_choice });
      expect(message).toMatchObject({ stop_reason: 'tool_use', usage: { input_tokens: 1234, output_tokens: 56 } });
    });
  });

  describe('tool_choice', () => {
    it('none hides the tools, those of the history are told to be gone', async () => {
      answerWith(stream(text('Hi'), goodEnd()));
      await answer({ tools: [tool('f')], tool_choice: { type: 'none' } });
      expect(asked(0).tools).toEqual([]);
      const messages = [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
      ];
      answerWith(stream(text('Hi'), goodEnd()));
      await answer({ messages, tools: [tool('f'), tool('g')], tool_choice: { type: 'none' } });
      expect(asked(1).tools).toEqual(['f']);
    });

    it('none drops a call that upstream makes nevertheless, of a tool of the history', async () => {
      const messages = [
        { role: 'user', content: 'Hello' },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: {} }] },
        { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: 'x' }] },
      ];
      answerWith(stream(text('Hi'), toolUse('u', 'f', ['{"n":1}']), goodEnd()));
      const message = await answer({ messages, tools: [tool('f')], tool_choice: { type: 'none' } });
      expect(message).toMatchObject({ content: [{ type: 'text', text: 'Hi' }], stop_reason: 'end_turn' });
      expect(questions()).toHaveLength(1);
      await released();
    });

    it('any asks once more, and appends the call to the answer', async () => {
      answerWith(
        stream(text('No tool '), text('needed.'), goodEnd({ uncachedInputTokens: 100, outputTokens: 10 })),
        stream(
          text('Well.'),
          toolUse('t', 'f', ['{"n":', '1}']),
          goodEnd({ uncachedInputTokens: 120, outputTokens: 20 }),
        ),
      );
      const message = await answer({
        system: 'Be brief.',
        tools: [tool('f'), tool('g')],
        tool_choice: { type: 'any' },
      });
      expect(message).toMatchObject({
        content: [
          { type: 'text', text: 'No tool needed.' },
          { type: 'tool_use', id: 't', name: 'f', input: { n: 1 } },
        ],
        stop_reason: 'tool_use',
        usage: { input_tokens: 220, output_tokens: 30 },
      });
      expect(asked(0).first).toMatch(/^Be brief\.\n\nYour next answer must call at least one/);
      expect(asked(1).first).toBe(asked(0).first);
      expect(asked(1).history?.at(-1)).toMatchObject({ assistantResponseMessage: { content: 'No tool needed.' } });
      expect(asked(1).content).toContain('Call one of the available tools now.');
      await released();
    });

    it('tool offers only that tool, and asks once when it is called', async () => {
      answerWith(stream(toolUse('t', 'g', ['{"n":1}']), goodEnd()));
      const message = await answer({ tools: [tool('f'), tool('g')], tool_choice: { type: 'tool', name: 'g' } });
      expect(message).toMatchObject({ content: [{ name: 'g' }], stop_reason: 'tool_use' });
      expect(asked(0).tools).toEqual(['g']);
      expect(asked(0).first).toContain('must call the one tool that is available');
      expect(questions()).toHaveLength(1);
    });

    it('tool never names a tool otherwise than upstream lists it', async () => {
      answerWith(stream(text('No.'), goodEnd()), stream(toolUse('t', 'my_tool', ['{"n":1}']), goodEnd()));
      const message = await answer({ tools: [tool('my.tool')], tool_choice: { type: 'tool', name: 'my.tool' } });
      expect(message).toMatchObject({ content: [{ text: 'No.' }, { name: 'my.tool' }], stop_reason: 'tool_use' });
      expect(asked(1).tools).toEqual(['my_tool']);
      expect([asked(0).first, asked(1).first, asked(1).content].join()).not.toContain('my.tool');
    });

    it.each([
      ['brings no call either', stream(text('Still no.'), goodEnd())],
      ['is refused', failure(400, 'ValidationException', 'Improperly formed request.')],
      ['breaks off', stream(text('Well'), exception('error', { message: 'boom' }))],
    ])('ends as the first answer did when the second %s', async (_how, second) => {
      answerWith(stream(text('No.'), goodEnd()), second);
      const message = await answer({ tools: [tool('f')], tool_choice: { type: 'any' } });
      expect(message).toMatchObject({ content: [{ type: 'text', text: 'No.' }], stop_reason: 'end_turn' });
      await released();
    });

    it('keeps the status of a first round that is refused', async () => {
      answerWith(failure(400, 'ValidationException', 'Improperly formed request.'));
      const body = { ...QUESTION, stream: isStream, tools: [tool('f')], tool_choice: { type: 'any' } };
      const response = await post(gateway, body);
      expect(response.status).toBe(400);
      expect(questions()).toHaveLength(1);
      await released();
    });

    it('sends thinking back with the answer it began, to the account that made it', async () => {
      answerWith(
        stream(reasoning('I think.'), signature('c2ln'), text('No.'), goodEnd()),
        stream(toolUse('t', 'f', ['{"n":1}']), goodEnd()),
      );
      const thinking = { type: 'adaptive' };
      const message = await answer({ thinking, tools: [tool('f')], tool_choice: { type: 'any' } });
      expect(message.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
      expect(asked(1).history?.at(-1)).toMatchObject({
        assistantResponseMessage: {
          content: 'No.',
          reasoningContent: { reasoningText: { text: 'I think.', signature: 'c2ln' } },
        },
      });
    });
  });

  describe('strict tools', () => {
    const tools = [tool('f', { strict: true })];

    it('sends a repaired call in place of one that does not conform', async () => {
      answerWith(
        stream(text('I call.'), toolUse('bad', 'f', ['{"n":"one"}']), goodEnd()),
        stream(text('Sorry.'), toolUse('good', 'f', ['{"n":1}']), goodEnd()),
      );
      expect(await answer({ tools })).toMatchObject({
        content: [{ text: 'I call.' }, { type: 'tool_use', id: 'good', input: { n: 1 } }],
        stop_reason: 'tool_use',
      });
      expect(asked(1).toolResults).toMatchObject([{ toolUseId: 'bad', status: 'error' }]);
      expect(JSON.stringify(asked(1).toolResults)).toContain('#/n: Instance type');
    });

    it('sends the call as it was written when the repair is no better', async () => {
      answerWith(
        stream(toolUse('bad', 'f', ['{"n":"one"}']), goodEnd()),
        stream(toolUse('worse', 'f', ['{}']), goodEnd()),
      );
      expect(await answer({ tools })).toMatchObject({
        content: [{ type: 'tool_use', id: 'bad', input: { n: 'one' } }],
        stop_reason: 'tool_use',
      });
      expect(questions()).toHaveLength(2);
    });
  });

  describe('JSON of a schema', () => {
    it('answers a title as Claude Code asks for one: the JSON and nothing around it', async () => {
      answerWith(stream(text('```json\n{"ti'), text('tle": "Greeting"}'), text('\n```\n'), goodEnd()));
      const message = await answer({ ...titles, tools: [], system: [{ type: 'text', text: 'You name things.' }] });
      expect(message.content).toEqual([{ type: 'text', text: '{"title": "Greeting"}', citations: null }]);
      expect(message.stop_reason).toBe('end_turn');
      expect(asked(0).first).toMatch(/^You name things\.\n\nYour whole answer must be one JSON value/);
      expect(asked(0).first).toContain('"required":["title"]');
      expect(questions()).toHaveLength(1);
    });

    it('has what does not conform repaired once', async () => {
      answerWith(
        stream(text('{"name": "Greeting"}'), goodEnd({ uncachedInputTokens: 100, outputTokens: 10 })),
        stream(text('{"title": "Greeting"}'), goodEnd({ uncachedInputTokens: 120, outputTokens: 20 })),
      );
      const message = await answer({ ...titles, tools: [tool('f')] });
      expect(message).toMatchObject({
        content: [{ type: 'text', text: '{"title": "Greeting"}' }],
        usage: { input_tokens: 220, output_tokens: 30 },
      });
      expect(asked(1).tools).toEqual([]);
      expect(asked(1).content).toContain('does not have required property "title"');
      expect(asked(1).history?.at(-1)).toMatchObject({ assistantResponseMessage: { content: '{"name": "Greeting"}' } });
    });

    it('sends what there is when the repair does not help', async () => {
      answerWith(stream(text('So: {"name": "x"}'), goodEnd()), stream(text('I can not.'), goodEnd()));
      expect((await answer(titles)).content).toMatchObject([{ text: '{"name": "x"}' }]);
      answerWith(stream(text('No.'), goodEnd()), failure(400, 'ValidationException', 'Improperly formed request.'));
      expect((await answer(titles)).content).toMatchObject([{ text: 'No.' }]);
      await released();
    });

    it('sends JSON that max_tokens cut off as it is', async () => {
      answerWith(stream(text('{"title": "Gree'), goodEnd({}, 'MAX_TOKENS')));
      const message = await answer(titles);
      expect(message).toMatchObject({ content: [{ text: '{"title": "Gree' }], stop_reason: 'max_tokens' });
      expect(questions()).toHaveLength(1);
    });

    it('lets a tool use win', async () => {
      answerWith(stream(text('I look.'), toolUse('t', 'f', ['{"n":1}']), goodEnd()));
      const message = await answer({ ...titles, tools: [tool('f')] });
      expect(message).toMatchObject({ content: [{ text: 'I look.' }, { type: 'tool_use' }], stop_reason: 'tool_use' });
      expect(questions()).toHaveLength(1);
    });

    it('goes with a demanded strict tool: each emulation has its own second question', async () => {
      answerWith(
        stream(text('No tool.'), goodEnd()),
        stream(text('Really not.'), goodEnd()),
        stream(text('{"title": "No tool"}'), goodEnd()),
      );
      const message = await answer({ ...titles, tools: [tool('f', { strict: true })], tool_choice: { type: 'any' } });
      expect(message).toMatchObject({ content: [{ text: '{"title": "No tool"}' }], stop_reason: 'end_turn' });
      expect(questions()).toHaveLength(3);
    });
  });

  describe('answers without upstream', () => {
    it('warms nothing for max_tokens 0', async () => {
      expect(await answer({ max_tokens: 0 })).toMatchObject({
        content: [],
        stop_reason: 'max_tokens',
        usage: { input_tokens: expect.any(Number), output_tokens: 0 },
      });
      expect(questions()).toEqual([]);
    });

    it('tells Claude Code that a web search failed', async () => {
      const message = await answer({
        messages: [{ role: 'user', content: 'Perform a web search for the query: weather in Oslo' }],
        tools: [{ type: 'web_search_20250305', name: 'web_search', max_uses: 8 }],
        tool_choice: { type: 'auto' },
      });
      const [use] = message.content;
      const id = use?.type === 'server_tool_use' ? use.id : '';
      expect(id).toMatch(/^srvtoolu_\w+/);
      expect(message).toMatchObject({
        content: [
          {
            type: 'server_tool_use',
            name: 'web_search',
            input: { query: 'Perform a web search for the query: weather in Oslo' },
          },
          {
            type: 'web_search_tool_result',
            tool_use_id: id,
            content: { type: 'web_search_tool_result_error', error_code: 'unavailable' },
          },
          { type: 'text', text: expect.stringContaining('not available') },
        ],
        stop_reason: 'end_turn',
      });
      expect(questions()).toEqual([]);
    });

    it('leaves a web search out that stands beside other tools, and says so', async () => {
      answerWith(stream(text('Hi'), goodEnd()));
      await answer({ tools: [tool('f'), { type: 'web_search_20250305', name: 'web_search' }] });
      expect(asked(0).tools).toEqual(['f']);
      expect(asked(0).first).toContain('Web search is not available');
    });
  });
});

describe('a second round', () => {
  const forced = { ...QUESTION, tools: [tool('f')], tool_choice: { type: 'any' } };

  it.each([true, false])('is left when the client hangs up (stream: %s)', async (isStream) => {
    answerWith(stream(text('No.'), goodEnd()), stream(text('Well'), FOREVER));
    const client = new AbortController();
    const asking = post(gateway, { ...forced, stream: isStream }, { signal: client.signal });
    await eventually(() => questions().length === 2 && simulator.openStreams === 1);
    client.abort();
    await asking.then((response) => response.text()).catch(() => undefined);
    await released();
    expect(questions()).toMatchObject([{ finished: true }, { aborted: true }]);
  });

  it('has the first round streamed before it begins', async () => {
    answerWith(stream(text('No.'), goodEnd()), stream(FOREVER));
    const client = new AbortController();
    const response = await post(gateway, { ...forced, stream: true }, { signal: client.signal });
    const reader = response.body?.getReader();
    let received = '';
    while (!received.includes('content_block_stop')) {
      received += new TextDecoder().decode((await reader?.read())?.value);
    }
    expect(received).toContain('"text":"No."');
    expect(received).not.toContain('message_delta');
    client.abort();
    await released();
  });

  it('is counted in the log line, with the credits of both and without a word of either', async () => {
    answerWith(
      stream(text('secret answer'), goodEnd(), metering(0.5)),
      stream(toolUse('t', 'f', ['{"n":1}']), goodEnd(), metering(0.25)),
    );
    const response = await post(gateway, forced);
    expect(response.headers.get('x-amq-attempts')).toBe('1');
    await response.text();
    const line = gateway.logs.findLast(({ msg }) => msg === 'request');
    expect(line).toMatchObject({ rounds: 2, credits: 0.75, stopReason: 'tool_use', attempts: 1 });
    expect(JSON.stringify(gateway.logs)).not.toContain('secret answer');
  });
});

describe('a second round that fails', () => {
  it('is told in the log line only', async () => {
    answerWith(stream(text('No.'), goodEnd()), failure(400, 'ValidationException', 'Improperly formed request.'));
    const response = await post(gateway, { ...QUESTION, tools: [tool('f')], tool_choice: { type: 'any' } });
    expect(response.status).toBe(200);
    await response.text();
    const line = gateway.logs.findLast(({ msg }) => msg === 'request');
    expect(line).toMatchObject({ rounds: 2, roundError: 'invalid_request', outcome: 'success' });
  });
});

describe('a withheld answer', () => {
  it('is kept alive by pings', async () => {
    answerWith(stream(text('{"title":'), pause(1_500), text('"x"}'), goodEnd()));
    const events = await readEvents(await post(gateway, { ...QUESTION, ...titles, stream: true }));
    const types = events.map(({ type }) => type);
    expect(types.slice(0, 3)).toEqual(['message_start', 'ping', 'content_block_start']);
    expect(events.filter(({ type }) => type === 'content_block_delta')).toMatchObject([
      { delta: { text: '{"title":"x"}' } },
    ]);
  });
});

describe('an answer without upstream', () => {
  it('names no account, for a model nobody has too', async () => {
    const response = await post(gateway, { ...QUESTION, model: 'nobody-has-it', max_tokens: 0 });
    expect(response.status).toBe(200);
    expect(response.headers.get('x-amq-account')).toBeNull();
    expect(await response.json()).toMatchObject({ model: 'nobody-has-it', content: [] });
  });
});

describe('a prompt that is emulated', () => {
  it('is the same for the same request: it can be cached', async () => {
    const body = { ...QUESTION, ...titles, tools: [tool('f')], tool_choice: { type: 'any' } };
    simulator.answer(() => stream(toolUse('t', 'f', ['{"n":1}']), goodEnd()));
    for (let round = 0; round < 2; round++) await (await post(gateway, body)).text();
    expect(asked(1)).toEqual(asked(0));
  });
});
