import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import type { Answer } from '../../simulator/answer.js';
import { event, exception, failure, goodEnd, stream, text, toolUse } from '../../simulator/script.js';
import { Simulator } from '../../simulator/simulator.js';
import { backInUse } from '../support/back-in-use.js';
import { withoutPauses } from '../support/no-pauses.js';
import { APIS, rejection } from '../support/openai-apis.js';
import { connectOpenai } from '../support/openai-sdk.js';
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

const throttled = (seconds: string) =>
  failure(429, 'ThrottlingException', 'slow', null, { headers: { 'retry-after': seconds } });
const noCapacity = failure(429, 'ThrottlingException', 'x', 'INSUFFICIENT_MODEL_CAPACITY');
const spent = failure(402, 'ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT');
const broken = failure(500, 'InternalServerException', 'secret words');

const model = 'claude-sonnet-5';
const messages = [{ role: 'user' as const, content: 'Hello' }];

interface ErrorCase {
  what: string;
  /** What every account answers. */
  upstream?: Answer;
  settings?: Record<string, string | number>;
  request?: object;
  apiKey?: () => string;
  status: number;
  class: new (...parameters: never[]) => Error;
  type: string;
  code: string;
  param?: string | null;
  message: RegExp;
  headers?: Record<string, string | null>;
}

/** By the rows of openai.md §9 that are the same for both; `{input}` stands for the field of what was said. */
const CASES: ErrorCase[] = [
  {
    what: 'a prompt that is too long',
    upstream: failure(400, 'ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD'),
    status: 400,
    class: OpenAI.BadRequestError,
    type: 'invalid_request_error',
    code: 'context_length_exceeded',
    param: '{input}',
    message: /long|context/,
  },
  {
    what: 'a request that upstream refuses',
    upstream: failure(400, 'ValidationException', 'Improperly formed request.', 'REQUEST_BODY_INVALID'),
    status: 400,
    class: OpenAI.BadRequestError,
    type: 'invalid_request_error',
    code: 'invalid_prompt',
    message: /Improperly formed/,
  },
  {
    what: 'a wrong key',
    apiKey: () => 'not-a-key',
    status: 401,
    class: OpenAI.AuthenticationError,
    type: 'invalid_request_error',
    code: 'invalid_api_key',
    message: /API key/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'a key that may not',
    apiKey: () => metricsKey,
    status: 403,
    class: OpenAI.PermissionDeniedError,
    type: 'permission_error',
    code: 'permission_denied',
    message: /scope/,
  },
  {
    what: 'an unknown model',
    request: { model: 'llama-9' },
    status: 404,
    class: OpenAI.NotFoundError,
    type: 'invalid_request_error',
    code: 'model_not_found',
    param: 'model',
    message: /llama-9/,
  },
  {
    what: 'a body that is too large',
    settings: { MAX_BODY_SIZE: '10kb' },
    request: { user: 'x'.repeat(20_000) },
    status: 413,
    class: OpenAI.APIError,
    type: 'invalid_request_error',
    code: 'request_too_large',
    message: /maximum size of 10240 bytes/,
  },
  {
    what: 'throttling',
    upstream: throttled('7'),
    status: 429,
    class: OpenAI.RateLimitError,
    type: 'rate_limit_error',
    code: 'rate_limit_exceeded',
    message: /rate/,
    headers: { 'retry-after': '7', 'retry-after-ms': '7000' },
  },
  {
    what: 'a spent quota',
    upstream: spent,
    settings: {},
    status: 429,
    class: OpenAI.RateLimitError,
    type: 'insufficient_quota',
    code: 'insufficient_quota',
    message: /quota/,
    headers: { 'x-should-retry': 'false', 'retry-after': null, 'retry-after-ms': null },
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
    status: 502,
    class: OpenAI.InternalServerError,
    type: 'server_error',
    code: 'upstream_error',
    message: /suspended/,
  },
  {
    what: 'accounts that have to be signed in again',
    upstream: failure(403, 'AccessDeniedException', 'The security token included in the request is expired'),
    settings: {},
    status: 502,
    class: OpenAI.InternalServerError,
    type: 'server_error',
    code: 'upstream_error',
    message: /not signed in/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'a fault of upstream',
    upstream: broken,
    status: 502,
    class: OpenAI.InternalServerError,
    type: 'server_error',
    code: 'upstream_error',
    message: /fault/,
  },
  {
    what: 'no account at all',
    settings: { accounts: 0 },
    status: 503,
    class: OpenAI.InternalServerError,
    type: 'server_error',
    code: 'server_is_overloaded',
    message: /No account is usable/,
    headers: { 'x-should-retry': 'false' },
  },
  {
    what: 'a model without capacity',
    upstream: noCapacity,
    status: 503,
    class: OpenAI.InternalServerError,
    type: 'server_error',
    code: 'server_is_overloaded',
    message: /capacity/,
  },
  {
    what: 'upstream that says nothing',
    upstream: { kind: 'silence' },
    settings: { UPSTREAM_FIRST_BYTE_TIMEOUT: 1 },
    status: 504,
    class: OpenAI.InternalServerError,
    type: 'server_error',
    code: 'upstream_timeout',
    message: /./,
  },
];

describe.each(APIS)('the SDK through $name', ({ input, faultInStream, create, read, help }) => {
  it.each(CASES)('throws the error of $what: $status $code', async (expected) => {
    // Some failures put an account out of service, some settings are for one case alone.
    const own = expected.settings ? await startGateway(simulator, expected.settings) : undefined;
    try {
      const { upstream } = expected;
      if (upstream) simulator.answer(() => upstream);
      const { client, sent } = connectOpenai(own ?? gateway, { apiKey: expected.apiKey?.() ?? ADMIN_KEY });
      const error = await rejection(create(client, expected.request));
      expect(error).toBeInstanceOf(expected.class);
      expect(error).toMatchObject({ status: expected.status, type: expected.type, code: expected.code });
      expect(error.param ?? null).toBe(expected.param?.replace('{input}', input) ?? null);
      expect(error.message).toMatch(expected.message);
      expect(error.message).not.toContain('secret');
      expect(error.requestID).toMatch(/./);
      expect(Object.keys(error.error ?? {}).sort()).toEqual(['code', 'message', 'param', 'type']);
      expect(
        Object.fromEntries(Object.keys(expected.headers ?? {}).map((name) => [name, error.headers?.get(name) ?? null])),
      ).toEqual(expected.headers ?? {});
      expect(sent).toHaveLength(1);
    } finally {
      await own?.close();
    }
  });

  it('throws the early failure of a stream with its status', async () => {
    simulator.answer(() => throttled('7'));
    const { client } = connectOpenai(gateway);
    for (const call of [read, help]) {
      // Else it would wait the seven seconds for the account.
      await backInUse(gateway);
      const error = await rejection(call(client));
      expect(error).toBeInstanceOf(OpenAI.RateLimitError);
      expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', requestID: expect.stringMatching(/./) });
    }
  });

  it.each<[string, Answer, string]>([
    ['a broken connection', stream(text('Half'), { reset: true }), faultInStream],
    ['a fault of upstream', stream(text('Half'), exception('error', { message: 'secret words' })), faultInStream],
    ['a spoilt frame', stream(text('Half'), { corrupt: 'message-crc' }, text('never')), faultInStream],
    ['throttling', stream(text('Half'), exception('throttlingError', { message: 'x' })), 'rate_limit_exceeded'],
  ])('throws what ends a stream that began: %s', async (_what, upstream, code) => {
    simulator.answer(() => upstream);
    const { client, sent } = connectOpenai(gateway, { maxRetries: 2 });
    for (const call of [read, help]) {
      const error = await rejection(call(client));
      expect(error).toMatchObject({ status: undefined, code, type: expect.stringMatching(/./) });
      expect(error.message).toMatch(/./);
      expect(error.message).not.toContain('secret');
      expect(error.requestID).toMatch(/./);
    }
    expect(sent).toHaveLength(2);
  });

  it('throws what ends an answer that is not streamed', async () => {
    simulator.answer(() => stream(text('Half'), { reset: true }));
    const error = await rejection(create(connectOpenai(gateway).client));
    expect(error).toMatchObject({ status: 502, code: 'upstream_error' });
  });

  it('never has a call of which half is missing', async () => {
    simulator.answer(() =>
      stream(
        text('Half'),
        event('toolUseEvent', { toolUseId: 'tooluse_1', name: 'pay' }),
        event('toolUseEvent', { toolUseId: 'tooluse_1', name: 'pay', input: '{"amount":1' }),
        { reset: true },
      ),
    );
    const { client } = connectOpenai(gateway);
    const error = await rejection(help(client));
    expect(error).toMatchObject({ code: faultInStream });
  });
});

describe('the SDK', () => {
  it('loses a call that dies in the middle of its JSON', async () => {
    simulator.answer(() =>
      stream(
        toolUse('tooluse_1', 'pay', ['{"amount":', '1}']),
        event('toolUseEvent', { toolUseId: 'tooluse_2', name: 'pay' }),
        event('toolUseEvent', { toolUseId: 'tooluse_2', name: 'pay', input: '{"amount":1' }),
        goodEnd({}, 'TOOL_USE'),
      ),
    );
    const { client } = connectOpenai(gateway);
    const { choices } = await client.chat.completions.create({ model, messages });
    expect(choices[0]?.message.tool_calls).toMatchObject([{ function: { arguments: '{"amount":1}' } }]);
    const { output } = await client.responses.create({ model, input: 'Hello' });
    expect(output).toMatchObject([{ type: 'function_call', arguments: '{"amount":1}' }]);
  });
});
