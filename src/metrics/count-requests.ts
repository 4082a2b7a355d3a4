import type { IncomingMessage, ServerResponse } from 'node:http';
import { protocolOfPath } from '../core/protocols/protocol-of-path.js';
import { requestContext } from '../platform/logging/request-context.js';
import type { Metrics, RequestOutcome } from './metrics.service.js';

/** Counts how each client request ended: done, error or client gone, exactly one of them (contract §3). */
export function countRequests(metrics: Metrics) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const protocol = protocolOfPath(request.url ?? '/');
    const context = requestContext.getStore();
    response.once('close', () =>
      metrics.requestEnded(protocol, outcomeOf(response, context?.facts.streamError !== undefined)),
    );
    next();
  };
}

function outcomeOf(response: ServerResponse, streamBroke: boolean): RequestOutcome {
  if (!response.writableFinished) return 'cancelled';
  return response.statusCode >= 400 || streamBroke ? 'error' : 'success';
}
