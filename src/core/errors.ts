import type { Failure } from './pool/failure.js';

/**
 * Everything that can go wrong, in the terms of the inside. Each client protocol maps a kind to its own status and
 * body (`encode-error.ts`); nothing else decides on a status code.
 */
export const ERROR_KINDS = [
  'invalid_request', // the request itself is wrong
  'invalid_body', // its body can't be read as JSON
  'context_length', // the prompt does not fit the model's window
  'authentication', // no key, or not one of ours
  'permission', // a valid key that may not do this
  'not_found', // no such path, model or object
  'method_not_allowed',
  'conflict', // something of that id is there, or at work, already
  'precondition_failed', // it was changed since the caller read it (If-Match)
  'request_too_large', // over MAX_BODY_SIZE
  'head_too_large', // more headers than anybody needs
  'slow_request', // its body came too slowly, or stopped coming
  'rate_limit', // worth trying again later
  'quota', // spent: trying again does not help
  'overloaded', // the model has no capacity now
  'no_account', // no account can serve this
  'account', // the account asked is not signed in, suspended, or may not do this
  'timeout', // upstream did not begin or went silent
  'upstream', // upstream failed, or broke off
  'unavailable', // shutting down
  'internal', // a fault of ours; never says more
] as const;

export type ErrorKind = (typeof ERROR_KINDS)[number];

/** One field of the caller's input that is not right. */
export interface FieldProblem {
  /** Such as `scopes.0`. */
  path: string;
  message: string;
}

export interface ErrorDetails {
  /** Where the caller's input is wrong, such as `messages.0.content`, in the way the caller's protocol writes paths. */
  path?: string;
  /** Every field that is not right, where a whole form was checked (admin API). */
  fields?: readonly FieldProblem[];
  /** Seconds after which it is worth trying again. */
  retryAfter?: number;
  /** Whether a client should try again, where its own rule by status would get it wrong. */
  shouldRetry?: boolean;
  /** A code of the caller's protocol, such as `thread_unsupported_request`. */
  code?: string;
  /** What that protocol wants to stand beside the code. */
  codeDetails?: Readonly<Record<string, unknown>>;
  /** What upstream said and what follows from it; set by the upstream's own classification only. */
  failure?: Failure;
  /** What an endpoint of the Messages API answered to the client's own request: a client of that API reads it as it is. */
  answer?: OriginalAnswer;
  /** Logged, never shown. */
  cause?: unknown;
}

/** An error as an endpoint wrote it. */
export interface OriginalAnswer {
  status: number;
  contentType: string;
  body: Uint8Array;
}

/** The one error class. `message` is always safe to show to a client; what is not goes into `cause`. */
export class GatewayError extends Error {
  readonly path?: string;
  readonly fields?: readonly FieldProblem[];
  readonly retryAfter?: number;
  readonly shouldRetry?: boolean;
  readonly code?: string;
  readonly codeDetails?: Readonly<Record<string, unknown>>;
  readonly failure?: Failure;
  readonly answer?: OriginalAnswer;

  constructor(
    readonly kind: ErrorKind,
    message: string,
    details: ErrorDetails = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'GatewayError';
    this.path = details.path;
    this.fields = details.fields;
    this.retryAfter = details.retryAfter;
    this.shouldRetry = details.shouldRetry;
    this.code = details.code;
    this.codeDetails = details.codeDetails;
    this.failure = details.failure;
    this.answer = details.answer;
  }
}

/** Anything that was thrown, as a GatewayError: what nobody foresaw says nothing to the outside. */
export function toGatewayError(thrown: unknown): GatewayError {
  return thrown instanceof GatewayError
    ? thrown
    : new GatewayError('internal', 'Internal server error', { cause: thrown });
}
