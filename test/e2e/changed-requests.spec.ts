import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { failure, goodEnd, reasoning, signature, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import { post, QUESTION } from '../support/ask.js';
import { modelsKnown } from '../support/models-known.js';
import { pdf } from '../support/pdf-files.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

/** As much as these tests look at of what goes upstream. */
interface Sent {
  conversationId: string;
  history: { assistantResponseMessage?: { reasoningContent?: unknown } }[];
  currentMessage: {
    userInputMessage: {
      content: string;
      documents?: unknown[];
      userInputMessageContext?: { tools?: { toolSpecification: { inputSchema: { json: unknown } } }[] };
    };
  };
}

let simulator: Simulator;
let gateway: RunningGateway;

beforeEach(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 2 });
  await modelsKnown(gateway, simulator);
});
afterEach(async () => {
  await gateway.close();
  await simulator.close();
});

const refused = (reason: string | null, message: string) => failure(400, 'ValidationException', message, reason);
const good = () => stream(text('fine'), goodEnd());
const asked = () => simulator.requests.filter((each) => each.operation === 'GenerateAssistantResponse');
/** What went upstream, but for what came before. */
const sentAfter = (count: number) =>
  asked()
    .slice(count)
    .map((each) => (each.body as { conversationState: Sent }).conversationState);

const schema = { type: 'object', properties: { a: { type: 'string', pattern: '^x' } }, additionalProperties: false };
const WITH_SCHEMA = { ...QUESTION, tools: [{ name: 'f', input_schema: schema }] };
const REDUCED = { type: 'object', properties: { a: { type: 'string' } } };
const source = { type: 'base64', media_type: 'application/pdf', data: pdf('Hello').toString('base64') };
const WITH_DOCUMENT = {
  ...QUESTION,
  messages: [
    {
      role: 'user',
      content: [
        { type: 'document', source },
        { type: 'text', text: 'What does it say?' },
      ],
    },
  ],
};

/** A conversation whose first answer, with signed thinking, came from the account that is next in turn. */
async function withThinking(): Promise<object> {
  simulator.enqueue(stream(reasoning('hm'), signature('c2lnbmVk'), text('One.'), goodEnd()));
  const question = { ...QUESTION, thinking: { type: 'adaptive' } };
  const first = await post(gateway, question);
  const { content } = (await first.json()) as { content: unknown[] };
  const turns = [
    { role: 'assistant', content },
    { role: 'user', content: 'And now?' },
  ];
  simulator.enqueue(good());
  await post(gateway, QUESTION);
  return { ...question, messages: [...QUESTION.messages, ...turns] };
}

const messageOf = ({ currentMessage }: Sent) => currentMessage.userInputMessage;
const schemaOf = (sent: Sent) =>
  messageOf(sent).userInputMessageContext?.tools?.[0]?.toolSpecification.inputSchema.json;
const hasThinking = ({ history }: Sent) =>
  history.some((entry) => entry.assistantResponseMessage?.reasoningContent !== undefined);

const CASES: [
  what: string,
  reason: string | null,
  message: string,
  request: () => object | Promise<object>,
  /** What of the two requests differs. */
  difference: (sent: Sent[]) => unknown[],
  expected: unknown[],
  /** What a client reads when the change does not help. */
  final: RegExp,
][] = [
  [
    'a tool schema',
    'TOOL_SCHEMA_INVALID',
    'Invalid tool input schema.',
    () => WITH_SCHEMA,
    (sent) => sent.map(schemaOf),
    [schema, REDUCED],
    /^The service refused the request: Invalid tool input schema\.$/,
  ],
  [
    'a request with tools, without saying why',
    null,
    'Improperly formed request.',
    () => WITH_SCHEMA,
    (sent) => sent.map(schemaOf),
    [schema, REDUCED],
    /^The service refused the request: Improperly formed request\.$/,
  ],
  [
    'the signature of thinking',
    'THINKING_SIGNATURE_INVALID',
    'Invalid signature in thinking block.',
    withThinking,
    (sent) => sent.map(hasThinking),
    [true, false],
    /Invalid `signature` in `thinking` block/,
  ],
  [
    'documents',
    'DOCUMENT_MODEL_NOT_SUPPORTED',
    'Documents are not supported.',
    () => WITH_DOCUMENT,
    (sent) => sent.map(messageOf).map(({ content, documents }) => [documents?.length, /Hello/.test(content)]),
    [
      [1, false],
      [undefined, true],
    ],
    /^The model does not take documents\.$/,
  ],
  [
    'the id of the conversation',
    'INVALID_CONVERSATION_ID',
    'Invalid conversation id.',
    () => QUESTION,
    (sent) => {
      const ids = sent.map(({ conversationId }) => conversationId);
      return [new Set(ids).size, ids.every((id) => /^[0-9a-f-]{36}$/.test(id))];
    },
    [2, true],
    /^The service refused the id of the conversation\.$/,
  ],
];

describe.each(CASES)('a request of which upstream refuses %s', (...row) => {
  const [, reason, message, request, difference, expected, final] = row;

  async function ask(...answers: Parameters<Simulator['enqueue']>) {
    const body = await request();
    const before = asked().length;
    simulator.enqueue(...answers);
    const response = await post(gateway, body);
    const accounts = asked()
      .slice(before)
      .map(({ accountId }) => accountId);
    return { response, accounts, seen: difference(sentAfter(before)) };
  }

  it('is sent once more without it, to the same account, and the client sees a clean answer', async () => {
    const { response, accounts, seen } = await ask(refused(reason, message), good());
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ content: [{ text: 'fine' }], stop_reason: 'end_turn' });
    expect(seen).toEqual(expected);
    expect(accounts).toEqual([accounts[0], accounts[0]]);
    expect(response.headers.get('x-amq-attempts')).toBe('1');
    expect(response.headers.get('x-amq-account')).toBe(accounts[0]);
  });

  it('is given up, with a clear 400, when that is refused too; no account pays for it', async () => {
    const { response, accounts } = await ask(refused(reason, message), refused(reason, message), good());
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringMatching(final) },
    });
    expect(accounts).toHaveLength(2);
    expect(response.headers.get('x-amq-attempts')).toBe('1');
    expect(gateway.app.get(Pool).counts()).toEqual({ total: 2, enabled: 2, active: 2 });
    expect((await post(gateway, QUESTION)).status).toBe(200);
  });
});

describe('a conversation that has reached the limit of the service', () => {
  const full = failure(402, 'ServiceQuotaExceededException', 'Limit reached.', 'CONVERSATION_LIMIT_EXCEEDED');

  it('goes on under another id, on the same account', async () => {
    simulator.enqueue(full, good());
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(200);
    expect(new Set(sentAfter(0).map(({ conversationId }) => conversationId)).size).toBe(2);
    expect(new Set(asked().map(({ accountId }) => accountId)).size).toBe(1);
  });

  it('is given back to the client when that does not help', async () => {
    simulator.enqueue(full, full, good());
    const response = await post(gateway, QUESTION);
    expect(response.status).toBe(400);
    expect(asked()).toHaveLength(2);
    expect(gateway.app.get(Pool).counts()).toEqual({ total: 2, enabled: 2, active: 2 });
  });
});

describe('a request that a change would leave as it is', () => {
  it.each<[string, object, string | null, string]>([
    ['has no tools', QUESTION, null, 'Improperly formed request.'],
    [
      'has tools of the plainest schemas',
      { ...QUESTION, tools: [{ name: 'f', input_schema: REDUCED }] },
      'TOOL_SCHEMA_INVALID',
      'Invalid tool input schema.',
    ],
    ['has no thinking', QUESTION, 'THINKING_SIGNATURE_INVALID', 'Invalid signature in thinking block.'],
    ['has no documents', QUESTION, 'DOCUMENT_MODEL_NOT_SUPPORTED', 'Documents are not supported.'],
  ])('is not sent again when it %s', async (_what, request, reason, message) => {
    simulator.enqueue(refused(reason, message), good());
    expect((await post(gateway, request)).status).toBe(400);
    expect(asked()).toHaveLength(1);
  });
});

describe('a request of which upstream refuses one thing after the other', () => {
  it('is changed in each of them, and keeps the changes', async () => {
    simulator.enqueue(
      refused('DOCUMENT_MODEL_NOT_SUPPORTED', 'Documents are not supported.'),
      refused('TOOL_SCHEMA_INVALID', 'Invalid tool input schema.'),
      good(),
    );
    const response = await post(gateway, { ...WITH_SCHEMA, messages: WITH_DOCUMENT.messages });
    expect(response.status).toBe(200);
    expect(sentAfter(0).map(schemaOf)).toEqual([schema, schema, REDUCED]);
    expect(sentAfter(0).map((sent) => messageOf(sent).documents?.length)).toEqual([1, undefined, undefined]);
  });
});
