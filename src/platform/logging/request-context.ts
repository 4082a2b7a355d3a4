import { AsyncLocalStorage } from 'node:async_hooks';
import type { ErrorKind } from '../../core/errors.js';
import type { Span } from '../telemetry/span.js';

/**
 * What is known of a request: its one log line prints all of it, the usage ledger keeps what it cost. Never content,
 * never a secret. Names are those of the log line.
 */
export interface RequestFacts {
  address?: string;
  /** Id of the key. */
  apiKey?: string;
  authFailure?: string;
  /** The limit of its key that refused it. */
  keyLimit?: string;
  /** As the client named it, cut. */
  model?: string;
  upstreamModel?: string;
  stream?: boolean;
  /** Id of the account that was asked last. */
  account?: string;
  /** Accounts tried. */
  attempts?: number;
  failedCalls?: readonly object[];
  /** Questions asked for an emulation. */
  rounds?: number;
  roundError?: string;
  upstreamRequestId?: string;
  inputTokens?: number;
  outputTokens?: number;
  /** The answer ended before its tokens were told: they are our own count. */
  outputEstimated?: true;
  cacheReadTokens?: number;
  cacheWriteTokens?: number;
  /** Part of the output. */
  reasoningTokens?: number;
  credits?: number;
  /** US dollars. */
  cost?: number;
  /** Of the price table that `cost` was worked out with. */
  priceVersion?: string;
  stopReason?: string;
  /** Milliseconds from the request's beginning. */
  firstEventMs?: number;
  firstTokenMs?: number;
  errorKind?: ErrorKind;
  errorMessage?: string;
  errorPath?: string;
  /** Kind of the error that ended an answer after it began. */
  streamError?: ErrorKind;
  failureClass?: string;
  failureReason?: string;
}

/** Of the request being served; rooms add facts. */
export interface RequestContext {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly facts: RequestFacts;
  /** Absent where the request is not traced. */
  readonly span?: Span;
}

export const requestContext = new AsyncLocalStorage<RequestContext>();

/** Adds facts to the request being served; outside of one it does nothing. */
export function noteFacts(facts: RequestFacts): void {
  const context = requestContext.getStore();
  if (context) Object.assign(context.facts, facts);
}

/** Id of the request being served, or `undefined` outside of one. */
export function currentRequestId(): string | undefined {
  return requestContext.getStore()?.requestId;
}
