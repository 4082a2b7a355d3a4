import type { ErrorKind } from '../../errors.js';
import type { AccountFinding, Failure, FailureClass, RequestChange } from '../../pool/failure.js';

export interface Verdict {
  class: FailureClass;
  retry: Failure['retry'];
  /** With `changed-request`: what to change. */
  change?: RequestChange;
  account?: AccountFinding;
  kind: ErrorKind;
  /** What the client reads; `said` is the service's own message, where it is about the client's own input. */
  message: (said: string) => string;
  shouldRetry?: boolean;
}

interface Rule extends Omit<Verdict, 'account'> {
  when: (said: Said) => boolean;
  account?: AccountFinding | ((said: Said) => AccountFinding);
}

/** The answer, taken apart: classify by type, reason and text, not by status alone (amazon-q.md §6.1). */
export interface Said {
  status: number;
  type: string;
  reason: string;
  text: string;
}

const oneOf = (value: string, ...candidates: string[]) => candidates.includes(value);

/** An exception inside a stream has a type and no status. */
const isDenied = ({ status, type }: Said) => status === 403 || type === 'AccessDeniedException';

/** On one surface validation comes wrapped in a 500; it says the same (amazon-q.md §6.2, §6.3). */
const isAboutRequest = ({ status, type, reason, text }: Said) =>
  status === 400 ||
  type === 'ValidationException' ||
  /^(IMAGE|DOCUMENT|TOOL|REQUEST_BODY)_/.test(reason) ||
  /^ValidationException\b/.test(text);

/** A 404 or 409 of the service itself, not of something on the way to it, or of a wrong address. */
const isTyped = ({ type }: Said) => oneOf(type, 'ResourceNotFoundException', 'ConflictException');

const WINDOW = /^(HOURLY|DAILY|WEEKLY|MONTHLY)_REQUEST_COUNT$/;
const SPENT: ReadonlyMap<string | undefined, AccountFinding> = new Map([
  ['HOURLY', 'hour-spent'],
  ['DAILY', 'day-spent'],
  ['WEEKLY', 'week-spent'],
]);

/** Whatever names no shorter window is the plan's own, which is the month's. */
const spentWindow = ({ reason }: Said) => SPENT.get(WINDOW.exec(reason)?.[1]) ?? 'month-spent';

const TOO_LONG = 'prompt is too long: the input exceeds the context window of the model';

/** First match wins; the order is that of the table in amazon-q.md §6.3, special cases before general ones. */
const RULES: readonly Rule[] = [
  {
    when: (said) =>
      said.reason === 'TEMPORARILY_SUSPENDED' ||
      ((isDenied(said) || said.status === 423) && /temporarily (is )?suspended/i.test(said.text)),
    class: 'suspended',
    retry: 'other-account',
    account: 'suspended',
    kind: 'account',
    message: suspended,
  },
  {
    // On the evidence of one project only.
    when: ({ status }) => status === 423,
    class: 'suspended',
    retry: 'other-account',
    account: 'locked',
    kind: 'account',
    message: suspended,
  },
  {
    // A gate, or the origin of a plan the account does not have.
    when: (said) =>
      said.reason === 'FEATURE_NOT_SUPPORTED' ||
      (isDenied(said) && /subscription does not support this application/i.test(said.text)),
    class: 'suspended',
    retry: 'other-account',
    account: 'unsupported',
    kind: 'account',
    message: () => 'The service does not offer this feature to the upstream account.',
  },
  {
    // About one conversation, not the account's quota, though it comes as a 402.
    when: ({ reason }) => reason === 'CONVERSATION_LIMIT_EXCEEDED',
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'new-conversation',
    kind: 'invalid_request',
    message: () => 'The conversation has reached the limit of the service. Start a new one.',
  },
  {
    when: ({ reason, status, type }) =>
      WINDOW.test(reason) ||
      /^OVERAGE_|^USAGE_LIMIT/.test(reason) ||
      status === 402 ||
      type === 'ServiceQuotaExceededException',
    class: 'quota',
    retry: 'other-account',
    account: spentWindow,
    kind: 'quota',
    message: () => 'The request quota of the upstream accounts is used up.',
    shouldRetry: false,
  },
  {
    when: ({ reason, text }) =>
      oneOf(reason, 'INSUFFICIENT_MODEL_CAPACITY', 'MODEL_TEMPORARILY_UNAVAILABLE') ||
      /unexpectedly high load/i.test(text),
    class: 'capacity',
    retry: 'same-account',
    kind: 'overloaded',
    message: () => 'The model has no capacity at the moment. Try again shortly.',
  },
  {
    when: ({ type, reason, text }) =>
      type === 'ContentLengthExceededException' ||
      oneOf(reason, 'CONTENT_LENGTH_EXCEEDS_THRESHOLD', 'PROMPT_TOO_LONG') ||
      /\binput is too long\b/i.test(text),
    class: 'context_length',
    retry: 'never',
    kind: 'context_length',
    message: () => TOO_LONG,
  },
  {
    when: (said) =>
      said.status === 401 || (isDenied(said) && /bearer token|security token|token .*expired/i.test(said.text)),
    class: 'auth',
    retry: 'renew-token',
    account: 'token-refused',
    // Waiting does not sign anybody in: a client should say so at once (anthropic.md §8).
    kind: 'account',
    message: () => 'The upstream account is not signed in. Its operator has to sign it in again.',
    shouldRetry: false,
  },
  {
    when: ({ reason, text }) => reason === 'INVALID_MODEL_ID' || /(^|: )invalid model\b/i.test(text),
    class: 'invalid_request',
    retry: 'other-account',
    account: 'model-unknown',
    kind: 'not_found',
    message: () => 'The model is not available to the upstream account.',
  },
  {
    when: ({ status, type }) => status === 429 || type === 'ThrottlingException',
    class: 'rate_limit',
    retry: 'other-account',
    kind: 'rate_limit',
    message: () => 'The service limits the rate of requests. Try again shortly.',
  },
  {
    when: isDenied,
    class: 'auth',
    retry: 'other-account',
    account: 'denied',
    kind: 'account',
    message: () => 'The upstream account may not make this call.',
    shouldRetry: false,
  },
  {
    // Comes as a 400, and is no fault of the client's. Another account may have its profile.
    when: ({ text }) => /\bprofileArn is required\b/i.test(text),
    class: 'auth',
    retry: 'find-profile',
    account: 'profile-missing',
    kind: 'internal',
    message: () => 'The profile of the upstream account is not known. Its operator has to set it.',
    shouldRetry: false,
  },
  {
    when: (said) => said.status === 404 || said.status === 409 || isTyped(said),
    class: 'auth',
    retry: 'other-account',
    account: (said) => (isTyped(said) ? 'misconfigured' : 'maybe-misconfigured'),
    kind: 'upstream',
    message: () => 'The upstream account is not set up right.',
  },
  {
    when: ({ reason }) => reason === 'THINKING_SIGNATURE_INVALID',
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'without-thinking',
    kind: 'invalid_request',
    // The words by which Claude Code knows to leave its thinking out (anthropic.md §8).
    message: () => 'messages: Invalid `signature` in `thinking` block',
  },
  {
    when: ({ reason }) => reason === 'DOCUMENT_MODEL_NOT_SUPPORTED',
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'documents-as-text',
    kind: 'invalid_request',
    message: () => 'The model does not take documents.',
  },
  {
    when: ({ reason }) => reason === 'INVALID_CONVERSATION_ID',
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'new-conversation',
    kind: 'invalid_request',
    message: () => 'The service refused the id of the conversation.',
  },
  {
    // The service says no more than that of a schema it can't read, nor of anything else; the text comes wrapped in a
    // 500 on one surface.
    when: ({ reason, text }) => reason === 'TOOL_SCHEMA_INVALID' || /improperly formed request/i.test(text),
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'reduced-schemas',
    kind: 'invalid_request',
    message: refused,
  },
  {
    when: isAboutRequest,
    class: 'invalid_request',
    retry: 'never',
    kind: 'invalid_request',
    message: refused,
  },
  {
    when: ({ status, type }) => status >= 500 || oneOf(type, 'InternalServerException', 'ServiceUnavailableException'),
    class: 'transient',
    retry: 'same-account',
    kind: 'upstream',
    message: () => 'The service had a fault. Try again shortly.',
  },
];

function suspended(): string {
  return 'The upstream account is suspended. Its operator has to contact the service.';
}

function refused(said: string): string {
  return `The service refused the request: ${said || 'no reason given'}`;
}

const UNKNOWN: Verdict = {
  class: 'unknown',
  retry: 'other-account',
  kind: 'upstream',
  message: () => 'The service answered in a way this gateway does not know.',
};

/** What follows from an answer that is no stream. */
export function judge(said: Said): Verdict {
  const rule = RULES.find(({ when }) => when(said));
  if (!rule) return UNKNOWN;
  const { account } = rule;
  return { ...rule, account: typeof account === 'function' ? account(said) : account };
}
