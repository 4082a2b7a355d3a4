import type { IncomingHttpHeaders } from 'node:http';
import type { SimulatedAccount } from './account.js';
import type { SimulatedModel } from './model-list.js';
import type { GenerateAssistantRequest } from './wire.js';

/** The two ways a request travels: REST paths, or `POST /` with an `x-amz-target` (sheet §1.2, §1.3). */
export type Binding = 'restJson1' | 'awsJson1.0';

/** One frame of the answer, or a step that disturbs it. Frames are sent in the order given. */
export type ScriptedEvent =
  /** An event frame of any type, known to the protocol or not (sheet §4). `contentType: null` leaves the header out. */
  | { type: string; payload: object; contentType?: string | null }
  /** Wait; ends at once when the client leaves. */
  | { pause: number }
  /** End the body cleanly in the middle of the next frame. */
  | { cut: true }
  /** Reset the connection (RST) after what was written so far. */
  | { reset: true }
  /** Spoil one checksum of the next frame. */
  | { corrupt: 'prelude-crc' | 'message-crc' }
  /** A frame with `:message-type: exception`. */
  | { exception: string; payload: object }
  /** A frame with `:message-type: error`. */
  | { errorCode: string; errorMessage: string }
  /** These bytes, as they are. */
  | { raw: Uint8Array };

/** How the body is cut into writes, whatever its frames are. Pauses always end a write. */
export type Chunking = 'per-event' | 'one-write' | { bytes: number };

interface Delayed {
  /** Time before the status line, in milliseconds. */
  latencyMs?: number;
}

export interface StreamAnswer extends Delayed {
  kind: 'stream';
  events: readonly ScriptedEvent[];
  chunking?: Chunking;
  headers?: Record<string, string>;
  /** Under awsJson1.0 the body begins with an `initial-response` frame (sheet §1.3); `false` leaves it out. */
  initialResponse?: boolean;
}

/** A body encoded beforehand: the cheapest answer there is. Signatures in it are not remembered. */
export interface BytesAnswer extends Delayed {
  kind: 'bytes';
  body: Uint8Array;
  /** Deliver the body in this many writes, one per turn of the event loop. Default 1. */
  chunks?: number;
}

/** An error before the stream (sheet §6.1). */
export interface ErrorAnswer extends Delayed {
  kind: 'error';
  status: number;
  /** With or without a namespace; left out, the answer has no type at all. */
  type?: string;
  /** `null` is sent as null, left out it is not sent. */
  reason?: string | null;
  message?: string;
  messageKey?: 'message' | 'Message';
  typeIn?: 'body' | 'header';
  headers?: Record<string, string>;
  /** The whole body, instead of one built from the fields above. */
  body?: string;
}

export type Answer =
  | StreamAnswer
  | BytesAnswer
  | ErrorAnswer
  /** The socket is destroyed before a status. */
  | ({ kind: 'reset' } & Delayed)
  /** Accepted and never answered. */
  | { kind: 'silence' };

/** A GenerateAssistantResponse that passed every check. */
export interface AcceptedRequest {
  account: SimulatedAccount;
  binding: Binding;
  headers: IncomingHttpHeaders;
  body: GenerateAssistantRequest;
  conversationId: string;
  /** The model asked for; undefined only when checks are off and the account does not list it. */
  model: SimulatedModel | undefined;
  at: number;
}

/** A programmable brain; `undefined` leaves the request to the default one. */
export type Responder = (request: AcceptedRequest) => Answer | undefined | Promise<Answer | undefined>;
