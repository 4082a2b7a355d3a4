import { describe, expect, it } from '@jest/globals';
import type { AccountFinding } from '../../pool/failure.js';
import { classifyFailure, type ServiceAnswer } from './classify-failure.js';

const body = (type: string, message: string, reason?: string | null) =>
  JSON.stringify({ __type: `com.amazon.aws.codewhisperer#${type}`, message, reason });

const denied = (message: string, reason?: string) => body('AccessDeniedException', message, reason);
const NO_SUBSCRIPTION = 'Your subscription does not support this application.';

/** amazon-q.md §6.3, row by row: what arrives → class, where to try again, kind for the client. */
const TABLE: [string, ServiceAnswer, string, string, string][] = [
  ['401', { status: 401, body: '' }, 'auth', 'renew-token', 'account'],
  [
    'an invalid token',
    { status: 403, body: body('AccessDeniedException', 'The bearer token included in the request is invalid.') },
    'auth',
    'renew-token',
    'account',
  ],
  [
    'an expired token',
    { status: 403, body: body('AccessDeniedException', 'The security token included in the request is expired') },
    'auth',
    'renew-token',
    'account',
  ],
  [
    'a suspension by reason',
    { status: 403, body: body('AccessDeniedException', 'x', 'TEMPORARILY_SUSPENDED') },
    'suspended',
    'other-account',
    'account',
  ],
  [
    'a suspension by text',
    { status: 403, body: body('AccessDeniedException', 'Your User ID (d-1.x) temporarily is suspended.') },
    'suspended',
    'other-account',
    'account',
  ],
  ['423', { status: 423, body: '' }, 'suspended', 'other-account', 'account'],
  [
    'a feature gate',
    { status: 403, body: body('AccessDeniedException', 'x', 'FEATURE_NOT_SUPPORTED') },
    'suspended',
    'other-account',
    'account',
  ],
  [
    'no subscription',
    { status: 403, body: body('AccessDeniedException', 'User is not authorized to make this call.') },
    'auth',
    'other-account',
    'account',
  ],
  [
    '402',
    { status: 402, body: body('ServiceQuotaExceededException', 'x', 'MONTHLY_REQUEST_COUNT') },
    'quota',
    'other-account',
    'quota',
  ],
  ['402 without reason', { status: 402, body: '' }, 'quota', 'other-account', 'quota'],
  [
    '402 about one conversation',
    { status: 402, body: body('ServiceQuotaExceededException', 'x', 'CONVERSATION_LIMIT_EXCEEDED') },
    'invalid_request',
    'changed-request',
    'invalid_request',
  ],
  [
    '429 monthly',
    { status: 429, body: body('ThrottlingException', 'x', 'MONTHLY_REQUEST_COUNT') },
    'quota',
    'other-account',
    'quota',
  ],
  [
    '400 monthly',
    { status: 400, body: body('ThrottlingException', 'x', 'MONTHLY_REQUEST_COUNT') },
    'quota',
    'other-account',
    'quota',
  ],
  [
    '500 overage',
    { status: 500, body: body('X', 'x', 'OVERAGE_REQUEST_LIMIT_EXCEEDED') },
    'quota',
    'other-account',
    'quota',
  ],
  [
    '429 daily',
    { status: 429, body: body('ThrottlingException', 'x', 'DAILY_REQUEST_COUNT') },
    'quota',
    'other-account',
    'quota',
  ],
  [
    'no capacity',
    { status: 429, body: body('ThrottlingException', 'x', 'INSUFFICIENT_MODEL_CAPACITY') },
    'capacity',
    'same-account',
    'overloaded',
  ],
  [
    'a model away',
    { status: 500, body: body('InternalServerException', 'x', 'MODEL_TEMPORARILY_UNAVAILABLE') },
    'capacity',
    'same-account',
    'overloaded',
  ],
  [
    'high load by text',
    {
      status: 503,
      body: body(
        'ServiceUnavailableException',
        'Encountered unexpectedly high load when processing the request, please try again.',
      ),
    },
    'capacity',
    'same-account',
    'overloaded',
  ],
  [
    'another 429',
    { status: 429, body: body('ThrottlingException', 'x', null) },
    'rate_limit',
    'other-account',
    'rate_limit',
  ],
  [
    'a throttling told by header',
    { status: 400, type: 'ThrottlingException:http://x', body: '{}' },
    'rate_limit',
    'other-account',
    'rate_limit',
  ],
  ['500', { status: 500, body: 'not json' }, 'transient', 'same-account', 'upstream'],
  ['503', { status: 503, body: '' }, 'transient', 'same-account', 'upstream'],
  [
    'a prompt too long',
    { status: 400, body: body('ValidationException', 'Input is too long.', 'CONTENT_LENGTH_EXCEEDS_THRESHOLD') },
    'context_length',
    'never',
    'context_length',
  ],
  [
    'a model unknown to the account',
    {
      status: 400,
      body: body(
        'ValidationException',
        'Invalid model. Please select a different model to continue.',
        'INVALID_MODEL_ID',
      ),
    },
    'invalid_request',
    'other-account',
    'not_found',
  ],
  [
    'a malformed request',
    { status: 400, body: body('ValidationException', 'Improperly formed request.') },
    'invalid_request',
    'changed-request',
    'invalid_request',
  ],
  [
    'validation wrapped in a 500',
    { status: 500, body: body('X', 'Improperly formed request.') },
    'invalid_request',
    'changed-request',
    'invalid_request',
  ],
  [
    'other words about the request',
    { status: 400, body: body('ValidationException', 'Too many images.', 'IMAGE_COUNT_EXCEEDED') },
    'invalid_request',
    'never',
    'invalid_request',
  ],
  ...[
    'IMAGE_SIZE_EXCEEDED',
    'DOCUMENT_PASSWORD_PROTECTED',
    'TOOL_DUPLICATE',
    'TOOL_USE_RESULT_MISMATCH',
    'REQUEST_BODY_INVALID',
    'REQUEST_BODY_INVALID_JSON',
  ].map((reason): (typeof TABLE)[number] => [
    `${reason} wrapped in a 500`,
    { status: 500, body: body('X', 'x', reason) },
    'invalid_request',
    'never',
    'invalid_request',
  ]),
  [
    'other words of validation wrapped in a 500',
    { status: 500, body: body('X', 'ValidationException: Something is wrong with it.') },
    'invalid_request',
    'never',
    'invalid_request',
  ],
  [
    'a prompt too long, wrapped in a 500',
    { status: 500, body: body('X', 'ValidationException: Input is too long.') },
    'context_length',
    'never',
    'context_length',
  ],
  [
    'a model unknown to the account, wrapped in a 500',
    { status: 500, body: body('X', 'ValidationException: Invalid model. Please select a different model.') },
    'invalid_request',
    'other-account',
    'not_found',
  ],
  [
    'a prompt too long by type',
    { status: 400, body: body('ContentLengthExceededException', 'x') },
    'context_length',
    'never',
    'context_length',
  ],
  [
    'a prompt too long inside a stream',
    { type: 'ContentLengthExceededException', body: '{"message":"x"}' },
    'context_length',
    'never',
    'context_length',
  ],
  [
    'a profile that is missing',
    { status: 400, body: body('ValidationException', 'profileArn is required for this request.') },
    'auth',
    'find-profile',
    'internal',
  ],
  ['404', { status: 404, body: body('ResourceNotFoundException', 'x') }, 'auth', 'other-account', 'upstream'],
  [
    'a spent quota inside a stream',
    { body: body('ServiceQuotaExceededException', 'x') },
    'quota',
    'other-account',
    'quota',
  ],
  [
    'a suspension inside a stream',
    { body: body('AccessDeniedException', 'Your User ID (d-1) temporarily is suspended.') },
    'suspended',
    'other-account',
    'account',
  ],
  [
    'an expired token inside a stream',
    { body: body('AccessDeniedException', 'The bearer token included in the request is invalid.') },
    'auth',
    'renew-token',
    'account',
  ],
  ['something never seen', { status: 302, body: '' }, 'unknown', 'other-account', 'upstream'],
];

describe('classifyFailure', () => {
  it.each(TABLE)('%s', (_what, answer, failureClass, retry, kind) => {
    const error = classifyFailure(answer);
    expect({ class: error.failure?.class, retry: error.failure?.retry, kind: error.kind }).toEqual({
      class: failureClass,
      retry,
      kind,
    });
  });

  /** What it says of the account; `account-effect.ts` has what follows. */
  it.each<[AccountFinding | undefined, string, ServiceAnswer]>([
    ['token-refused', '401', { status: 401, body: '' }],
    ['token-refused', 'an invalid token', { status: 403, body: denied('The bearer token … is invalid.') }],
    ['suspended', 'a suspension by reason', { status: 403, body: denied('x', 'TEMPORARILY_SUSPENDED') }],
    ['suspended', 'a suspension by text', { status: 403, body: denied('Your User ID temporarily is suspended.') }],
    ['suspended', '423 in so many words', { status: 423, body: '{"message":"temporarily suspended"}' }],
    [undefined, 'the words where they are no refusal', { status: 500, body: '{"message":"temporarily suspended"}' }],
    ['locked', '423 without a word', { status: 423, body: '' }],
    ['unsupported', 'a gate', { status: 403, body: denied('x', 'FEATURE_NOT_SUPPORTED') }],
    ['unsupported', 'a wrong surface', { status: 403, body: denied(NO_SUBSCRIPTION) }],
    ['denied', 'no subscription', { status: 403, body: denied('User is not authorized to make this call.') }],
    ['denied', 'a 403 of a proxy', { status: 403, body: '<html>Forbidden</html>' }],
    ['denied', 'a refusal nobody knows', { status: 403, body: denied('x', 'SOMETHING_NEW') }],
    ['month-spent', '402', { status: 402, body: '' }],
    ['month-spent', '400 monthly', { status: 400, body: body('ThrottlingException', 'x', 'MONTHLY_REQUEST_COUNT') }],
    ['month-spent', 'overage', { status: 429, body: body('X', 'x', 'OVERAGE_REQUEST_LIMIT_EXCEEDED') }],
    ['month-spent', 'usage', { status: 500, body: body('X', 'x', 'USAGE_LIMIT_REACHED') }],
    ['week-spent', 'weekly', { status: 429, body: body('X', 'x', 'WEEKLY_REQUEST_COUNT') }],
    ['day-spent', 'daily', { status: 429, body: body('X', 'x', 'DAILY_REQUEST_COUNT') }],
    ['hour-spent', 'hourly', { status: 402, body: body('X', 'x', 'HOURLY_REQUEST_COUNT') }],
    [undefined, 'one conversation', { status: 402, body: body('X', 'x', 'CONVERSATION_LIMIT_EXCEEDED') }],
    [undefined, 'no capacity', { status: 429, body: body('X', 'x', 'INSUFFICIENT_MODEL_CAPACITY') }],
    [undefined, 'a request rate', { status: 429, body: body('X', 'x', 'USER_REQUEST_RATE_EXCEEDED') }],
    [undefined, 'a fault', { status: 500, body: '' }],
    [undefined, 'too long a prompt', { status: 400, body: body('X', 'x', 'PROMPT_TOO_LONG') }],
    ['model-unknown', 'an unknown model', { status: 400, body: body('X', 'x', 'INVALID_MODEL_ID') }],
    [undefined, 'a malformed request', { status: 400, body: body('X', 'Improperly formed request.') }],
    ['profile-missing', 'a missing profile', { status: 400, body: body('X', 'profileArn is required …') }],
    [undefined, 'a signature', { status: 400, body: body('X', 'x', 'THINKING_SIGNATURE_INVALID') }],
    [undefined, 'an image', { status: 400, body: body('X', 'x', 'IMAGE_SIZE_EXCEEDED') }],
    [undefined, 'a conversation id', { status: 400, body: body('X', 'x', 'INVALID_CONVERSATION_ID') }],
    ['misconfigured', '404', { status: 404, body: body('ResourceNotFoundException', 'x') }],
    ['misconfigured', '409', { status: 409, body: body('ConflictException', 'x', 'MISMATCHED_KMS_KEY') }],
    ['maybe-misconfigured', 'a 404 of something else', { status: 404, body: '<html>' }],
    [undefined, 'validation in a 500', { status: 500, body: body('X', 'ValidationException: x') }],
    ['suspended', 'a suspension in a stream', { body: denied('Your User ID temporarily is suspended.') }],
    ['month-spent', 'a spent quota in a stream', { body: body('ServiceQuotaExceededException', 'x') }],
  ])('finds %s of the account by %s', (finding, _what, answer) => {
    expect(classifyFailure(answer).failure?.account).toBe(finding);
  });

  it.each([
    ['a tool schema', body('ValidationException', 'x', 'TOOL_SCHEMA_INVALID'), 'reduced-schemas'],
    ['it knows not what', body('ValidationException', 'Improperly formed request.', null), 'reduced-schemas'],
    ['a signature', body('ValidationException', 'x', 'THINKING_SIGNATURE_INVALID'), 'without-thinking'],
    ['documents', body('ValidationException', 'x', 'DOCUMENT_MODEL_NOT_SUPPORTED'), 'documents-as-text'],
    ['the conversation', body('ValidationException', 'x', 'INVALID_CONVERSATION_ID'), 'new-conversation'],
  ])('asks for the request to be changed where the service refuses %s', (_what, answer, change) => {
    for (const status of [400, 500, undefined]) {
      expect(classifyFailure({ status, body: answer }).failure).toMatchObject({
        class: 'invalid_request',
        retry: 'changed-request',
        change,
      });
    }
  });

  it('asks for another conversation where one has reached its limit', () => {
    const answer = body('ServiceQuotaExceededException', 'x', 'CONVERSATION_LIMIT_EXCEEDED');
    expect(classifyFailure({ status: 402, body: answer }).failure?.change).toBe('new-conversation');
  });

  it('reads texts only, whatever else stands in their places', () => {
    const odd = { toString: 1 };
    const answer = JSON.stringify({ __type: odd, message: odd, Message: 'slow', reason: odd });
    expect(classifyFailure({ status: 429, type: 'ThrottlingException', body: answer }).failure).toEqual({
      class: 'rate_limit',
      retry: 'other-account',
      status: 429,
      type: 'ThrottlingException',
      serviceMessage: 'slow',
    });
  });

  it('tells a client whose thinking is refused in words it recovers from', () => {
    const answer = body('ValidationException', 'x', 'THINKING_SIGNATURE_INVALID');
    expect(classifyFailure({ status: 400, body: answer }).message).toContain('Invalid `signature` in `thinking` block');
  });

  it("keeps the service's words for the operator and out of the client's message", () => {
    const error = classifyFailure({
      status: 403,
      body: body('AccessDeniedException', 'Your User ID (d-12345) temporarily is suspended.', 'TEMPORARILY_SUSPENDED'),
    });
    expect(error.message).not.toContain('d-12345');
    expect(error.failure?.serviceMessage).toContain('d-12345');
  });

  it('tells a client whose prompt is too long in words it recovers from', () => {
    expect(classifyFailure({ status: 400, body: body('ValidationException', 'x', 'PROMPT_TOO_LONG') }).message).toMatch(
      /^prompt is too long/,
    );
  });

  it('hands on how long to wait, and bounds what it repeats', () => {
    expect(classifyFailure({ status: 429, body: '{}', retryAfter: 7 }).retryAfter).toBe(7);
    expect(classifyFailure({ status: 402, body: '{}', retryAfter: 7 }).retryAfter).toBeUndefined();
    expect(
      classifyFailure({ status: 400, body: body('X', 'x', 'a prompt, not a reason') }).failure?.reason,
    ).toBeUndefined();
    expect(classifyFailure({ status: 400, type: 'a type\nand a line', body: '{}' }).failure?.type).toBeUndefined();
    expect(
      classifyFailure({ status: 400, type: 'X', body: '{"__type":"","message":"","Message":"x"}' }).failure,
    ).toEqual(expect.objectContaining({ type: 'X', serviceMessage: 'x' }));
    const long = classifyFailure({ status: 400, body: JSON.stringify({ Message: 'x'.repeat(10_000) }) });
    expect(long.message.length).toBeLessThan(600);
  });
});
