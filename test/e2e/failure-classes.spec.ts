import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exception, failure, stream, text } from '../../simulator/script.js';
import { type Answer, type ScriptedEvent, type SimulatedAccount, Simulator } from '../../simulator/simulator.js';
import { ModelList } from '../../src/accounts/models/model-list.service.js';
import { Pool } from '../../src/accounts/pool/pool.service.js';
import type { FailureClass } from '../../src/core/pool/failure.js';
import { Metrics } from '../../src/metrics/metrics.service.js';
import { adminApi, credentialsOf } from '../support/admin-api.js';
import { eventually, post, QUESTION } from '../support/ask.js';
import { CHAT_QUESTION } from '../support/ask-chat.js';
import { ASKED, framesOf } from '../support/ask-responses.js';
import { contentOf, readChatStream } from '../support/chat-streams.js';
import { withoutPauses } from '../support/no-pauses.js';
import { type RunningGateway, startGateway } from '../support/start-gateway.js';

/** Status, and what of the error a program looks at: `type` at Anthropic, `code` at OpenAI. */
type Told = [status: number, name: string];

interface Row {
  failureClass: FailureClass;
  /** Before the first event. */
  answer: Answer;
  /** After it. */
  inStream: ScriptedEvent;
  /** Calls on each account. */
  calls: number;
  /** Whether another account is asked. */
  isElsewhere: boolean;
  anthropic: Told;
  openai: Told;
  retryAfter: string | null;
  /** What becomes of the account, and what its breaker counts of one request. */
  status: string;
  blame: number;
  /** Where it is something else in the middle of an answer. */
  statusAfterStream?: string;
}

const denied = (message: string, reason: string | null) => ({
  answer: failure(403, 'AccessDeniedException', message, reason),
  inStream: exception('AccessDeniedException', { message, reason }),
});
const throttled = (reason: string | null, retryAfter?: string) => ({
  answer: failure(
    429,
    'ThrottlingException',
    'x',
    reason,
    retryAfter ? { headers: { 'retry-after': retryAfter } } : {},
  ),
  inStream: exception('ThrottlingException', { message: 'x', reason }),
});
const invalid = (message: string, reason: string) => ({
  answer: failure(400, 'ValidationException', message, reason),
  inStream: exception('ValidationException', { message, reason }),
});

const TABLE: Row[] = [
  {
    failureClass: 'transient',
    answer: failure(500, 'InternalServerException', 'x'),
    inStream: exception('InternalServerException', { message: 'x' }),
    ...{ calls: 2, isElsewhere: true, anthropic: [502, 'api_error'], openai: [502, 'upstream_error'] },
    // Not counted until it is repeated.
    ...{ retryAfter: null, status: 'active', blame: 0 },
  },
  {
    failureClass: 'rate_limit',
    ...throttled(null, '7'),
    ...{ calls: 1, isElsewhere: true, anthropic: [429, 'rate_limit_error'], openai: [429, 'rate_limit_exceeded'] },
    ...{ retryAfter: '7', status: 'active', blame: 0 },
  },
  {
    failureClass: 'quota',
    ...throttled('DAILY_REQUEST_COUNT'),
    ...{ calls: 1, isElsewhere: true, anthropic: [429, 'rate_limit_error'], openai: [429, 'insufficient_quota'] },
    ...{ retryAfter: null, status: 'quota_exhausted', blame: 0 },
  },
  {
    failureClass: 'auth',
    ...denied('The bearer token included in the request is invalid.', null),
    ...{ calls: 2, isElsewhere: true, anthropic: [403, 'permission_error'], openai: [502, 'upstream_error'] },
    // In the middle of an answer it may be no more than a token that is too old.
    ...{ retryAfter: null, status: 'needs_login', statusAfterStream: 'active', blame: 1 },
  },
  {
    failureClass: 'suspended',
    ...denied('Ask support.', 'TEMPORARILY_SUSPENDED'),
    ...{ calls: 1, isElsewhere: true, anthropic: [403, 'permission_error'], openai: [502, 'upstream_error'] },
    ...{ retryAfter: null, status: 'suspended', blame: 1 },
  },
  {
    failureClass: 'capacity',
    ...throttled('INSUFFICIENT_MODEL_CAPACITY'),
    ...{ calls: 3, isElsewhere: false, anthropic: [529, 'overloaded_error'], openai: [503, 'server_is_overloaded'] },
    ...{ retryAfter: null, status: 'active', blame: 0 },
  },
  {
    failureClass: 'invalid_request',
    ...invalid('No such image.', 'IMAGE_FORMAT_UNSUPPORTED'),
    ...{ calls: 1, isElsewhere: false, anthropic: [400, 'invalid_request_error'], openai: [400, 'invalid_prompt'] },
    ...{ retryAfter: null, status: 'active', blame: 0 },
  },
  {
    failureClass: 'context_length',
    ...invalid('Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
    ...{ calls: 1, isElsewhere: false, anthropic: [400, 'invalid_request_error'] },
    ...{ openai: [400, 'context_length_exceeded'], retryAfter: null, status: 'active', blame: 0 },
  },
  {
    failureClass: 'unknown',
    answer: failure(418, 'TeapotException', 'x'),
    inStream: exception('TeapotException', { message: 'x' }),
    ...{ calls: 1, isElsewhere: true, anthropic: [502, 'api_error'], openai: [502, 'upstream_error'] },
    ...{ retryAfter: null, status: 'active', blame: 1 },
  },
];

interface Protocol {
  name: string;
  path: string;
  question: object;
  told: (row: Row) => Told;
  /** What a program looks at in the body of an error. */
  nameOf: (body: { error?: { type: string; code: string } }) => string | undefined;
  /** The text of a stream that broke, and the error it ended with. */
  readBroken: (bytes: string) => { said: string; error: string | undefined };
}

const PROTOCOLS: Protocol[] = [
  {
    name: 'Messages',
    path: '/v1/messages',
    question: QUESTION,
    told: ({ anthropic }) => anthropic,
    nameOf: ({ error }) => error?.type,
    readBroken: (bytes) => {
      const events = framesOfAnthropic(bytes);
      return { said: events.map(({ delta }) => delta?.text ?? '').join(''), error: events.at(-1)?.error?.type };
    },
  },
  {
    name: 'Chat Completions',
    path: '/v1/chat/completions',
    question: CHAT_QUESTION,
    told: ({ openai }) => openai,
    nameOf: ({ error }) => error?.code,
    readBroken: (bytes) => {
      const broken = readChatStream(bytes);
      return { said: contentOf(broken), error: broken.chunks.at(-1)?.error?.code };
    },
  },
  {
    name: 'Responses',
    path: '/v1/responses',
    question: ASKED,
    told: ({ openai }) => openai,
    nameOf: ({ error }) => error?.code,
    readBroken: (bytes) => {
      const frames = framesOf(bytes);
      const said = frames.filter(({ type }) => type === 'response.output_text.delta').map(({ delta }) => delta);
      return { said: said.join(''), error: frames.at(-1)?.response?.error?.code };
    },
  },
];

let simulator: Simulator;
let gateway: RunningGateway;
const call = adminApi(() => gateway);
/** Two fresh accounts for each test. */
let accounts: { id: string; simulated: SimulatedAccount }[];

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator, { accounts: 0, CIRCUIT_BREAKER_ENABLED: 'true' });
  withoutPauses(gateway);
});
beforeEach(async () => {
  simulator.reset();
  gateway.logs.length = 0;
  accounts = [await add(), await add()];
});
afterEach(async () => {
  expect(gateway.app.get(Pool).totalInFlight()).toBe(0);
  for (const { id } of accounts) await call('DELETE', `/v2/accounts/${id}`);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

async function add() {
  const simulated = simulator.addAccount();
  const { body } = await call('POST', '/v2/accounts', { body: { label: 'one', ...credentialsOf(simulated) } });
  await gateway.app.get(ModelList).get(body.id);
  return { id: body.id as string, simulated };
}

const ask = ({ path, question }: Protocol, stream: boolean) => post(gateway, { ...question, stream }, { path });

/** The accounts in the order in which they were asked first, with the number of calls on each. */
function asked() {
  const calls = new Map<string, number>();
  for (const { operation, accountId } of simulator.requests) {
    const account = accounts.find(({ simulated }) => simulated.id === accountId);
    if (operation !== 'GenerateAssistantResponse' || !account) continue;
    calls.set(account.id, (calls.get(account.id) ?? 0) + 1);
  }
  return Array.from(calls, ([id, number]) => ({ id, calls: number }));
}

/** As `/metrics` shows it; the whole page would grow with every account of this suite. */
async function metric(name: string, labels: string): Promise<number> {
  const page = await gateway.app.get(Metrics).registry.getSingleMetricAsString(name.replace(/_sum$/, ''));
  const line = page.split('\n').find((each) => each.startsWith(`${name}{${labels}}`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** What an account looks like after one request that failed on it. */
async function expectFailed(id: string, { failureClass, status, blame }: Row): Promise<void> {
  const show = async () => (await call('GET', `/v2/accounts/${id}`)).body;
  await eventually(async () => (await show()).status === status);
  expect(await show()).toMatchObject({ status, breaker: { state: 'closed', failures: blame }, inFlight: 0 });
  expect(await metric('amazonq_requests_total', `account_id="${id}",status="error"`)).toBe(1);
  expect(await metric('amazonq_errors_total', `account_id="${id}",error_type="${failureClass}"`)).toBe(1);
}

async function logLine() {
  await eventually(() => gateway.logs.some(({ msg, outcome }) => msg === 'request' && outcome && isModelCall));
  return gateway.logs.find(({ msg, path }) => msg === 'request' && isModelCall(path)) ?? {};
}
const isModelCall = (path: unknown) => PROTOCOLS.some((protocol) => protocol.path === path);

const failedCalls = (row: Row, ids: string[]) =>
  ids.flatMap((account) =>
    Array.from({ length: row.calls }, () => ({ account, class: row.failureClass, ms: expect.any(Number) })),
  );

describe.each(PROTOCOLS)('$name', (protocol) => {
  describe.each(TABLE)('a failure of class $failureClass', (row) => {
    const [status, name] = protocol.told(row);
    const attempts = row.isElsewhere ? 2 : 1;
    const triedMetric = (outcome: string) => metric('amq_gateway_attempts_per_request_sum', `outcome="${outcome}"`);

    it('on the first account', async () => {
      const outcome = row.isElsewhere ? 'success' : 'error';
      const before = await triedMetric(outcome);
      let bad: SimulatedAccount | undefined;
      simulator.answer(({ account }) => {
        bad ??= account;
        return account === bad ? row.answer : undefined;
      });
      const response = await ask(protocol, false);
      const body = await response.json();
      const [first, second] = asked();
      expect(response.status).toBe(row.isElsewhere ? 200 : status);
      if (!row.isElsewhere) expect(protocol.nameOf(body as object)).toBe(name);
      expect(response.headers.get('x-amq-attempts')).toBe(String(attempts));
      expect(response.headers.get('x-amq-account')).toBe(row.isElsewhere ? second?.id : first?.id);
      expect(first?.calls).toBe(row.calls);
      expect(second?.calls).toBe(row.isElsewhere ? 1 : undefined);
      await expectFailed(first?.id ?? '', row);
      if (second) {
        expect(await metric('amazonq_requests_total', `account_id="${second.id}",status="success"`)).toBe(1);
        expect((await call('GET', `/v2/accounts/${second.id}`)).body).toMatchObject({
          status: 'active',
          errorCount: 0,
        });
      }
      expect(await triedMetric(outcome)).toBe(before + attempts);
      expect(await logLine()).toMatchObject({ outcome, attempts, failedCalls: failedCalls(row, [first?.id ?? '']) });
    });

    it('on every account', async () => {
      const before = await triedMetric('error');
      simulator.answer(() => row.answer);
      const response = await ask(protocol, true);
      expect(response.status).toBe(status);
      expect(protocol.nameOf((await response.json()) as object)).toBe(name);
      if (row.retryAfter !== null) expect(response.headers.get('retry-after')).toBe(row.retryAfter);
      expect(response.headers.get('x-amq-attempts')).toBe(String(attempts));
      const tried = asked();
      expect(tried.map(({ calls }) => calls)).toEqual(Array(attempts).fill(row.calls));
      for (const { id } of tried) await expectFailed(id, row);
      expect(await triedMetric('error')).toBe(before + attempts);
      const all = failedCalls(
        row,
        tried.map(({ id }) => id),
      );
      expect(await logLine()).toMatchObject({ outcome: 'error', attempts, failedCalls: all });
    });

    it('in the middle of an answer', async () => {
      const before = await triedMetric('error');
      simulator.answer(() => stream(text('Hel'), text('lo'), row.inStream));
      const response = await ask(protocol, true);
      expect(response.status).toBe(200);
      const { said, error } = protocol.readBroken(await response.text());
      expect(said).toBe('Hello');
      // Codex asks again after that one only (openai.md §9).
      const isFault = protocol.name === 'Responses' && name === 'upstream_error';
      expect(error).toBe(isFault ? 'server_error' : name);
      const [first, second] = asked();
      expect([first?.calls, second]).toEqual([1, undefined]);
      await expectFailed(first?.id ?? '', { ...row, status: row.statusAfterStream ?? row.status });
      expect(await triedMetric('error')).toBe(before + 1);
      expect(await logLine()).toMatchObject({
        ...{ outcome: 'error', attempts: 1, failureClass: row.failureClass, streamError: expect.any(String) },
        ...{ inputTokens: expect.any(Number), outputTokens: 2, outputEstimated: true },
        failedCalls: [{ account: first?.id, class: row.failureClass, ms: expect.any(Number) }],
      });
    });
  });
});

interface AnthropicFrame {
  delta?: { text?: string };
  error?: { type: string };
}

function framesOfAnthropic(bytes: string): AnthropicFrame[] {
  return Array.from(bytes.matchAll(/^data: (.+)$/gm), ([, json = '']) => JSON.parse(json));
}
