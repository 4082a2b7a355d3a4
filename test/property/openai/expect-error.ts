import { strict as assert } from 'node:assert';
import { GatewayError, toGatewayError } from '../../../src/core/errors.js';
import { FrameError } from '../../../src/core/protocols/aws-event-stream/frame.js';
import { expectKeys } from './expect-keys.js';

/** What Codex and the SDKs read of an error (openai.md §9): all four keys, the code a text always. */
export function assertErrorObject(error: unknown): void {
  expectKeys(error, ['message', 'type', 'param', 'code'], 'an error');
  const { message, type, param, code } = error as Record<string, unknown>;
  for (const text of [message, type, code]) assert.ok(typeof text === 'string' && text !== '', JSON.stringify(error));
  assert.ok(param === null || typeof param === 'string', JSON.stringify(error));
  assert.notEqual(message, 'Internal server error');
  // The client's own words are told shortened.
  assert.ok(JSON.stringify(error).length < 5_000, 'an error as long as the request');
}

/** What broke an answer, as those who read the service's frames hand it on. */
export function toldError(thrown: unknown): GatewayError {
  return thrown instanceof FrameError ? new GatewayError('upstream', 'The answer broke off.') : toGatewayError(thrown);
}
