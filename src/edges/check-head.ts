import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../core/errors.js';
import { CONNECTION_LIMITS } from './connection-limits.js';

/**
 * Holds line and headers of a request to their limits, here where the answer can be in the caller's protocol; Node itself
 * would leave out headers beyond its number without a word. Of `host`, which says whom a request is for, there is one
 * (RFC 9112 §3.2).
 */
export function checkHead(request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void {
  const error = faultOf(request);
  if (error) response.setHeader('connection', 'close');
  next(error);
}

function faultOf({ url = '', rawHeaders, httpVersion }: IncomingMessage): GatewayError | undefined {
  const { headers, headBytes } = CONNECTION_LIMITS;
  if (rawHeaders.length > 2 * headers) {
    return new GatewayError('head_too_large', `A request has at most ${headers} headers`);
  }
  let size = url.length;
  let hosts = 0;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    // `: ` and the end of the line.
    size += name.length + (rawHeaders[index + 1]?.length ?? 0) + 4;
    if (name.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (size > headBytes) {
    return new GatewayError('head_too_large', `The request line and the headers are larger than ${headBytes} bytes`);
  }
  if (hosts > 1) return new GatewayError('invalid_request', 'The request has several host headers');
  if (hosts === 0 && httpVersion === '1.1') {
    return new GatewayError('invalid_request', 'The request has no host header');
  }
  return undefined;
}
