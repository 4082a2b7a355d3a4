import type { IncomingMessage } from 'node:http';

/** A property and not a WeakMap: those cost the collector more than the request itself. */
const KEPT: unique symbol = Symbol('body');

type KeepingRequest = IncomingMessage & { [KEPT]?: Buffer };

/** Requests that may be passed on as they are: those of the Messages API. */
const PASSED_ON = /\/messages(\/count_tokens)?\/?(\?|$)/;

/** Keeps the bytes of a JSON body where somebody may pass them on. */
export function keepBody(request: IncomingMessage, bytes: Buffer): void {
  if (PASSED_ON.test(request.url ?? '')) (request as KeepingRequest)[KEPT] = bytes;
}

/** Hands the bytes out, once: whoever takes them lets go of them. */
export function takeBody(request: IncomingMessage): Buffer | undefined {
  const bytes = (request as KeepingRequest)[KEPT];
  (request as KeepingRequest)[KEPT] = undefined;
  return bytes;
}
