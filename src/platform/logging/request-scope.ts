import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type ClientProtocol, protocolOf, requestIdHeader } from '../../core/protocols/protocol-of-path.js';
import { type RequestContext, requestContext } from './request-context.js';

/** Paths asked every few seconds by probes and scrapers: their lines are for debugging only. */
const QUIET = /^\/(health|metrics)/;
const LONGEST_PATH = 200;

/** How a client's request ended: exactly one of these (contract §3). */
export type RequestOutcome = 'success' | 'error' | 'cancelled';

/**
 * First in the chain: gives the request its id, makes it the context of all that follows, and at the end tells `ended`
 * (with the accounts tried, where there was any) and writes the request's one log line. Query strings are left out: people put keys there.
 */
export function requestScope(
  logger: Logger,
  now: () => number,
  ended: (protocol: ClientProtocol, outcome: RequestOutcome, attempts: number | undefined) => void,
) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const protocol = protocolOf(path, request.headers);
    const context: RequestContext = { requestId: `req_${randomUUID().replaceAll('-', '')}`, facts: {} };
    const startedAt = now();
    response.setHeader(requestIdHeader(protocol), context.requestId);
    response.once('close', () => {
      const outcome = outcomeOf(response, context);
      const { attempts } = context.facts;
      ended(protocol, outcome, typeof attempts === 'number' ? attempts : undefined);
      const line = {
        requestId: context.requestId,
        method: request.method,
        path: path.slice(0, LONGEST_PATH),
        status: response.statusCode,
        outcome,
        durationMs: now() - startedAt,
        ...context.facts,
      };
      logger[QUIET.test(path) ? 'debug' : 'info'](line, 'request');
    });
    requestContext.run(context, next);
  };
}

function outcomeOf(response: ServerResponse, context: RequestContext): RequestOutcome {
  // An answer that began and failed is cut off where it can't say so.
  if (context.facts.streamError !== undefined) return 'error';
  // Closed before its last byte was handed over: the client went.
  if (!response.writableFinished) return 'cancelled';
  return response.statusCode >= 400 ? 'error' : 'success';
}
