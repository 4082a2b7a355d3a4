import { GatewayError } from '../../errors.js';
import type { Failure } from '../../pool/failure.js';
import { judge, type Said } from './failure-rules.js';
import { hideSecret } from './hide-secret.js';

/** What an endpoint answered instead of a message, or in the middle of one. */
export interface EndpointRefusal {
  /** Absent for an `error` event. */
  status?: number;
  contentType?: string;
  /** Undefined where it is encoded, so that nobody can read it. */
  body: Buffer | undefined;
  /** Value of `retry-after`, in seconds. */
  retryAfter?: number;
  /** Whether the body is all that came. */
  isWhole: boolean;
  /** Whether a token count was asked for. */
  isToCount?: boolean;
  /** The key that was sent: whatever quotes it is for nobody. */
  secret?: string;
}

const LONGEST_MESSAGE = 500;
const NAME = /^\w{1,64}$/;
const JSON_TYPE = /^application\/(\w+\+)?json\b/i;

/**
 * Turns what an endpoint said into the one error the inside works with. What it said about the client's own request is
 * kept as it came, for clients of the same API.
 */
export function classifyFailure(refusal: EndpointRefusal): GatewayError {
  const said = takeApart(refusal);
  const verdict = judge(said);
  const { status, retryAfter } = refusal;
  const failure: Failure = {
    class: verdict.class,
    retry: verdict.retry,
    ...(verdict.change && { change: verdict.change }),
    ...(verdict.account && { account: verdict.account }),
    ...(status !== undefined && { status }),
    ...(said.type && { type: said.type }),
    ...(said.code && { reason: said.code }),
    ...(said.text && { serviceMessage: said.text }),
    ...(retryAfter !== undefined && { retryAfter }),
  };
  return new GatewayError(verdict.kind, verdict.message(said.text), {
    failure,
    // A spent quota does not come back with waiting (contract §10.4).
    retryAfter: verdict.kind === 'quota' ? undefined : retryAfter,
    shouldRetry: verdict.shouldRetry,
    answer: verdict.isAboutRequest ? answerOf(refusal) : undefined,
  });
}

/** Cut short, or no JSON, it is no answer that a client could read. */
function answerOf(refusal: EndpointRefusal): GatewayError['answer'] {
  const { status, contentType = '', body, isWhole, secret } = refusal;
  if (status === undefined || body === undefined || !isWhole || !JSON_TYPE.test(contentType)) return undefined;
  if (secret !== undefined && quotes(body, secret)) return undefined;
  return { status, contentType, body };
}

/** In whatever spelling: a client reads JSON by its parser. */
function quotes(body: Buffer, secret: string): boolean {
  const isIn = (value: unknown): boolean => JSON.stringify(value)?.includes(JSON.stringify(secret).slice(1, -1));
  return body.includes(secret) || isIn(parse(body));
}

function takeApart({ status = 0, body, secret, isToCount = false }: EndpointRefusal): Said {
  const outer = objectOf(parse(body));
  const plain = (said: string) => hideSecret(said, secret);
  const error = typeof outer.error === 'string' ? { message: outer.error } : objectOf(outer.error);
  return {
    status,
    isToCount,
    // They go into logs: only what looks like a name.
    type: nameOf(plain(textOf(error.type) ?? '')),
    code: nameOf(plain(textOf(objectOf(error.details).error_code) ?? '')),
    text: plain(textOf(error.message) ?? textOf(outer.message) ?? textOf(outer.detail) ?? '').slice(0, LONGEST_MESSAGE),
  };
}

function parse(body: Buffer | undefined): unknown {
  try {
    return JSON.parse(body?.toString('utf8') ?? '');
  } catch {
    return undefined;
  }
}

function objectOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function nameOf(text: string): string {
  return NAME.exec(text)?.[0] ?? '';
}
