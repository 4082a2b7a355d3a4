import { GatewayError } from '../../errors.js';
import type { Failure } from '../../pool/failure.js';
import { judge, type Said } from './failure-rules.js';

/** What upstream answered instead of a stream, or in the middle of one. */
export interface ServiceAnswer {
  /** Absent for an exception inside a stream. */
  status?: number;
  /** `x-amzn-errortype`, or the exception's name. */
  type?: string;
  body: string;
  /** Value of `retry-after`, in seconds. */
  retryAfter?: number;
}

const LONGEST_MESSAGE = 500;

/** Turns what the service said into the one error the inside works with: class, where to try again, safe words. */
export function classifyFailure(answer: ServiceAnswer): GatewayError {
  const { said, message } = takeApart(answer);
  const verdict = judge(said);
  const failure: Failure = {
    class: verdict.class,
    retry: verdict.retry,
    ...(verdict.account && { account: verdict.account }),
    ...(verdict.change && { change: verdict.change }),
    ...(answer.status !== undefined && { status: answer.status }),
    ...(said.type && { type: said.type }),
    ...(said.reason && { reason: said.reason }),
    ...(message && { serviceMessage: message }),
    ...(answer.retryAfter !== undefined && { retryAfter: answer.retryAfter }),
  };
  return new GatewayError(verdict.kind, verdict.message(message), {
    failure,
    // A spent quota does not come back with waiting (contract §10.4).
    retryAfter: verdict.kind === 'quota' ? undefined : answer.retryAfter,
    shouldRetry: verdict.shouldRetry,
  });
}

function takeApart(answer: ServiceAnswer): { said: Said; message: string } {
  const body = parseObject(answer.body);
  const message = (textOf(body.message) || textOf(body.Message) || '').slice(0, LONGEST_MESSAGE);
  const type = textOf(body.__type) || answer.type || '';
  return {
    message,
    said: {
      status: answer.status ?? 0,
      // `com.amazon…#ThrottlingException` in the body, `ThrottlingException:http://…` in the header (§5).
      type: nameIn((type.split('#').at(-1) ?? '').split(':')[0] ?? ''),
      reason: nameIn(textOf(body.reason) ?? ''),
      text: message,
    },
  };
}

/** Goes into logs: only what looks like the name of a type or reason. */
function nameIn(text: string): string {
  return /^\w{1,64}$/.test(text) ? text : '';
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === 'object' ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
