import type { IncomingMessage, ServerResponse } from 'node:http';

/** On requests whose client waits to be told to send the body: what their connection would have been kept for. */
const WAITING: unique symbol = Symbol('waiting');

type WaitingRequest = IncomingMessage & { [WAITING]?: { keepAlive: boolean } };

/**
 * Holds `100 Continue` back until somebody wants the body: only callers with a key get to send it. After any other
 * answer nobody can tell whether a body follows, so that the connection ends with it.
 */
export function awaitContinue(request: IncomingMessage, response: ServerResponse): void {
  (request as WaitingRequest)[WAITING] = { keepAlive: response.shouldKeepAlive };
  response.shouldKeepAlive = false;
}

/** Tells the client to go on, if it waits for that. */
export function askForBody(request: IncomingMessage, response: ServerResponse): void {
  const waiting = (request as WaitingRequest)[WAITING];
  if (!waiting) return;
  response.shouldKeepAlive = waiting.keepAlive;
  response.writeContinue();
}
