import type { GatewayError } from '../errors.js';
import { encodeError as encodeAnthropicError } from './anthropic/encode-error.js';
import { encodeError as encodeOpenaiError } from './openai/encode-error.js';
import { encodeProblem } from './problem/encode-error.js';
import type { ClientProtocol } from './protocol-of-path.js';

/** An error as it goes out: the body is JSON, of the content type in the headers, else `application/json`. */
export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

type EncodeError = (error: GatewayError, requestId: string) => ErrorAnswer;

const ENCODERS: Record<ClientProtocol, EncodeError> = {
  anthropic: encodeAnthropicError,
  openai_chat: encodeOpenaiError,
  openai_responses: encodeOpenaiError,
  openai: encodeOpenaiError,
  admin: encodeProblem,
  other: encodeProblem,
};

/** An error in the words of whom it is told to. */
export function encodeErrorFor(protocol: ClientProtocol, error: GatewayError, requestId: string): ErrorAnswer {
  return ENCODERS[protocol](error, requestId);
}
