import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Answer } from '../../simulator/answer.js';
import { failure, goodEnd, stream, text } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { ANTHROPIC_SDKS } from '../support/anthropic-sdks.js';
import { backInUse } from '../support/back-in-use.js';
import { withoutPauses } from '../support/no-pauses.js';
import { ADMIN_KEY, type RunningGateway, startGateway } from '../support/start-gateway.js';

let simulator: Simulator;
let gateway: RunningGateway;
/** A key that may not infer. */
let metricsKey: string;

beforeAll(async () => {
  simulator = await Simulator.start();
  gateway = await startGateway(simulator);
  withoutPauses(gateway);
  const created = await fetch(`${gateway.url}/v2/api-keys`, {
    method: 'POST',
    headers: { 'x-api-key': ADMIN_KEY, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'metrics only', scopes: ['metrics'] }),
  });
  metricsKey = ((await created.json()) as { key: string }).key;
});
beforeEach(async () => {
  simulator.reset();
  await backInUse(gateway);
});
afterAll(async () => {
  await gateway.close();
  await simulator.close();
});

const question = {
  model: 'claude-sonnet-5',
  max_tokens: 1000,
  messages: [{ role: 'user' as const, content: 'Hello' }],
};
const throttled = (seconds: string) =>
  failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': seconds } });
const noCapacity = failure(429, 'ThrottlingException', 'x', 'INSUFFICIENT_MODEL_CAPACITY');
const spent = failure(402, 'ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT');
const hello = stream(text('Hello'), goodEnd());

interface ErrorCase {
  what: string;
  /** What every account answers. */
  upstream?: Answer;
  settings?: Record<string, string | number>;
  request?: object;
  apiKey?: () => string;
  status: number;
  /** Where the older line has no class of its own: its next larger one. */
  classes: [newer: string, older: string];
  type: string;
  message: RegExp;
  headers?: Record<string, string>;
  code?: string;
}

const CASES: ErrorCase[] = [
  {
    what: 'a field that is missing',
    request: { max_tokens: undefined },
    status: 400,
    classes: ['BadRequestError', 'BadRequestError'],
    type: 'invalid_request_error',
    message: /max_tokens: Field required/,
  },
  {
    what: 'a prompt that is too long',
    upstream: failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
    status: 400,
    classes: ['BadRequestError', 'BadRequestError'],
    type: 'invalid_request_error',
    message: /prompt is too long/,
  },
  {
    what: 'a request that upstream refuses',
    upstream: failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'),
    status: 400,
    classes: ['BadRequestError', 'BadRequestError'],
    type: 'invalid_request_error',
    message: /Improperly formed/,
  },
  {
    what: 'a thread',
    request: { thread: { type: 'create' } },
    status: 400,
    classes: ['BadRequestError', 'BadRequestError'],
    type: 'invalid_request_error',
    message: /thread/,
    code: 'thread_unsupported_request',
  },
  {
    what: 'a wrong key',
    apiKey: () => 'not-a-key',
    status: 401,
    classes: ['AuthenticationError', 'AuthenticationError'],
    type: 'authentication_error',
    message: /API key/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'a key that may not',
    apiKey: () => metricsKey,
    status: 403,
    classes: ['PermissionDeniedError', 'PermissionDeniedError'],
    type: 'permission_error',
    message: /scope/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'a suspended account',
    upstream: failure(
      403,
      'AccessDeniedException',
      'Your User ID (d-1) temporarily is suspended.',
      'FEATURE_NOT_SUPPORTED',
    ),
    settings: {},
    status: 403,
    classes: ['PermissionDeniedError', 'PermissionDeniedError'],
    type: 'permission_error',
    message: /suspended/,
  },
  {
    what: 'accounts that have to be signed in again',
    upstream: failure(403, 'AccessDeniedException', 'The security token included in the request is expired'),
    settings: {},
    status: 403,
    classes: ['PermissionDeniedError', 'PermissionDeniedError'],
    type: 'permission_error',
    message: /not signed in/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'an unknown model',
    request: { model: 'nobody-9' },
    status: 404,
    classes: ['NotFoundError', 'NotFoundError'],
    type: 'not_found_error',
    message: /model: nobody-9/,
  },
  {
    what: 'a body that is too large',
    settings: { MAX_BODY_SIZE: '10kb' },
    request: { system: 'x'.repeat(20_000) },
    status: 413,
    classes: ['ContentTooLargeError', 'APIError'],
    type: 'request_too_large',
    message: /large/,
  },
  {
    what: 'throttling',
    upstream: throttled('7'),
    status: 429,
    classes: ['RateLimitError', 'RateLimitError'],
    type: 'rate_limit_error',
    message: /rate/,
    headers: { 'retry-after': '7' },
  },
  {
    what: 'a spent quota',
    upstream: spent,
    settings: {},
    status: 429,
    classes: ['RateLimitError', 'RateLimitError'],
    type: 'rate_limit_error',
    message: /quota/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'a fault of upstream',
    upstream: failure(500, 'InternalServerException', 'secret words'),
    status: 502,
    classes: ['InternalServerError', 'InternalServerError'],
    type: 'api_error',
    message: /fault/,
  },
  {
    what: 'no account at all',
    settings: { accounts: 0 },
    status: 503,
    classes: ['ServiceUnavailableError', 'InternalServerError'],
    type: 'overloaded_error',
    message: /No account is usable/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'upstream that says nothing',
    upstream: { kind: 'silence' },
    settings: { UPSTREAM_FIRST_BYTE_TIMEOUT: 1 },
    status: 504,
    classes: ['GatewayTimeoutError', 'InternalServerError'],
    type: 'timeout_error',
    message: /./,
  },
  {
    what: 'a model without capacity',
    upstream: noCapacity,
    status: 529,
    classes: ['OverloadedError', 'InternalServerError'],
    type: 'overloaded_error',
    message: /capacity/,
  },
];

describe.each(ANTHROPIC_SDKS)('the Anthropic SDK $version', (sdk) => {
  const classOf = ([newer, older]: ErrorCase['classes']) =>
    (sdk.Anthropic as unknown as Record<string, new () => Error>)[sdk.version.startsWith('1') ? newer : older] as never;

  it.each(CASES)('throws the error of $what: $status', async (expected) => {
    // Some failures put an account out of service, some settings are for one case alone.
    const own = expected.settings ? await startGateway(simulator, expected.settings) : undefined;
    try {
      const { upstream } = expected;
      if (upstream) simulator.answer(() => upstream);
      const { client, sent } = sdk.connect(own ?? gateway, { apiKey: expected.apiKey?.() ?? ADMIN_KEY });
      const error = await client.messages.create({ ...question, ...expected.request }).then(
        () => undefined,
        (thrown) => thrown,
      );
      expect(error).toBeInstanceOf(classOf(expected.classes));
      expect(error).toMatchObject({ status: expected.status, type: expected.type });
      expect(error.message).toMatch(expected.message);
      expect(error.message).not.toContain('secret');
      expect(error.requestID).toMatch(/^req_/);
      expect(error.error).toMatchObject({ type: 'error', request_id: error.requestID });
      expect(error.error.error.details?.error_code).toBe(expected.code);
      expect(
        Object.fromEntries(Object.keys(expected.headers ?? {}).map((name) => [name, error.headers.get(name)])),
      ).toEqual(expected.headers ?? {});
      expect(sent).toHaveLength(1);
    } finally {
      await own?.close();
    }
  });

  it('throws what ends a stream that began', async () => {
    simulator.enqueue(stream(text('Half'), { reset: true }));
    const { client } = sdk.connect(gateway);
    const error = await client.messages
      .stream(question)
      .finalMessage()
      .then(
        () => undefined,
        (thrown) => thrown,
      );
    expect(error).toBeInstanceOf(sdk.Anthropic.APIError);
    expect(error).toMatchObject({ status: undefined, type: 'api_error', requestID: expect.stringMatching(/^req_/) });
  });

  it('throws the early failure of a stream with its status', async () => {
    simulator.enqueue(throttled('7'));
    const streaming = sdk.connect(gateway).client.messages.stream(question);
    await expect(streaming.finalMessage()).rejects.toMatchObject({ status: 429, type: 'rate_limit_error' });
  });

  describe('with its retries', () => {
    const ask = async (apiKey = ADMIN_KEY) => {
      const { client, sent } = sdk.connect(gateway, { maxRetries: 2, apiKey });
      const outcome = await client.messages.create(question).then(
        ({ content }) => content,
        (thrown) => thrown.status,
      );
      return { outcome, sent };
    };

    it('comes again after as long as it is told', async () => {
      simulator.enqueue(throttled('1'), hello);
      const { outcome, sent } = await ask();
      expect(outcome).toMatchObject([{ text: 'Hello' }]);
      expect(sent.map(({ headers }) => headers.get('x-stainless-retry-count'))).toEqual(['0', '1']);
      expect(sent[1] && sent[0] && sent[1].at - sent[0].at).toBeGreaterThanOrEqual(1000);
    });

    it('comes again when there was no capacity', async () => {
      // The gateway itself asks three times.
      simulator.enqueue(noCapacity, noCapacity, noCapacity, hello);
      const { outcome, sent } = await ask();
      expect(outcome).toMatchObject([{ text: 'Hello' }]);
      expect(sent).toHaveLength(2);
    });

    it('stays away where another try cannot help', async () => {
      simulator.enqueue(spent);
      expect(await ask()).toMatchObject({ outcome: 429, sent: { length: 1 } });
      expect(await ask('not-a-key')).toMatchObject({ outcome: 401, sent: { length: 1 } });
    });
  });
});
