import { describe, expect, it } from '@jest/globals';
import { classifyFailure } from './classify-failure.js';

const JSON_TYPE = 'application/json';

function classify(
  status: number,
  message: string,
  { type = 'invalid_request_error', ...more }: { type?: string; details?: object } = {},
) {
  const body = Buffer.from(JSON.stringify({ type: 'error', error: { type, message, ...more } }));
  return classifyFailure({ status, contentType: JSON_TYPE, body, isWhole: true });
}

describe('classifyFailure', () => {
  it.each<[number, string, string, string | undefined]>([
    [
      400,
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing',
      'quota',
      'hour-spent',
    ],
    [429, 'Insufficient balance or no resource package. Please recharge.', 'quota', 'hour-spent'],
    [402, 'anything', 'quota', 'hour-spent'],
    [
      400,
      'You have reached your specified API usage limits. You will regain access on 2026-12-01',
      'quota',
      'month-spent',
    ],
    [400, 'This organization has been disabled.', 'suspended', 'suspended'],
    [403, 'Your account is suspended', 'suspended', 'suspended'],
    [401, 'anything', 'auth', 'key-refused'],
    [403, 'The API key is not valid for this workspace', 'auth', 'key-refused'],
    [403, 'Request not allowed', 'auth', 'denied'],
    [429, 'This request would exceed the rate limit', 'rate_limit', undefined],
    [529, 'Overloaded', 'capacity', undefined],
    [404, 'model: claude-nonsense', 'invalid_request', 'model-unknown'],
    [400, 'Invalid model: glm', 'invalid_request', 'model-unknown'],
    [404, 'The model `x` does not exist', 'invalid_request', 'model-unknown'],
    [500, 'Internal server error', 'transient', undefined],
    [400, 'prompt is too long: 250000 tokens > 200000 maximum', 'context_length', undefined],
    [400, 'input length and `max_tokens` exceed context limit: 190000 + 64000 > 200000', 'context_length', undefined],
    [413, 'Prompt is too long', 'context_length', undefined],
    [400, "This model's maximum context length is 131072 tokens", 'context_length', undefined],
    [
      400,
      'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens for x',
      'invalid_request',
      undefined,
    ],
    [400, 'adaptive thinking is not supported on this model', 'invalid_request', undefined],
    [418, 'a teapot', 'invalid_request', undefined],
  ])('knows %i "%s" as %s', (status, message, expected, account) => {
    const { failure } = classify(status, message);
    expect(failure).toMatchObject({ class: expected, status, serviceMessage: message });
    expect(failure?.account).toBe(account);
  });

  it.each([
    'Your credit balance is too low',
    'This organization has been disabled',
    'You have reached your specified API usage limits',
    'insufficient balance',
  ])('does not believe a client that has itself quoted: %s', (claim) => {
    for (const message of [
      `Unexpected value(s) \`${claim}\` for the \`anthropic-beta\` header`,
      `tools.0.name: ${claim}`,
    ]) {
      expect(classify(400, message).failure).toMatchObject({ class: 'invalid_request', retry: 'never' });
      expect(classify(400, message).failure?.account).toBeUndefined();
    }
  });

  it.each([404, 405, 501])('thinks no worse of an endpoint that counts no tokens: %i', (status) => {
    const body = Buffer.from('{"detail":"Not Found"}');
    expect(classifyFailure({ status, body, isWhole: true, isToCount: true }).failure).toMatchObject({
      class: 'invalid_request',
      retry: 'never',
    });
    expect(classifyFailure({ status, body, isWhole: true, isToCount: true }).failure?.account).toBeUndefined();
    if (status !== 501)
      expect(classifyFailure({ status, body, isWhole: true }).failure?.account).toBe('maybe-misconfigured');
  });

  it('keeps what was said about the request, and nothing of what was said about the account', () => {
    expect(classify(400, 'tools: no').answer).toMatchObject({ status: 400, contentType: JSON_TYPE });
    expect(
      classify(404, 'Not found', { type: 'not_found_error', details: { error_code: 'thread_not_found' } }),
    ).toMatchObject({
      failure: { reason: 'thread_not_found', retry: 'never' },
      answer: { status: 404 },
    });
    for (const status of [401, 402, 403, 429, 500, 529]) expect(classify(status, 'x').answer).toBeUndefined();
  });

  it.each([
    ['cut short', { isWhole: false }],
    ['no JSON', { contentType: 'text/html' }],
    ['encoded', { body: undefined }],
  ])('keeps no answer that is %s', (_what, change) => {
    const body = Buffer.from('{"error":{"type":"invalid_request_error","message":"no"}}');
    const error = classifyFailure({ status: 400, contentType: JSON_TYPE, body, isWhole: true, ...change });
    expect(error.failure?.class).toBe('invalid_request');
    expect(error.answer).toBeUndefined();
  });

  it.each(['', '[]', 'null', '{"error":null}', '{"error":7}', '{"error":"words"}', '{"detail":"words"}', '<html>'])(
    'bears the body %s',
    (text) => {
      const error = classifyFailure({ status: 503, body: Buffer.from(text), isWhole: true });
      expect(error.failure).toMatchObject({ class: 'transient', retry: 'same-account' });
    },
  );
});
