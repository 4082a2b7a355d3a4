import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { protocolOf, requestIdHeader } from '../../core/protocols/protocol-of-path.js';
import type { EndedRequest, RequestOutcome } from './ended-request.js';
import { type RequestContext, requestContext } from './request-context.js';

/** Paths asked every few seconds by probes and scrapers: their lines are for debugging only. */
const QUIET = /^\/(health|metrics)/;
const LONGEST_PATH = 200;

/**
 * First in the chain: gives the request its id, makes it the context of all that follows, and at the end tells `ended`
 * and writes the request's one log line. Query strings are left out: people put keys there.
 */
export function requestScope(logger: Logger, now: () => number, ended: (request: EndedRequest) => void) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const protocol = protocolOf(path, request.headers);
    const startedAt = now();
    const context: RequestContext = { requestId: `req_${randomUUID().replaceAll('-', '')}`, startedAt, facts: {} };
    const { requestId, facts } = context;
    const { method = '' } = request;
    response.setHeader(requestIdHeader(protocol), requestId);
    response.once('close', () => {
      const endedAt = now();
      const end = {
        method,
        path: path.slice(0, LONGEST_PATH),
        status: response.statusCode,
        outcome: outcomeOf(response, context),
        durationMs: endedAt - startedAt,
      };
      ended({ requestId, protocol, userAgent: request.headers['user-agent'], ...end, endedAt, facts });
      logger[QUIET.test(path) ? 'debug' : 'info']({ requestId, ...end, ...facts }, 'request');
    });
    requestContext.run(context, next);
  };
}

function outcomeOf(response: ServerResponse, { facts }: RequestContext): RequestOutcome {
  // An answer that began and failed is cut off where it can't say so.
  if (facts.streamError !== undefined) return 'error';
  // Closed before its last byte was handed over: the client went.
  if (!response.writableFinished) return 'cancelled';
  return response.statusCode >= 400 ? 'error' : 'success';
}
