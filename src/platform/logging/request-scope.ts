import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { protocolOfPath, requestIdHeader } from '../../core/protocols/protocol-of-path.js';
import { type RequestContext, requestContext } from './request-context.js';

/** Paths asked every few seconds by probes and scrapers: their lines are for debugging only. */
const QUIET = /^\/(health|metrics)/;
const LONGEST_PATH = 200;

/**
 * First in the chain: gives the request its id, makes it the context of all that follows, and writes its one log line
 * at the end. Query strings are left out: people put keys there.
 */
export function requestScope(logger: Logger, now: () => number) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const context: RequestContext = { requestId: `req_${randomUUID().replaceAll('-', '')}`, facts: {} };
    const startedAt = now();
    response.setHeader(requestIdHeader(protocolOfPath(path)), context.requestId);
    response.once('close', () => {
      const line = {
        requestId: context.requestId,
        method: request.method,
        path: path.slice(0, LONGEST_PATH),
        status: response.statusCode,
        durationMs: now() - startedAt,
        // Closed before its last byte was handed over: the client went.
        outcome: response.writableFinished ? undefined : 'cancelled',
        ...context.facts,
      };
      logger[QUIET.test(path) ? 'debug' : 'info'](line, 'request');
    });
    requestContext.run(context, next);
  };
}
