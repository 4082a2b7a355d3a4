import type { ErrorKind } from '../../errors.js';
import type { AccountFinding, Failure, FailureClass, RequestChange } from '../../pool/failure.js';

export interface Verdict {
  class: FailureClass;
  retry: Failure['retry'];
  /** With `changed-request`: what to change. */
  change?: RequestChange;
  account?: AccountFinding;
  kind: ErrorKind;
  /** What a client reads that is not handed the endpoint's own answer. */
  message: (said: string) => string;
  shouldRetry?: boolean;
  /** Whether it is about the client's request: then a client of the same API reads the answer as it came. */
  isAboutRequest?: boolean;
}

interface Rule extends Verdict {
  when: (said: Said) => boolean;
}

/** An answer that is no message, taken apart. */
export interface Said {
  /** 0 in the middle of a stream. */
  status: number;
  /** `error.type`; empty where the body is not the API's. */
  type: string;
  /** `error.details.error_code` */
  code: string;
  text: string;
  /** To a question for a token count, which not every endpoint answers. */
  isToCount: boolean;
}

/**
 * What takes an account out has to begin so: refusals quote what a client sent, and nobody talks an account out of the
 * pool by a header or a tool's name.
 */
const BALANCE =
  /^(your )?(credit balance is too low|insufficient[ _](account )?(balance|credits?|funds|quota)|you exceeded your current quota)\b/i;
const USAGE_LIMIT = /^you have (reached|exceeded) your (specified )?(workspace )?(api )?(usage|spend(ing)?) limits?\b/i;
const IS_OUT = /^(this|your) (organi[sz]ation|account|workspace) (has been|is) (disabled|suspended|deactivated)\b/i;
const ABOUT_KEY = /\b(x-api-key|api[ _-]?key|credentials?|bearer|auth(entication)? token)\b/i;
const TOO_LONG =
  /\bprompt is too long\b|\binput is too long\b|\bexceeds? (the )?(model'?s? )?(maximum )?context\b|\bmaximum context length\b|\bcontext (window|length|limit) (is |was )?exceeded\b|\bexceed context limit\b/i;
const NO_MODEL =
  /\b(invalid|unknown|unsupported) model\b|\bmodel[^.]{0,100}\b(not found|does not exist|not available|not supported here)\b|^model: /i;
/** Those begin with the field's name, and the name of a field that the API does not know is the client's own. */
const ABOUT_FIELD =
  /\b(extra inputs are not permitted|(unexpected|unknown|unrecognized) (\w+ )?(field|keyword|parameter|argument|property))\b|^(messages|tools|system|tool_choice|metadata|container|mcp_servers|output_config|thinking)\b/i;
const IS_REFUSED = ({ status, text }: Said) =>
  (status === 400 || status === 402 || status === 403 || status === 429) && !ABOUT_FIELD.test(text);

/** There an error has no status; elsewhere it tells more than the type, which proxies fill in as they like. */
const isInStream = (status: number, type: string, expected: string) => status === 0 && type === expected;

/**
 * First match wins (anthropic.md §8). Statuses alone don't tell: a spent balance comes as 400, a key that was taken
 * away as 403.
 */
const RULES: readonly Rule[] = [
  {
    when: (said) => IS_REFUSED(said) && IS_OUT.test(said.text),
    class: 'suspended',
    retry: 'other-account',
    account: 'suspended',
    kind: 'account',
    message: () => 'The upstream account is suspended. Its operator has to contact the service.',
    shouldRetry: false,
  },
  {
    when: (said) => IS_REFUSED(said) && USAGE_LIMIT.test(said.text),
    class: 'quota',
    retry: 'other-account',
    account: 'month-spent',
    kind: 'quota',
    message: spent,
    shouldRetry: false,
  },
  {
    // It comes back with a payment, whenever that is: asked for again before the hour is over.
    when: (said) =>
      said.status === 402 || said.type === 'billing_error' || (IS_REFUSED(said) && BALANCE.test(said.text)),
    class: 'quota',
    retry: 'other-account',
    account: 'hour-spent',
    kind: 'quota',
    message: spent,
    shouldRetry: false,
  },
  {
    // Another endpoint may well have capacity.
    when: ({ status, type }) => status === 529 || type === 'overloaded_error',
    class: 'capacity',
    retry: 'other-account',
    kind: 'overloaded',
    message: () => 'The model has no capacity at the moment. Try again shortly.',
  },
  {
    when: ({ status, type }) => status === 429 || type === 'rate_limit_error',
    class: 'rate_limit',
    retry: 'other-account',
    kind: 'rate_limit',
    message: () => 'The service limits the rate of requests. Try again shortly.',
  },
  {
    when: (said) =>
      said.status === 401 ||
      said.type === 'authentication_error' ||
      (said.status === 403 && said.type !== '' && ABOUT_KEY.test(said.text)),
    class: 'auth',
    // Its operator may have given it another key meanwhile.
    retry: 'renew-token',
    account: 'key-refused',
    kind: 'account',
    message: () => 'The key of the upstream account was refused. Its operator has to give it another one.',
    shouldRetry: false,
  },
  {
    when: ({ status, type }) => status === 403 || isInStream(status, type, 'permission_error'),
    class: 'auth',
    retry: 'other-account',
    account: 'denied',
    kind: 'account',
    message: () => 'The upstream account may not make this call.',
    shouldRetry: false,
  },
  {
    when: ({ status, code, text }) => (status === 400 || status === 413) && code === '' && TOO_LONG.test(text),
    class: 'context_length',
    retry: 'never',
    kind: 'context_length',
    message: (said) => said,
    isAboutRequest: true,
  },
  {
    when: ({ status, code, text }) =>
      (status === 404 || status === 400) && code === '' && NO_MODEL.test(text) && !ABOUT_FIELD.test(text),
    class: 'invalid_request',
    retry: 'other-account',
    account: 'model-unknown',
    kind: 'not_found',
    message: () => 'The model is not available to the upstream account.',
  },
  {
    // It has messages and counts nothing: there is nothing wrong with the account.
    when: ({ status, type, isToCount }) => isToCount && type === '' && [404, 405, 501].includes(status),
    class: 'invalid_request',
    retry: 'never',
    kind: 'not_found',
    message: () => 'The service counts no tokens.',
  },
  {
    // No error of the API: there is no such API at that address.
    when: ({ status, type }) => (status === 404 || status === 405) && type === '',
    class: 'auth',
    retry: 'other-account',
    account: 'maybe-misconfigured',
    kind: 'upstream',
    message: () => 'The upstream account is not set up right.',
  },
  {
    when: ({ status, type }) => status === 404 || isInStream(status, type, 'not_found_error'),
    class: 'invalid_request',
    retry: 'never',
    kind: 'not_found',
    message: (said) => said || 'Not found',
    isAboutRequest: true,
  },
  {
    when: ({ status, type }) => status === 413 || isInStream(status, type, 'request_too_large'),
    class: 'invalid_request',
    retry: 'never',
    kind: 'request_too_large',
    message: (said) => said || 'The request is too large for the service.',
    isAboutRequest: true,
  },
  {
    when: ({ status }) => status === 408 || status === 504,
    class: 'transient',
    retry: 'other-account',
    kind: 'timeout',
    message: () => 'The service did not answer in time.',
  },
  {
    // Thinking that another service signed.
    when: ({ status, text }) => status === 400 && /\bsignature\b/i.test(text) && /\bthinking\b/i.test(text),
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'without-thinking',
    kind: 'invalid_request',
    message: (said) => said,
    isAboutRequest: true,
  },
  {
    // Not every endpoint knows them, nor every schema; both can be asked for in words.
    when: ({ status, text }) =>
      status === 400 && /\boutput_(config|format)\b|\bstrict\b|\bstructured outputs?\b/i.test(text),
    class: 'invalid_request',
    retry: 'changed-request',
    change: 'reduced-schemas',
    kind: 'invalid_request',
    message: refused,
    isAboutRequest: true,
  },
  {
    when: ({ status, type }) => (status >= 400 && status < 500) || isInStream(status, type, 'invalid_request_error'),
    class: 'invalid_request',
    retry: 'never',
    kind: 'invalid_request',
    message: refused,
    isAboutRequest: true,
  },
  {
    when: ({ status, type }) => status >= 500 || type === 'api_error' || type === 'timeout_error',
    class: 'transient',
    retry: 'same-account',
    kind: 'upstream',
    message: () => 'The service had a fault. Try again shortly.',
  },
];

const UNKNOWN: Verdict = {
  class: 'unknown',
  retry: 'other-account',
  account: 'maybe-misconfigured',
  kind: 'upstream',
  message: () => 'The service answered in a way this gateway does not know.',
};

function refused(said: string): string {
  return `The service refused the request: ${said || 'no reason given'}`;
}

function spent(): string {
  return 'The request quota of the upstream accounts is used up.';
}

/** What follows from an answer that is no message. */
export function judge(said: Said): Verdict {
  return RULES.find((rule) => rule.when(said)) ?? UNKNOWN;
}
