import { GatewayError } from '../../errors.js';
import type { OpenaiCode } from './codes.js';

/**
 * The refusal of a request (openai.md §9).
 * @param param where, in OpenAI's way to write it: `messages[2].content[1]`; undefined: the request as a whole
 */
export function invalidInput(code: OpenaiCode, param: string | undefined, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { path: param, code });
}
