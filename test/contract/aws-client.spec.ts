import {
  type ChatResponseStream,
  CodeWhispererStreaming,
  type GenerateAssistantResponseCommandInput,
  type Tool,
} from '@aws/codewhisperer-streaming-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { SimulatedAccount } from '../../simulator/account.js';
import type { ScriptedEvent, StreamAnswer } from '../../simulator/answer.js';
import {
  contextUsage,
  exception,
  failure,
  goodEnd,
  metadata,
  metering,
  reasoning,
  signature,
  stream,
  text,
  toolUse,
} from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { conversationId, plainRequest as goodRequest, offer } from '../../simulator/testing/ask-simulator.js';

// The stream of the sheet's §11.6, in the order of §4.1.
const goodStream = stream(
  reasoning('Let me think.'),
  signature('c2lnbmF0dXJl'),
  text('Hi', 'claude-sonnet-4.5'),
  toolUse('tooluse_1', 'get_weather', ['{"ci', 'ty":"Oslo"}']),
  metadata({ uncachedInputTokens: 12, outputTokens: 7, cacheReadInputTokens: 3 }, 'TOOL_USE'),
  contextUsage(1.5),
  metering(0.02),
);

const goodEvents = [
  { reasoningContentEvent: { text: 'Let me think.' } },
  { reasoningContentEvent: { signature: 'c2lnbmF0dXJl' } },
  { assistantResponseEvent: { content: 'Hi', modelId: 'claude-sonnet-4.5' } },
  { toolUseEvent: { toolUseId: 'tooluse_1', name: 'get_weather' } },
  { toolUseEvent: { toolUseId: 'tooluse_1', name: 'get_weather', input: '{"ci' } },
  { toolUseEvent: { toolUseId: 'tooluse_1', name: 'get_weather', input: 'ty":"Oslo"}' } },
  { toolUseEvent: { toolUseId: 'tooluse_1', name: 'get_weather', stop: true } },
  {
    // The client hides the stop reason (sheet §5).
    metadataEvent: {
      tokenUsage: {
        uncachedInputTokens: 12,
        outputTokens: 7,
        totalTokens: 22,
        cacheReadInputTokens: 3,
        cacheWriteInputTokens: 0,
      },
    },
  },
  { contextUsageEvent: { contextUsagePercentage: 1.5 } },
  { meteringEvent: { usage: 0.02, unit: 'credit', unitPlural: 'credits' } },
];

describe("AWS's own client against the simulator", () => {
  let simulator: Simulator;
  let account: SimulatedAccount;
  let client: CodeWhispererStreaming;

  beforeAll(async () => {
    simulator = await Simulator.start();
    account = simulator.addAccount();
    const token = account.issueAccessToken();
    client = new CodeWhispererStreaming({
      region: 'us-east-1',
      endpoint: simulator.url,
      token: async () => ({ token }),
      maxAttempts: 1,
    });
  });

  afterEach(() => simulator.reset());

  afterAll(async () => {
    client.destroy();
    await simulator.close();
  });

  async function receive(changes: Partial<GenerateAssistantResponseCommandInput> = {}): Promise<ChatResponseStream[]> {
    const { generateAssistantResponseResponse } = await client.generateAssistantResponse({
      ...plainRequest(),
      ...changes,
    });
    const events: ChatResponseStream[] = [];
    for await (const event of generateAssistantResponseResponse ?? []) {
      events.push(event);
    }
    return events;
  }

  it('reads a whole stream with thinking, text and a tool use, field by field', async () => {
    simulator.enqueue(goodStream);

    expect(await receive()).toEqual(goodEvents);
    expect(simulator.requests).toMatchObject([
      { operation: 'GenerateAssistantResponse', binding: 'restJson1', outcome: 'accepted', accountId: account.id },
    ]);
  });

  it.each<[string, Partial<StreamAnswer>]>([
    ['in one write', { chunking: 'one-write' }],
    ['in writes of one byte', { chunking: { bytes: 1 } }],
    ['in writes of seven bytes', { chunking: { bytes: 7 } }],
    ['after some time', { latencyMs: 20 }],
  ])('reads the same stream delivered %s', async (_name, changes) => {
    simulator.enqueue({ ...goodStream, ...changes });

    expect(await receive()).toEqual(goodEvents);
  });

  it('gets a complete answer from the default brain, and the conversation id back', async () => {
    const answer = await client.generateAssistantResponse(plainRequest());
    const events: ChatResponseStream[] = [];
    for await (const event of answer.generateAssistantResponseResponse ?? []) {
      events.push(event);
    }

    expect(answer.conversationId).toBe(conversationId);
    expect(events[0]).toMatchObject({ messageMetadataEvent: { conversationId } });
    const spoken = events.map((event) => event.assistantResponseEvent?.content ?? '').join('');
    expect(spoken).toContain('Say hello in Norwegian.');
    expect(events.slice(-3).map((event) => Object.keys(event)[0])).toEqual([
      'metadataEvent',
      'contextUsageEvent',
      'meteringEvent',
    ]);
  });

  it('accepts history, tools, tool results and an image as this client serialises them (sheet §11.2)', async () => {
    simulator.enqueue(stream(text('ok'), goodEnd()));

    await receive({ conversationState: weatherConversation() });

    expect(simulator.requests).toMatchObject([{ outcome: 'accepted' }]);
  });

  it.each([
    ['ThrottlingException', 429, 'MONTHLY_REQUEST_COUNT', 'You have reached the limit for monthly requests.'],
    ['ThrottlingException', 400, 'MONTHLY_REQUEST_COUNT', 'You have reached the limit for monthly requests.'],
    ['ServiceQuotaExceededException', 402, 'MONTHLY_REQUEST_COUNT', 'You have reached the limit for monthly requests.'],
    ['ThrottlingException', 429, 'INSUFFICIENT_MODEL_CAPACITY', 'I am experiencing high traffic.'],
    ['AccessDeniedException', 403, 'TEMPORARILY_SUSPENDED', 'Your User ID temporarily is suspended.'],
    ['ValidationException', 400, 'CONTENT_LENGTH_EXCEEDS_THRESHOLD', 'Input is too long.'],
    ['InternalServerException', 500, 'MODEL_TEMPORARILY_UNAVAILABLE', 'Try again.'],
  ])('reads %s with status %i and reason %s', async (type, status, reason, message) => {
    simulator.enqueue(failure(status, type, message, reason));

    await expect(receive()).rejects.toMatchObject({
      name: type,
      reason,
      message,
      $metadata: { httpStatusCode: status },
    });
  });

  it('reads a type that stands in the header alone, and a message spelt Message', async () => {
    const more = { typeIn: 'header', messageKey: 'Message' } as const;
    simulator.enqueue(failure(429, 'ThrottlingException', 'Slow down.', null, more));

    await expect(receive()).rejects.toMatchObject({ name: 'ThrottlingException', message: 'Slow down.' });
  });

  it("reads the simulator's own refusals", async () => {
    const conversationState = plainRequest().conversationState;

    await expect(
      receive({ conversationState: { ...conversationState, chatTriggerType: 'DIAGNOSTIC' } as never }),
    ).rejects.toMatchObject({ name: 'ValidationException', reason: 'REQUEST_BODY_INVALID' });

    account.suspended = true;
    await expect(receive()).rejects.toMatchObject({ name: 'AccessDeniedException', reason: 'TEMPORARILY_SUSPENDED' });
    account.suspended = false;

    account.quota.limit = account.quota.used;
    await expect(receive()).rejects.toMatchObject({ name: 'ThrottlingException', reason: 'MONTHLY_REQUEST_COUNT' });
    account.quota.limit = 10_000;
  });

  it('is refused with an unknown token', async () => {
    const stranger = new CodeWhispererStreaming({
      region: 'us-east-1',
      endpoint: simulator.url,
      token: async () => ({ token: 'unknown' }),
      maxAttempts: 1,
    });

    await expect(stranger.generateAssistantResponse(plainRequest())).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: 'The bearer token included in the request is invalid.',
    });
    stranger.destroy();
  });

  it.each<[string, ScriptedEvent[], object]>([
    [
      'the modelled exception',
      [exception('error', { message: 'It broke.', reason: 'MODEL_TEMPORARILY_UNAVAILABLE' })],
      { name: 'InternalServerException', reason: 'MODEL_TEMPORARILY_UNAVAILABLE' },
    ],
    ['an unknown exception', [exception('throttlingError', { message: 'Slow down.' })], { name: 'throttlingError' }],
    ['an error frame', [{ errorCode: 'InternalFailure', errorMessage: 'No more.' }], { name: 'InternalFailure' }],
    [
      'a wrong checksum of the message',
      [{ corrupt: 'message-crc' }, text('x')],
      { message: expect.stringMatching(/checksum/i) },
    ],
    [
      'a wrong checksum of the prelude',
      [{ corrupt: 'prelude-crc' }, text('x')],
      { message: expect.stringMatching(/checksum/i) },
    ],
    ['a cut frame', [{ cut: true }, text('x')], { message: 'Truncated event message received.' }],
    ['a connection reset', [{ reset: true }], { code: 'ECONNRESET' }],
  ])('throws in the middle of the stream at %s', async (_name, events, expected) => {
    simulator.enqueue(stream(text('before'), events, goodEnd()));
    const { generateAssistantResponseResponse } = await client.generateAssistantResponse(plainRequest());

    const seen: ChatResponseStream[] = [];
    const reading = (async () => {
      for await (const event of generateAssistantResponseResponse ?? []) {
        seen.push(event);
      }
    })();

    await expect(reading).rejects.toMatchObject(expected);
    expect(seen).toEqual([{ assistantResponseEvent: { content: 'before' } }]);
  });

  it('ends normally when there are no frames at all', async () => {
    simulator.enqueue(stream());

    expect(await receive()).toEqual([]);
  });

  it('skips events of unknown types and tolerates a missing content type', async () => {
    simulator.enqueue(
      stream(
        { type: 'messageStopEvent', payload: { reason: 'done' } },
        { type: 'assistantResponseEvent', payload: { content: 'Hi' }, contentType: null },
      ),
    );

    expect(await receive()).toEqual([{ assistantResponseEvent: { content: 'Hi' } }]);
  });

  it('fails when the socket is reset before a status', async () => {
    simulator.enqueue({ kind: 'reset' });

    await expect(receive()).rejects.toThrow(/ECONNRESET/);
  });
});

function plainRequest(): GenerateAssistantResponseCommandInput {
  return { ...(goodRequest() as GenerateAssistantResponseCommandInput), agentMode: 'vibe' };
}

function weatherConversation(): GenerateAssistantResponseCommandInput['conversationState'] {
  const weather = offer('get_weather', {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
  }) as Tool;
  return {
    conversationId,
    agentTaskType: 'vibe',
    chatTriggerType: 'MANUAL',
    history: [
      { userInputMessage: { content: 'Compare the weather in Oslo and Bergen.', origin: 'CLI' } },
      {
        assistantResponseMessage: {
          content: 'I will look both up.',
          toolUses: [
            { toolUseId: 'tooluse_a1', name: 'get_weather', input: { city: 'Oslo' } },
            { toolUseId: 'tooluse_a2', name: 'get_weather', input: { city: 'Bergen' } },
          ],
        },
      },
    ],
    currentMessage: {
      userInputMessage: {
        content: '',
        origin: 'CLI',
        modelId: 'claude-sonnet-4.5',
        images: [{ format: 'png', source: { bytes: Buffer.from('iVBORw0KGgo=', 'base64') } }],
        userInputMessageContext: {
          toolResults: [
            { toolUseId: 'tooluse_a1', status: 'success', content: [{ json: { tempC: 4 } }] },
            { toolUseId: 'tooluse_a2', status: 'error', content: [{ text: 'station offline' }] },
          ],
          tools: [weather],
        },
      },
    },
  };
}
