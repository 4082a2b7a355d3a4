import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { protocolOf, requestIdHeader } from '../../core/protocols/protocol-of-path.js';
import { endRequestSpan } from '../telemetry/end-request-span.js';
import type { Tracing } from '../telemetry/tracing.js';
import type { EndedRequest, RequestOutcome } from './ended-request.js';
import { type RequestContext, requestContext } from './request-context.js';
import { newRequestId } from './request-id.js';

/** Paths asked every few seconds by probes and scrapers: their lines are for debugging only, and nobody traces them. */
const QUIET = /^\/(health|metrics)/;
const LONGEST_PATH = 200;

/** What a request's scope needs of the service. */
export interface ScopeTools {
  logger: Logger;
  /** Epoch milliseconds. */
  now: () => number;
  tracing: Pick<Tracing, 'begin'>;
  /** Told of each request at its end. */
  ended: (request: EndedRequest) => void;
}

/**
 * First in the chain: gives the request its id, makes it the context of all that follows, and at the end tells `ended`
 * and writes the request's one log line. Query strings are left out: people put keys there.
 */
export function requestScope({ logger, now, tracing, ended }: ScopeTools) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const path = (request.url ?? '/').split('?', 1)[0] as string;
    const protocol = protocolOf(path, request.headers);
    const startedAt = now();
    const { method = '' } = request;
    const isQuiet = QUIET.test(path);
    const span = isQuiet ? undefined : tracing.begin(method, request.headers.traceparent);
    const requestId = newRequestId(startedAt);
    const context: RequestContext = { requestId, startedAt, facts: {}, span };
    const { facts } = context;
    response.setHeader(requestIdHeader(protocol), requestId);
    response.once('close', () => {
      const endedAt = now();
      const end = {
        protocol,
        method,
        path: path.slice(0, LONGEST_PATH),
        status: response.statusCode,
        outcome: outcomeOf(response, context),
        durationMs: endedAt - startedAt,
      };
      const whole = { requestId, userAgent: request.headers['user-agent'], ...end, endedAt, facts };
      ended(whole);
      if (span) endRequestSpan(span, whole, routeOf(request));
      logger[isQuiet ? 'debug' : 'info']({ requestId, traceId: span?.traceId, ...end, ...facts }, 'request');
    });
    requestContext.run(context, next);
  };
}

/** As Express leaves it on a request that it found a handler for. */
function routeOf(request: IncomingMessage & { route?: { path?: unknown } }): string | undefined {
  const path = request.route?.path;
  return typeof path === 'string' ? path : undefined;
}

function outcomeOf(response: ServerResponse, { facts }: RequestContext): RequestOutcome {
  // An answer that began and failed is cut off where it can't say so.
  if (facts.streamError !== undefined) return 'error';
  // Closed before its last byte was handed over: the client went.
  if (!response.writableFinished) return 'cancelled';
  return response.statusCode >= 400 ? 'error' : 'success';
}
