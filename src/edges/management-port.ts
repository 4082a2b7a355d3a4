import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { NotFoundException } from '@nestjs/common';
import { destinationOf } from './destination.js';

/** On requests that came in by the management port. */
const MANAGEMENT: unique symbol = Symbol('management');

type MarkedRequest = IncomingMessage & { [MANAGEMENT]?: true };

/** The management port's way to `listener`. */
export function fromManagement(listener: RequestListener): RequestListener {
  return (request, response) => {
    (request as MarkedRequest)[MANAGEMENT] = true;
    listener(request, response);
  };
}

/**
 * With two ports each serves its own: admin API, its description, health and metrics on one, the model API on the other.
 * What belongs to the other port is not there.
 */
export function separatePorts(
  request: IncomingMessage,
  _response: ServerResponse,
  next: (error?: unknown) => void,
): void {
  const isThere = ((request as MarkedRequest)[MANAGEMENT] ?? false) === isManagement(request);
  next(isThere ? undefined : new NotFoundException());
}

function isManagement(request: IncomingMessage): boolean {
  const { path, protocol } = destinationOf(request);
  return protocol === 'admin' || (protocol === 'other' && path !== '/');
}
