import type { EndedRequest } from '../logging/ended-request.js';
import { hideApiKeys } from '../logging/hide-api-keys.js';
import type { Span } from './span.js';

/**
 * Says on a request's span what came of it, in the words of OpenTelemetry's HTTP conventions.
 * @param route the pattern that its path matched; undefined: none
 */
export function endRequestSpan(span: Span, request: EndedRequest, route: string | undefined): void {
  const { method, status, outcome, facts } = request;
  // A path may be anything: names have to be few.
  if (route !== undefined) span.rename(`${method} ${route}`);
  span.set({
    'http.route': route,
    'url.path': hideApiKeys(request.path),
    'url.scheme': 'http',
    'http.response.status_code': status,
    'amq_gateway.request_id': request.requestId,
    'amq_gateway.protocol': request.protocol,
    'amq_gateway.api_key.id': facts.apiKey,
    'amq_gateway.model': facts.model,
    'amq_gateway.attempts': facts.attempts,
    'amq_gateway.cost_usd': facts.cost,
  });
  if (outcome === 'error') {
    const errorType = facts.streamError ?? facts.errorKind ?? String(status);
    // What the client did wrong is no failure of the service (HTTP conventions: 4xx leaves a server's status alone).
    if (status >= 500 || facts.streamError !== undefined) span.fail(errorType);
    else span.set({ 'error.type': errorType });
  }
  span.end(outcome);
}
